"""A station again, from a backup and the escrow key: whole, in a new folder, or not at all.

A backup comes from wherever somebody kept it, so it is as hostile as a stick until the signature
of the station holds. The order is the protection:

1. every file is copied once to the new folder's own work area, and hashed while it is;
2. the list is the list of these files;
3. the escrow key opens the wrap; part 0 and the trust data, which comes first, are unpacked;
4. the trust data follows from the root that was given by hand, and by it the signature on the
   list is that of the station named in the header, whose key counted then;
5. the rest is unpacked; names and sizes are those of a station, and nothing but plain files;
6. the log is what the contents say, the databases are sound and this station's;
7. the log gets its entry and the books their mark; only then does the folder appear.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hpke import MLKEM1024P384PrivateKey

from mediabridge import sqlite
from mediabridge.apply import open_registry
from mediabridge.apply.places import PostgresPlace
from mediabridge.bundle.backup import (
    BackupHeader,
    Contents,
    parse_backup_header,
    read_contents,
    unpack,
)
from mediabridge.bundle.header import header_digest
from mediabridge.bundle.parts import PartsReader
from mediabridge.bundle.stages import SealedBundle
from mediabridge.bundle.sums import parse_sums
from mediabridge.bundle.wraps import unwrap
from mediabridge.clock import Clock, check_built, from_rfc3339
from mediabridge.durable import folder_appearing
from mediabridge.errors import (
    BackupInvalidError,
    FileMissingError,
    HashMismatchError,
    KeyFileError,
    TrustInvalidError,
)
from mediabridge.locale import n_, text
from mediabridge.media import staging, tree
from mediabridge.progress import Parts, Progress
from mediabridge.stations import setback, settings
from mediabridge.stations.backups.gathering import REPOSITORY, ROOTS, belongs
from mediabridge.stations.home import Home
from mediabridge.stations.station import OpenStation
from mediabridge.stations.timekeeping import note_doubt
from mediabridge.translog.events import Event
from mediabridge.trust import client
from mediabridge.trust.trust_data import TrustData
from mediabridge.verify.signatures import check_backup, check_validity

EscrowKey = Callable[[str], MLKEM1024P384PrivateKey]
"""Returns the escrow's private key of the city that a backup says it is of."""


@dataclass(frozen=True)
class Restored:
    """Which station came back, as of when, and with whom it is to be compared."""

    station: str
    mode: str
    backup: str
    created: str
    files: int
    log_size: int
    log_root: str
    compare_with: list[str]


def restore(
    root: Path,
    backup: Path,
    bootstrap: bytes,
    open_key: EscrowKey,
    *,
    clock: Clock,
    progress: Progress,
) -> Restored:
    """Make the station of the folder *backup* in the new or empty folder *root*.

    Args:
        root: Where the station goes; what is there is never replaced.
        backup: The folder that :func:`~mediabridge.stations.backups.saving.back_up` made.
        bootstrap: The city's root metadata, from a source that is trusted.
        open_key: Gives the escrow key; asked only for a folder that is whole.
        clock: The time of the log entry.
        progress: Is told how far it is.

    Raises:
        FileMissingError, TreeUnexpectedError, TreeLinkError, TreeTooLargeError: no such folder, or
            not the files of a backup.
        HashMismatchError, SumsMalformedError, KeysMalformedError, DecryptError: it is damaged.
        NotARecipientError: the key is not that of this city's escrow.
        TrustInvalidError: its trust data does not follow from *bootstrap*.
        SignatureInvalidError and its like: the list is not signed by a station, or not this one.
        BackupInvalidError: anything else is not as it has to be.
        OSError: *root* is not empty, or cannot be written; there is nothing in it.
    """
    check_built(clock.now())
    with folder_appearing(root.absolute()) as draft:
        try:
            return _Restoring(Home(draft), bootstrap, open_key, clock, progress).run(backup)
        finally:
            progress.finish()


@dataclass(frozen=True)
class _Restoring:
    home: Home
    bootstrap: bytes
    open_key: EscrowKey
    clock: Clock
    progress: Progress

    def run(self, backup: Path) -> Restored:
        staged = self.home.work / "staging"
        staged.mkdir(mode=0o700, parents=True)
        sealed = self._stage(backup, staged)  # 1
        _check_list(sealed)  # 2
        header = parse_backup_header(sealed.header)
        if sum(name.endswith(".cob") for name in sealed.digests) != header.parts:
            raise BackupInvalidError(name="header.json", detail=text("another number of parts"))
        contents = self._unpack(sealed, header)  # 3 to 5
        shutil.rmtree(self.home.work)
        self.home.make_folders()
        self._check(header)
        return self._begin(header, contents, sealed)  # 6, 7

    def _stage(self, backup: Path, staged: Path) -> SealedBundle:
        folder = Path(os.path.realpath(backup))
        if not folder.is_dir():
            raise FileMissingError(name=backup.name)
        sizes = (each.stat(follow_symlinks=False).st_size for each in os.scandir(folder))
        self.progress.start(n_("Reading the backup"), sum(sizes))
        with tree.open_folder(str(folder)) as opened:
            return staging.stage_folder(opened, folder.name, staged, progress=self.progress.advance)

    def _unpack(self, sealed: SealedBundle, header: BackupHeader) -> Contents:
        digest = header_digest(sealed.header)
        key = unwrap(sealed.keys, self.open_key(header.city), digest=digest)
        first = PartsReader(sealed.folder, [0], header.parts, key=key, digest=digest)
        rest = PartsReader(
            sealed.folder, range(1, header.parts), header.parts, key=key, digest=digest
        )
        try:
            contents = read_contents(first)
            if contents.backup != header.backup:
                raise BackupInvalidError(name="header.json", detail=text("of another backup"))
            # The names of the files are in it, too, of which nothing is told.
            parts = Parts(self.progress, n_("Decrypting"), [contents.size], counted=False)
            unpack(
                rest,
                contents,
                self.home.root,
                after_first=lambda: self._check_signature(sealed, header),
                belongs=lambda name: belongs(name, self.home),
                progress=parts.next(contents.size),
            )
            parts.finish()
        finally:
            first.close()
            rest.close()
        return contents

    def _check_signature(self, sealed: SealedBundle, header: BackupHeader) -> None:
        """Step 4: nothing but the trust data has been unpacked yet."""
        trust = self._take_trust(header)
        if (trust.city, trust.mode) != (header.city, header.mode):
            raise BackupInvalidError(
                name="header.json", detail=text("the trust data is of another city or mode")
            )
        signer = check_backup(sealed.sums, sealed.signatures, trust)
        if signer.id != header.station:
            raise BackupInvalidError(
                name="header.json",
                detail=text("signed by {got}, of {wanted}", got=signer.id, wanted=header.station),
            )
        check_validity(signer, header.created)

    def _take_trust(self, header: BackupHeader) -> TrustData:
        """Accept the saved trust data as at the time of the backup; it may have run out since."""
        at = from_rfc3339(header.created)
        repository, roots = self.home.root / REPOSITORY, self.home.root / ROOTS
        saved = self.home.work / "trust"
        if not repository.is_dir():
            raise BackupInvalidError(name=REPOSITORY, detail=text("it is missing"))
        repository.rename(saved)
        trust = client.refresh(saved, self.home.trust_cache, self.bootstrap, now=at)
        if roots.is_dir():
            for path in roots.iterdir():
                path.rename(saved / "metadata" / path.name)
            roots.rmdir()
            # The trust data under these roots was refused before; what is kept are the roots.
            with suppress(TrustInvalidError):
                client.refresh(saved, self.home.trust_cache, self.bootstrap, now=at)
        return trust

    def _check(self, header: BackupHeader) -> None:
        """Step 6: it is the station of the header, and its databases are sound and its own."""
        config = self.home.config()
        if (config.station, config.city, config.mode) != (
            header.station,
            header.city,
            header.mode,
        ):
            raise BackupInvalidError(name="station.json", detail=text("another station"))
        databases = [self.home.log, self.home.books]
        place = settings.load(self.home.settings_file).registry
        # One on a server has a backup of its own, which whoever keeps the server puts back.
        embedded = config.role == "registry" and not isinstance(place, PostgresPlace)
        if embedded:
            databases.append(self.home.registry)
        sizes = [path.stat().st_size if path.is_file() else 0 for path in databases]
        parts = Parts(self.progress, n_("Checking the databases"), sizes, counted=False)
        for path in databases:
            parts.next(1)
            damage = sqlite.damage(path)
            if damage is not None:
                raise BackupInvalidError(name=path.name, detail=damage)
        parts.finish()
        if embedded:
            with open_registry(self.home.registry, config.owner):
                pass

    def _begin(self, header: BackupHeader, contents: Contents, sealed: SealedBundle) -> Restored:
        """Step 7: say in log and books what this station is now."""
        with OpenStation(self.home.root, clock=self.clock, passphrases=_no_key) as station:
            size, found = station.log.size(), station.log.root().hex()
            if (size, found) != (contents.log_size, contents.log_root):
                raise BackupInvalidError(name="log.db", detail=text("another log than listed"))
            station.log.check()
            note_doubt(station)
            position = station.log.size()
            station.record(
                Event.STATION_RESTORED,
                backup=header.backup,
                log_size=size,
                log_root=found,
                sums=hashlib.sha256(sealed.sums).hexdigest(),
            )
            setback.mark(station, size, position)
            waiting = setback.waiting_for(station)
        return Restored(
            station=header.station,
            mode=header.mode,
            backup=header.backup,
            created=header.created,
            files=contents.files,
            log_size=size,
            log_root=found,
            compare_with=waiting,
        )


def _check_list(sealed: SealedBundle) -> None:
    listed = parse_sums(sealed.sums)
    for name, digest in listed.items():
        if sealed.digests.get(name) != digest:
            raise HashMismatchError(name=name)


def _no_key(key_id: str) -> bytes:
    raise KeyFileError(name=key_id, detail=text("restoring needs no key of the station"))
