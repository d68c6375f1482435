"""A mirror is cosigned, and what was cosigned is kept: durable first, and never backwards."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from logkeys import Ed25519Signer

from mediabridge import errors
from mediabridge.clock import from_rfc3339
from mediabridge.translog import checkpoint, cosignature, database
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.mirror import PeerMirror
from mediabridge.translog.note import Vkey
from mediabridge.translog.store import TransferLog
from tests.mirrors import accepted
from tests.owners import CITY, REGISTRY

pytestmark = pytest.mark.in_turns

TIME = from_rfc3339("2026-04-01T00:35:00Z")
NAME = cosignature.witness_of(CITY, "registry")
SIGNER = Ed25519Signer(NAME, Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64))))
WITNESS = WitnessKey.of(SIGNER)


@dataclass
class Route:
    """A log, and the mirror of it at the other station."""

    log: TransferLog
    mirror: PeerMirror
    signer: Ed25519Signer
    entry: Callable[..., bytes]

    @property
    def vkey(self) -> Vkey:
        return Vkey.of(self.signer)

    def carry(self, entries: int = 1) -> None:
        for _ in range(entries):
            self.log.append(self.entry(self.log.size()))
        section = self.log.section(self.mirror.size(), self.signer)
        known = self.mirror
        self.mirror.keep(accepted(section, origin=self.log.origin, vkey=self.vkey, mirror=known))

    def cosign(self, time: datetime = TIME) -> bytes:
        made = self.mirror.cosign(SIGNER, self.vkey, time)
        assert made is not None
        return made


@pytest.fixture
def route(
    log: TransferLog, mirror: PeerMirror, signer: Ed25519Signer, entry: Callable[..., bytes]
) -> Route:
    return Route(log, mirror, signer, entry)


@pytest.fixture
def raw(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A second way into the file of the mirror."""
    with closing(sqlite3.connect(tmp_path / "mirror.db", isolation_level=None)) as connection:
        yield connection


def promises(raw: sqlite3.Connection) -> list[tuple[int, str]]:
    return raw.execute("SELECT size, time FROM promise ORDER BY rowid").fetchall()


def without_triggers(raw: sqlite3.Connection, statement: str) -> None:
    for (name,) in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute(statement)


def test_nothing_is_cosigned_before_the_first(route: Route, raw: sqlite3.Connection) -> None:
    assert route.mirror.cosign(SIGNER, route.vkey, TIME) is None
    assert promises(raw) == []


def test_the_newest_checkpoint_is_cosigned(route: Route) -> None:
    for entries in (3, 1, 9):
        route.carry(entries)
        made = route.cosign()
        opened = cosignature.open_cosigned(made, WITNESS)
        assert opened.checkpoint.size == route.log.size()
        assert opened.checkpoint.root == route.log.root()
        assert route.log.newest_checkpoint() is not None
        assert made.startswith(route.log.newest_checkpoint() or b"")
    route.mirror.check()


def test_it_is_on_the_disk_before_it_is_signed(route: Route, raw: sqlite3.Connection) -> None:
    """Claim C83. Another connection sees what is about to be signed, when the key is used."""
    seen: list[list[tuple[int, str]]] = []

    class Watching:
        name, public_key = NAME, SIGNER.public_key

        def sign(self, message: bytes, /) -> bytes:
            seen.append(promises(raw))
            return SIGNER.sign(message)

    route.carry(2)
    route.mirror.cosign(Watching(), route.vkey, TIME)
    assert seen == [[(2, "2026-04-01T00:35:00Z")]]


def test_what_cannot_be_stored_is_not_signed(route: Route, raw: sqlite3.Connection) -> None:
    """Claim C83."""

    class Never:
        name, public_key = NAME, SIGNER.public_key

        def sign(self, message: bytes, /) -> bytes:
            raise AssertionError(message)

    route.carry(2)
    raw.execute("CREATE TRIGGER full BEFORE INSERT ON promise BEGIN SELECT RAISE(ABORT, 'x'); END")
    with pytest.raises(errors.LogCorruptError):
        route.mirror.cosign(Never(), route.vkey, TIME)


def test_the_same_size_may_be_cosigned_again(route: Route, raw: sqlite3.Connection) -> None:
    route.carry(2)
    first, second = route.cosign(), route.cosign(TIME + timedelta(days=1))
    assert first != second
    assert [size for size, _ in promises(raw)] == [2, 2]
    # A clock that went back is no reason to be silent: times are hints.
    assert cosignature.open_cosigned(route.cosign(), WITNESS).time == TIME


ANOTHER_ROOT = "UPDATE node SET digest = zeroblob(32) WHERE level = 2"

ANOTHER_SIGNATURE = (
    "UPDATE checkpoint SET note ="
    " CAST(replace(CAST(note AS TEXT), 'lgwan Cow1', 'lgwan Dow1') AS BLOB)"
)


@pytest.mark.parametrize(
    ("tampering", "error"),
    [
        ("DELETE FROM entry WHERE position = 3", errors.LogCorruptError),
        (ANOTHER_ROOT, errors.LogCorruptError),
        ("UPDATE promise SET root = zeroblob(32)", errors.LogCorruptError),
        ("UPDATE promise SET size = 3", errors.MediabridgeError),
        ("UPDATE promise SET size = 9", errors.LogCorruptError),
        ("DELETE FROM checkpoint WHERE size = 4", errors.LogCorruptError),
        (ANOTHER_SIGNATURE, errors.LogNoteError),
    ],
)
def test_a_mirror_that_went_back_or_aside_is_not_cosigned(
    route: Route, raw: sqlite3.Connection, tampering: str, error: type[errors.MediabridgeError]
) -> None:
    """Claim C83."""
    route.carry(2)
    route.carry(2)
    route.cosign()
    without_triggers(raw, tampering)
    before = promises(raw)
    with pytest.raises(error):
        route.mirror.cosign(SIGNER, route.vkey, TIME)
    assert promises(raw) == before


def test_another_history_under_the_right_key_is_not_cosigned(
    route: Route, raw: sqlite3.Connection
) -> None:
    """Claim C83. The top of the tree and its checkpoint were exchanged, signed by the log's key."""
    route.carry(2)
    route.cosign()
    route.carry(2)
    forged = checkpoint.Checkpoint(route.log.origin, 4, bytes(32))
    without_triggers(raw, "UPDATE node SET digest = zeroblob(32) WHERE level = 2")
    signed = checkpoint.sign(forged, route.signer)
    raw.execute("UPDATE checkpoint SET note = ? WHERE size = 4", (signed,))
    with pytest.raises(errors.LogProofError):
        route.mirror.cosign(SIGNER, route.vkey, TIME)


def test_what_another_key_signed_is_not_cosigned(route: Route) -> None:
    route.carry(1)
    stranger = Vkey(route.log.origin, Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    with pytest.raises(errors.LogNoteError, match="not signed by"):
        route.mirror.cosign(SIGNER, stranger, TIME)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE promise SET size = 1",
        "DELETE FROM promise",
        "INSERT INTO promise SELECT origin, 1, root, time FROM promise",
    ],
)
def test_triggers_guard_what_was_cosigned(
    route: Route, raw: sqlite3.Connection, statement: str
) -> None:
    route.carry(3)
    route.cosign()
    with pytest.raises(sqlite3.IntegrityError, match="only"):
        raw.execute(statement)


def test_cosigned_checkpoints_are_kept_once_and_never_backwards(route: Route, path: Path) -> None:
    """Claim C82."""
    assert route.log.newest_cosigned(NAME) is None
    made = []
    for entries in (1, 3):
        route.carry(entries)
        made.append(cosignature.open_cosigned(route.cosign(), WITNESS))
    one, four = made
    for cosigned in (one, four, four):
        route.log.keep_cosigned(NAME, cosigned)
    with pytest.raises(errors.LogCorruptError):
        route.log.keep_cosigned(NAME, one)
    seen = route.log.newest_cosigned(NAME)
    assert seen == (4, "2026-04-01T00:35:00Z", four.note)
    assert route.log.newest_cosigned("somebody.example/witness/else") is None
    with closing(sqlite3.connect(path)) as connection:
        sizes = connection.execute("SELECT size FROM cosigned ORDER BY rowid").fetchall()
    assert sizes == [(1,), (4,)]
    route.log.check()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE cosigned SET size = 9", "entries of the log: 4, should be 9 at least"),
        ("UPDATE cosigned SET size = 2", "the checkpoint of size 2 should have root"),
        ("UPDATE cosigned SET note = x'00'", "the checkpoint of size 4 should have root"),
    ],
)
def test_tampering_with_what_was_cosigned_is_found(
    *, route: Route, path: Path, signer: Ed25519Signer, statement: str, found: str
) -> None:
    route.carry(4)
    route.log.keep_cosigned(NAME, cosignature.open_cosigned(route.cosign(), WITNESS))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
        without_triggers(connection, statement)
    with pytest.raises(errors.LogCorruptError, match=found):
        route.log.check()
    if "size = 9" in statement:
        with pytest.raises(errors.LogCorruptError, match=found):
            route.log.checkpoint(signer)


def test_a_mirror_that_was_shortened_is_found(route: Route, raw: sqlite3.Connection) -> None:
    route.carry(4)
    route.cosign()
    without_triggers(raw, "UPDATE promise SET size = 9")
    with pytest.raises(errors.LogCorruptError, match="entries of the log: 4, should be 9"):
        route.mirror.check()


def test_a_dropped_trigger_comes_back(
    route: Route, raw: sqlite3.Connection, tmp_path: Path
) -> None:
    route.carry(1)
    route.cosign()
    without_triggers(raw, "SELECT 1")
    with (
        database.connect(tmp_path / "mirror.db", REGISTRY) as connection,
        pytest.raises(errors.LogCorruptError),
    ):
        connection.execute("DELETE FROM promise")


def test_the_other_log_of_the_same_file_is_another(route: Route, tmp_path: Path) -> None:
    """What was cosigned of one peer says nothing about another."""
    route.carry(5)
    route.cosign()
    origin = checkpoint.origin_of(CITY, "lgwan-02")
    with database.connect(tmp_path / "mirror.db", REGISTRY) as connection:
        assert PeerMirror(connection, origin).cosign(SIGNER, route.vkey, TIME) is None
