from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from logkeys import Ed25519Signer, root_of

from mediabridge import errors
from mediabridge.translog import checkpoint, database, merkle
from mediabridge.translog.note import Vkey
from mediabridge.translog.store import TransferLog
from tests.owners import LGWAN

pytestmark = pytest.mark.in_turns

Build = Callable[..., bytes]


def test_append_numbers_entries(log: TransferLog, entry: Build) -> None:
    assert (log.size(), log.root()) == (0, merkle.EMPTY_ROOT)
    assert [log.append(entry(seq)) for seq in range(20)] == list(range(20))
    assert list(log.entries()) == [entry(seq) for seq in range(20)]
    log.check()


def test_roots_equal_recomputed(log: TransferLog, entry: Build) -> None:
    entries = [entry(seq) for seq in range(20)]
    for each in entries:
        log.append(each)
    leaves = [merkle.leaf_hash(each) for each in entries]
    assert [log.root(size) for size in range(21)] == [root_of(leaves[:size]) for size in range(21)]
    assert [log.leaf_hash(index) for index in range(20)] == leaves


def test_proofs_verify(log: TransferLog, entry: Build) -> None:
    for seq in range(11):
        log.append(entry(seq))
    for index in range(11):
        proof = log.inclusion_proof(index)
        merkle.verify_inclusion(index, 11, log.leaf_hash(index), proof, log.root())
        earlier = log.consistency_proof(index)
        merkle.verify_consistency(index, 11, log.root(index), log.root(), earlier)
    assert log.inclusion_proof(2, 3) == [log.root(2)]
    assert log.consistency_proof(1, 2) == [log.leaf_hash(1)]


def test_ranges_read_again(log: TransferLog, entry: Build) -> None:
    for seq in range(600):
        log.append(entry(seq))
    middle = log.entries(255, 515)
    assert list(middle) == list(middle) == [entry(seq) for seq in range(255, 515)]
    assert list(log.entries(600)) == []


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (2, 1), (0, 4), (4, None)])
def test_range_outside_refused(log: TransferLog, entry: Build, start: int, end: int | None) -> None:
    for seq in range(3):
        log.append(entry(seq))
    with pytest.raises(ValueError, match="not inside"):
        log.entries(start, end)


def test_foreign_entry_refused(log: TransferLog, entry: Build) -> None:
    with pytest.raises(ValueError, match="an entry of station registry"):
        log.append(entry(1, station="registry"))
    with pytest.raises(ValueError, match="not JSON at character 1"):
        log.append(b"free text")
    assert log.size() == 0


def test_two_connections_alternate(log: TransferLog, entry: Build, path: Path) -> None:
    with database.connect(path, LGWAN) as connection:
        other = TransferLog(connection, log.origin)
        assert [(log, other)[seq % 2].append(entry(seq)) for seq in range(9)] == list(range(9))
    log.check()


def test_logs_stay_apart(log: TransferLog, entry: Build, path: Path) -> None:
    with database.connect(path, LGWAN) as connection:
        registry = TransferLog(connection, checkpoint.origin_of("city.example.jp", "registry"))
        log.append(entry(1))
        assert registry.append(entry(2, station="registry")) == 0
        assert list(log.entries()) == [entry(1)]
        registry.check()
    log.check()


def test_reopened_log_continues(path: Path, origin: str, entry: Build) -> None:
    for seq in range(3):
        with database.connect(path, LGWAN) as connection:
            assert TransferLog(connection, origin).append(entry(seq)) == seq
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_checkpoint_covers_all(
    log: TransferLog, entry: Build, signer: Ed25519Signer, vkey: Vkey
) -> None:
    assert log.newest_checkpoint() is None
    for size in range(4):
        signed = log.checkpoint(signer)
        wanted = checkpoint.Checkpoint(log.origin, size, log.root())
        assert checkpoint.open_checkpoint(signed, vkey) == wanted
        assert log.newest_checkpoint() == signed == log.checkpoint(signer)
        log.append(entry(size))
    log.check()


def test_new_key_signs_again(log: TransferLog, entry: Build, signer: Ed25519Signer) -> None:
    successor = Ed25519Signer(log.origin, Ed25519PrivateKey.generate())
    log.append(entry(1))
    log.checkpoint(signer)
    signed = log.checkpoint(successor)
    assert log.newest_checkpoint() == signed
    assert checkpoint.open_checkpoint(signed, Vkey.of(successor)).size == 1
    log.check()


def test_foreign_signer_keeps_nothing(log: TransferLog, signer: Ed25519Signer) -> None:
    with pytest.raises(ValueError, match="the log key is named"):
        log.checkpoint(Ed25519Signer("elsewhere/log/lgwan", signer.private_key))
    assert log.newest_checkpoint() is None


def test_interrupted_signing_keeps_nothing(
    log: TransferLog, entry: Build, signer: Ed25519Signer
) -> None:
    class PulledToken:
        name = signer.name
        public_key = signer.public_key

        def sign(self, _message: bytes, /) -> bytes:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        log.checkpoint(PulledToken())
    assert log.newest_checkpoint() is None
    assert log.append(entry(1)) == 0


def test_full_disk_named(log: TransferLog, entry: Build) -> None:
    log.append(entry(0))
    pages = log._connection.execute("PRAGMA page_count").fetchone()[0]
    log._connection.execute(f"PRAGMA max_page_count = {pages}")
    fill = (log.append(entry(seq)) for seq in range(1, 1000))
    with pytest.raises(errors.LogFullError, match="disk is full"):
        list(fill)
    log.check()
    assert list(log.entries()) == [entry(seq) for seq in range(log.size())]


def test_unwritable_place_named(tmp_path: Path) -> None:
    with (
        pytest.raises(errors.LogUnavailableError, match="No such file"),
        database.connect(tmp_path / "missing" / "log.db", LGWAN),
    ):
        pytest.fail("opened a log in a folder that does not exist")


def test_closed_log_is_mistake(path: Path, origin: str) -> None:
    with database.connect(path, LGWAN) as connection:
        log = TransferLog(connection, origin)
    with pytest.raises(sqlite3.ProgrammingError):
        log.size()


def test_a_log_that_is_shorter_than_the_peer_acknowledged_is_damaged(
    log: TransferLog, entry: Build, signer: Ed25519Signer
) -> None:
    """Claim C40. Somebody put the file back: that is an alarm, and no error of this program."""
    for seq in range(3):
        log.append(entry(seq))
    with pytest.raises(errors.LogCorruptError, match="entries of the log: 3, should be 4 at least"):
        log.section(4, signer)
    assert log.newest_checkpoint() is None
