"""The auditor's pack: what a station has of all transfer logs, in a folder to take along.

It is put together of what is stored and judges nothing: what does not hold is to be found by
the auditor, with the verifier in the pack or with any other program for C2SP logs. Nothing in
it is new, so it is the same, byte by byte, until the log has another entry.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mediabridge import canonical, standalone
from mediabridge.durable import folder_appearing, new_file
from mediabridge.errors import LogCorruptError, LogNoteError, UsageError
from mediabridge.locale import text
from mediabridge.plainfile import open_plain
from mediabridge.spelling import to_base64
from mediabridge.stations import alarms
from mediabridge.stations.station import OpenStation
from mediabridge.translog import checking, checkpoint, note, tiles
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.database import StoredLog

FORMAT: Final = 1
_SHIPPED: Final = ("README.txt", "verify_log.py")
_LEFT: Final = "left"


@dataclass(frozen=True)
class PackedLog:
    """One log in a pack."""

    log: StoredLog
    folder: str
    """Its folder below ``logs/``."""
    kind: str
    """``own``, ``mirror`` of a peer's, or ``left``: a branch that a restored peer has left."""
    size: int
    """Entries under its newest checkpoint; 0 where there is none."""
    after: int
    """Entries that no checkpoint covers yet."""

    @property
    def root(self) -> str:
        """The root of the first :attr:`size` entries, in base64 as in the checkpoint."""
        return to_base64(self.log.root(self.size))


def export(station: OpenStation, folder: Path) -> list[PackedLog]:
    """Write the pack of *station* to *folder*, which is made; return the logs in it.

    The station is locked while it is open, so that no log grows in between.

    Raises:
        OSError: there is something in *folder* already, or it cannot be written.
        LogCorruptError: rows of a log are missing; what is there stays.
    """
    packed = list(_logs(station))
    with folder_appearing(folder) as draft:
        writer = _Writer(draft)
        for name in _SHIPPED:
            writer.put(name, (Path(*standalone.__path__) / name).read_bytes())
        writer.put("pack.json", canonical.dump(_listed(station, packed)))
        _put_keys(writer, station)
        for path in sorted(station.trust_copy.rglob("*")):
            if path.is_file():
                relative = path.relative_to(station.trust_copy)
                writer.put(f"trust/{relative.as_posix()}", path.read_bytes())
        writer.put("media.json", canonical.dump(_media(station)))
        for each in packed:
            _put_log(writer, each)
        for evidence in alarms.folders(station.home):
            _put_evidence(writer, evidence)
    return packed


def check(
    station: OpenStation, known: Sequence[bytes] = (), *, only_new: bool = False
) -> list[PackedLog]:
    """Derive everything that *station* stores of transfer logs again from the entries.

    *known* are signed checkpoints that somebody kept: the logs have to have what these promise.
    With *only_new*, of a log of which something is known, only what is behind that is looked at.
    Returns the logs, all of which hold, and so does the evidence of every alarm.

    Raises:
        LogCorruptError: with got and wanted of the first difference, or evidence is not as it was.
        LogNoteError: the newest checkpoint of a log, or one of *known*, is not signed by the key
            of the trust data.
        UsageError: one of *known* is of a peer's log, and goes beyond the copy that is here.
    """
    keys = {each.id: note.Vkey.parse(each.log_key) for each in station.trust.stations}
    kept = [_open_kept(each, keys.values()) for each in known]
    evidence = alarms.kept(station.home)
    for alarm in evidence:
        alarm.check()
    alarms.require_named(station.log, evidence)
    packed = list(_logs(station))
    for each in packed:
        mine = [one for one in kept if one.origin == each.log.origin and each.kind != _LEFT]
        smallest = min(mine, key=lambda one: one.size, default=None)
        each.log.check(smallest if only_new else None)
        for one in mine:
            _require_reached(each, one)
            each.log.check_kept(one)
        newest = each.log.newest_checkpoint()
        # A station that the trust data has no more, and what a restored one left, is compared only.
        if newest is not None and each.kind != _LEFT and each.log.station in keys:
            checkpoint.open_checkpoint(newest, keys[each.log.station])
    return packed


def _require_reached(packed: PackedLog, kept: checkpoint.Checkpoint) -> None:
    """Say that a copy, which ends with the last bundle, is no measure of what was kept at home."""
    got = packed.size + packed.after
    if packed.kind == "mirror" and got < kept.size:
        raise UsageError(
            detail=text(
                "entries of the log {origin} in the copy that is here: {got}, under the checkpoint"
                " that was kept: {wanted}; compare it at that station, or with both packs",
                origin=kept.origin,
                got=got,
                wanted=kept.size,
            )
        )


def folder_of(station: str, left: int | None = None) -> str:
    """Return what a pack calls the log of *station*, or a branch of it that was *left*."""
    return station if left is None else f"{station}-left-{left}"


def _open_kept(signed: bytes, keys: Iterable[note.Vkey]) -> checkpoint.Checkpoint:
    """Return the checkpoint in *signed*, by whichever of *keys* bears the name of its log."""
    origin = signed.partition(b"\n")[0]
    key = next((each for each in keys if each.name.encode() == origin), None)
    if key is None:
        raise LogNoteError(detail=text("the checkpoint that was kept is of no log known here"))
    return checkpoint.open_checkpoint(signed, key)


class _Writer:
    """Writes the files of a pack below one folder, and each folder once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._made: set[Path] = set()

    def put(self, name: str, data: bytes) -> None:
        with self._made_for(name) as file:
            file.write(data)

    def copy(self, name: str, source: BinaryIO) -> None:
        """Put a file that may be large."""
        with self._made_for(name) as file:
            shutil.copyfileobj(source, file)

    def _made_for(self, name: str) -> AbstractContextManager[BinaryIO]:
        path = self._root / name
        if path.parent not in self._made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(path.parent)
        return new_file(path)


def _logs(station: OpenStation) -> Iterator[PackedLog]:
    yield _packed(station.log, folder_of(station.id), "own")
    for mirror in station.mirrors():
        yield _packed(mirror, folder_of(mirror.station), "mirror")
        for number, left in enumerate(mirror.branches()):
            yield _packed(left, folder_of(mirror.station, number), _LEFT)


def _packed(log: StoredLog, folder: str, kind: str) -> PackedLog:
    size, entries = checking.signed_size(log), log.size()
    if entries < size:
        detail = text(
            "entries of the log: {got}, should be {wanted} at least", got=entries, wanted=size
        )
        raise LogCorruptError(detail=detail)
    return PackedLog(log, folder, kind, size, entries - size)


def _listed(station: OpenStation, packed: Sequence[PackedLog]) -> dict[str, Any]:
    logs = [
        {
            "after": each.after,
            "folder": each.folder,
            "kind": each.kind,
            "origin": each.log.origin,
            "size": each.size,
        }
        for each in packed
    ]
    return {"format": FORMAT, "logs": logs, "mode": station.config.mode, "station": station.id}


def _put_keys(writer: _Writer, station: OpenStation) -> None:
    """Write the keys of the trust data in force: one policy, and for OpenSSL each as PEM."""
    lines = []
    for each in station.trust.stations:
        log, witness = note.Vkey.parse(each.log_key), WitnessKey.parse(each.witness_key)
        lines += [f"log {log.encode()}", f"witness {witness.name} {witness.encode()}"]
        writer.put(f"keys/{each.id}.log.pem", _pem(log))
        writer.put(f"keys/{each.id}.witness.pem", _pem(witness))
    # How far each witness has seen a log is told, not demanded: its word comes a trip later.
    writer.put("policy", "".join(f"{line}\n" for line in [*lines, "quorum none"]).encode())


def _pem(key: note.VerifierKey) -> bytes:
    public = Ed25519PublicKey.from_public_bytes(key.public_key)
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _media(station: OpenStation) -> dict[str, Any]:
    rows = [
        {**asdict(row), "trips": [asdict(trip) for trip in reversed(trips)]}
        for row, trips in station.books.media.with_trips()
    ]
    return {"format": FORMAT, "media": rows}


def _put_log(writer: _Writer, packed: PackedLog) -> None:
    log, prefix = packed.log, f"logs/{packed.folder}"
    tiles.write(log, packed.size, lambda path, data: writer.put(f"{prefix}/{path}", data))
    tail = log.entries(packed.size, packed.size + packed.after)
    tiles.write_entries(
        tail, packed.after, lambda path, data: writer.put(f"{prefix}/after/{path}", data)
    )
    newest = b""
    for size, name, signed in _checkpoints(log):
        writer.put(f"{prefix}/checkpoints/{name}", signed)
        newest = signed if size == packed.size else newest
    if newest:
        writer.put(f"{prefix}/{tiles.CHECKPOINT}", newest)


def _put_evidence(writer: _Writer, folder: Path) -> None:
    """Copy what there is of an alarm, as it is; what is gone or changed is the auditor's to find.

    Anything else in the folder stays where it is: whoever could put it there could fill a pack.
    """
    for name in (alarms.FACTS, *alarms.KEPT):
        try:
            descriptor = open_plain(folder / name, alarms.most_bytes(name))
        except (OSError, ValueError):
            continue
        with os.fdopen(descriptor, "rb") as file:
            writer.copy(f"alarms/{folder.name}/{name}", file)


def _checkpoints(log: StoredLog) -> Iterator[tuple[int, str, bytes]]:
    """Yield size, name and note of all checkpoints, each with a line of every witness."""
    for size, promises in groupby(log.promises(), key=lambda promise: promise.size):
        merged: dict[bytes, dict[str, bytes]] = {}
        for _, witness, signed in promises:
            base, said = _parted(signed, witness)
            # A witness that says it again says nothing new: the first time counts.
            merged.setdefault(base, {}).setdefault(witness, said)
        for count, (base, lines) in enumerate(merged.items()):
            yield size, _name(size, count), base + b"".join(lines.values())


def _parted(signed: bytes, witness: str) -> tuple[bytes, bytes]:
    """Return the note *signed* without the lines of *witness*, and these."""
    try:
        told, lines = note.parse(signed)
    except LogNoteError:
        return signed, b""  # It was changed here, and the auditor is to see that.
    base = note.assemble(told, *(each for each in lines if each.name != witness))
    return base, b"".join(each.encode() for each in lines if each.name == witness)


def _name(size: int, count: int) -> str:
    return f"{size}-{count}" if count else str(size)
