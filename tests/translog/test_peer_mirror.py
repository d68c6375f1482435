from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from logkeys import Ed25519Signer

from mediabridge import errors
from mediabridge.translog import checkpoint, database
from mediabridge.translog.mirror import PeerMirror
from mediabridge.translog.note import Vkey
from mediabridge.translog.section import EntryLines, write_lines
from mediabridge.translog.store import TransferLog
from tests.mirrors import accepted
from tests.owners import REGISTRY

Build = Callable[..., bytes]


def test_mirror_follows_log(
    *,
    log: TransferLog,
    mirror: PeerMirror,
    entry: Build,
    signer: Ed25519Signer,
    vkey: Vkey,
    tmp_path: Path,
) -> None:
    file = tmp_path / "entries.jsonl"
    for seq in range(12):
        log.append(entry(seq))
        acknowledged = max(0, mirror.size() - seq % 3)
        sent = log.section(acknowledged, signer)
        with file.open("wb") as stream:
            write_lines(sent.entries, stream)
        received = replace(sent, entries=EntryLines(lambda: file.open("rb")))
        mirror.keep(accepted(received, origin=log.origin, vkey=vkey, mirror=mirror))
        assert (mirror.size(), mirror.root()) == (log.size(), log.root())
        assert mirror.newest_checkpoint() == log.newest_checkpoint() == sent.note
    assert list(mirror.entries()) == list(log.entries())
    mirror.check()


def test_keeping_twice_changes_nothing(
    log: TransferLog, mirror: PeerMirror, entry: Build, signer: Ed25519Signer, vkey: Vkey
) -> None:
    log.append(entry(0))
    section = log.section(0, signer)
    verified = accepted(section, origin=log.origin, vkey=vkey, mirror=mirror)
    mirror.keep(verified)
    before = list(mirror._connection.iterdump())
    mirror.keep(verified)
    assert list(mirror._connection.iterdump()) == before


def test_changed_file_keeps_nothing(
    log: TransferLog, mirror: PeerMirror, entry: Build, signer: Ed25519Signer, vkey: Vkey
) -> None:
    class Changing:
        """Another content each time the file is read."""

        def __init__(self) -> None:
            self.versions = [[entry(0), entry(1)], [entry(0), entry(7)]]

        def __iter__(self) -> Iterator[bytes]:
            return iter(self.versions.pop(0))

    for seq in range(2):
        log.append(entry(seq))
    section = replace(log.section(0, signer), entries=Changing())
    verified = accepted(section, origin=log.origin, vkey=vkey, mirror=mirror)
    with pytest.raises(errors.LogSectionError, match="changed after they were checked"):
        mirror.keep(verified)
    assert (mirror.size(), mirror.newest_checkpoint()) == (0, None)
    mirror.check()


def test_other_mirror_refused(
    log: TransferLog, mirror: PeerMirror, entry: Build, signer: Ed25519Signer, vkey: Vkey
) -> None:
    log.append(entry(0))
    section = log.section(0, signer)
    verified = accepted(section, origin=log.origin, vkey=vkey, mirror=mirror)
    other = PeerMirror(mirror._connection, checkpoint.origin_of("city.example.jp", "registry"))
    with pytest.raises(ValueError, match="for the mirror of"):
        other.keep(verified)


def test_own_log_beside_mirror(
    log: TransferLog, entry: Build, signer: Ed25519Signer, vkey: Vkey, tmp_path: Path
) -> None:
    log.append(entry(0))
    with database.connect(tmp_path / "registry.db", REGISTRY) as connection:
        own = TransferLog(connection, checkpoint.origin_of("city.example.jp", "registry"))
        mirror = PeerMirror(connection, log.origin)
        own.append(entry(1, station="registry"))
        section = log.section(0, signer)
        mirror.keep(accepted(section, origin=log.origin, vkey=vkey, mirror=mirror))
        assert list(own.entries()) == [entry(1, station="registry")]
        assert list(mirror.entries()) == [entry(0)]
        own.check()
        mirror.check()
