"""A station's backup: everything that is not made again, as of one moment, sealed to the escrow.

The station's lock is held for the whole time: only it keeps books, log, registry and folders
together, which no copy of a single database could. Each database is copied through SQLite all
the same, since a viewer that has the file open knows nothing of our lock. Nobody at the station
can open a backup, not even who made it: the escrow's private key lies in the safe.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import cast

from cryptography.cobblestone import Cobblestone256Encryptor
from cryptography.hazmat.primitives.hpke import MLKEM1024P384PublicKey

from mediabridge.bundle import layout, sshsig
from mediabridge.bundle.backup import (
    BackupHeader,
    Contents,
    Stream,
    fits,
    in_order,
    stream_bytes,
)
from mediabridge.bundle.header import header_digest
from mediabridge.bundle.parts import PartsReader, encrypt_part, part_context, part_lengths
from mediabridge.bundle.seal import new_bundle_id
from mediabridge.bundle.sums import write_sums
from mediabridge.bundle.wraps import wrap
from mediabridge.config import CHUNK_BYTES, LIMITS
from mediabridge.durable import folder_appearing, write_durably
from mediabridge.errors import BackupNotMadeError
from mediabridge.locale import n_, text
from mediabridge.media import direct
from mediabridge.progress import Progress
from mediabridge.stations.backups.gathering import gathered
from mediabridge.stations.officers import own_signer
from mediabridge.stations.station import OpenStation
from mediabridge.stations.timekeeping import note_doubt
from mediabridge.translog.events import Event
from mediabridge.trust.fields import ESCROW


@dataclass(frozen=True)
class Saved:
    """What a backup holds."""

    backup: str
    files: int
    bytes: int
    log_size: int
    log_root: str
    left_out: int
    """Files of the station's folders that have no name of ours; they are in no backup."""


def back_up(station: OpenStation, target: Path, *, operator: str) -> Saved:
    """Save the whole station in the new or empty folder *target*, and read it back.

    Raises:
        BackupNotMadeError: there is no escrow key, the station is too large, a file changed
            meanwhile, or the disk of *target* does not hold what was written.
        KeyFileError, PassphraseError: this station's key cannot be opened.
        SignerUnknownError, SignerRevokedError, SignerExpiredError, SignerNotYetValidError: nobody
            would accept what it signs now.
        OSError: *target* is not empty, or cannot be written; there is nothing in it.
    """
    note_doubt(station)
    own_signer(station)
    station.home.empty_work()
    try:
        with folder_appearing(target.absolute()) as draft:
            return _Saving(station, draft, operator).run()
    finally:
        station.progress.finish()
        station.home.empty_work()


@dataclass(frozen=True)
class _Saving:
    """One backup on its way into the folder *draft*, which appears when all is done."""

    station: OpenStation
    draft: Path
    operator: str

    def run(self) -> Saved:
        """Gather, seal, sign, read back, and leave the log entry before the backup appears."""
        size, root = self.station.log.size(), self.station.log.root().hex()
        found = list(gathered(self.station))
        members = in_order([each for each in found if fits(each.name)])
        contents = Contents(
            backup=new_bundle_id(),
            files=_within(len(members), LIMITS.backup_files),
            size=stream_bytes(members),
            log_size=size,
            log_root=root,
        )
        self._require_room(contents.size)
        sums = self._seal(contents, Stream(members))
        saved = Saved(
            backup=contents.backup,
            files=contents.files,
            bytes=contents.size,
            log_size=size,
            log_root=root,
            left_out=len(found) - len(members),
        )
        self.station.record(
            Event.STATION_BACKED_UP,
            actor=self.operator,
            backup=saved.backup,
            files=saved.files,
            bytes=saved.bytes,
            log_size=size,
            log_root=root,
            sums=hashlib.sha256(sums).hexdigest(),
        )
        return saved

    def _require_room(self, wanted: int) -> None:
        if shutil.disk_usage(self.draft).free < wanted:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.draft.parent))

    def _seal(self, contents: Contents, stream: Stream) -> bytes:
        """Encrypt, list, sign and read back; return the bytes of ``SHA256SUMS``."""
        lengths = part_lengths(contents.size)
        head = self._header(contents, _within(1 + len(lengths), LIMITS.parts))
        digest, key = header_digest(head), Cobblestone256Encryptor.generate_key()
        small = {layout.HEADER: head, layout.KEYS: wrap(key, self._recipients(), digest=digest)}
        plain = contents.to_bytes()
        sources = [(BytesIO(plain), len(plain))]
        sources += [(cast("BytesIO", stream), length) for length in lengths]
        digests = {name: hashlib.sha256(data).hexdigest() for name, data in small.items()}
        digests |= self._encrypt(sources, key, digest)
        sums = write_sums(digests)
        namespace, signer = self.station.trust.backup_namespace, own_signer(self.station)
        signature = sshsig.sign(sums, namespace=namespace, signer=signer)
        small |= {layout.SUMS: sums, layout.STATION_SIGNATURE: signature}
        for name, data in small.items():
            write_durably(self.draft / name, data)
        self._read_back(digests | {name: hashlib.sha256(small[name]).hexdigest() for name in small})
        parts = PartsReader(
            self.draft, range(1, len(sources)), len(sources), key=key, digest=digest
        )
        self.station.progress.start(n_("Decrypting"), contents.size)
        _check_decrypted(parts, stream, self.station.progress)
        return sums

    def _encrypt(
        self, sources: Sequence[tuple[BytesIO, int]], key: bytes, digest: bytes
    ) -> dict[str, str]:
        progress = self.station.progress
        progress.start(n_("Encrypting"), sum(length for _, length in sources))
        digests = {}
        for index, (source, length) in enumerate(sources):
            path = self.draft / layout.part_name(index)
            context = part_context(digest, index, len(sources))
            digests[path.name] = encrypt_part(
                source, length, path, key=key, context=context, progress=progress.advance
            )
        return digests

    def _header(self, contents: Contents, parts: int) -> bytes:
        config = self.station.config
        return BackupHeader(
            backup=contents.backup,
            city=config.city,
            mode=config.mode,
            station=config.station,
            created=self.station.now(),
            parts=parts,
        ).to_bytes()

    def _recipients(self) -> list[MLKEM1024P384PublicKey]:
        found = [each for each in self.station.trust.recipients if each.station == ESCROW]
        if not found:
            raise BackupNotMadeError(detail=text("the trust data names no escrow key"))
        return [each.public_key for each in found]

    def _read_back(self, digests: Mapping[str, str]) -> None:
        """Hash every file once more, as the disk gives it and not as the cache remembers it."""
        total = sum((self.draft / name).stat().st_size for name in digests)
        self.station.progress.start(n_("Reading back"), total)
        for name, wanted in digests.items():
            found = hashlib.sha256()
            for chunk in direct.chunks(str(self.draft / name)):
                found.update(chunk)
                self.station.progress.advance(len(chunk))
            if found.hexdigest() != wanted:
                raise BackupNotMadeError(detail=text("{name} reads back differently", name=name))


def _check_decrypted(reader: PartsReader, stream: Stream, progress: Progress) -> None:
    """See that what was written decrypts to what was read: a backup is tried when it is made."""
    found = hashlib.sha256()
    try:
        while piece := reader.read(CHUNK_BYTES):
            found.update(piece)
            progress.advance(len(piece))
    finally:
        reader.close()
    if found.digest() != stream.digest.digest():
        raise BackupNotMadeError(detail=text("it does not decrypt to what was saved"))


def _within(count: int, limit: int) -> int:
    if count > limit:
        raise BackupNotMadeError(
            detail=text(
                "the station is too large: {count}, at most {limit}", count=count, limit=limit
            )
        )
    return count
