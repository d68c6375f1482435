"""What is behind a checkpoint that was kept is found as before; what is before it stands for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from logkeys import Ed25519Signer

from mediabridge import errors, sqlite
from mediabridge.translog import database
from mediabridge.translog.checkpoint import Checkpoint
from mediabridge.translog.store import TransferLog
from tests.owners import LGWAN

Build = Callable[..., bytes]

KEPT, SIGNED, ENTRIES = 300, 310, 330
"""The entries are of two batches, and so are those behind what was kept."""


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Give the place where the first test puts a log for all others."""
    return [tmp_path_factory.mktemp("grown") / "log.db"]


@pytest.fixture
def raw(
    grown: list[Path], path: Path, origin: str, entry: Build, signer: Ed25519Signer
) -> Iterator[sqlite3.Connection]:
    """A second way into the file of a good log, which has no triggers any more."""
    if not grown[0].exists():
        with database.connect(grown[0], LGWAN) as connection:
            log = TransferLog(connection, origin)
            for start, end in ((0, KEPT), (KEPT, SIGNED), (SIGNED, ENTRIES)):
                with sqlite.transaction(connection):
                    frontier = log.frontier()
                    for seq in range(start, end):
                        log._insert_entry(frontier, entry(seq))
                if end != ENTRIES:
                    log.checkpoint(signer)
    path.write_bytes(grown[0].read_bytes())
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        yield connection


@pytest.fixture
def known(raw: sqlite3.Connection, path: Path, origin: str) -> Checkpoint:
    assert raw
    with database.look(path) as connection:
        return Checkpoint(origin, KEPT, TransferLog(connection, origin).root(KEPT))


def check(path: Path, origin: str, known: Checkpoint | None) -> None:
    with database.look(path) as connection:
        TransferLog(connection, origin).check(known)


REWORD = (
    "UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'sealed', 'opened') AS BLOB)"
    " WHERE position = "
)
NODE = "UPDATE node SET digest = zeroblob(32) WHERE level = "


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (f"{REWORD}{KEPT}", f"the node at level 0, position {KEPT} is"),
        (f"{REWORD}{ENTRIES - 1}", f"the node at level 0, position {ENTRIES - 1} is"),
        (f"{NODE}1 AND position = 160", "the node at level 1, position 160 is 0000"),
        # These are of the path to what was kept: 256 + 32 + 8 + 4 entries.
        (f"{NODE}8", f"the checkpoint of size {KEPT} should have root"),
        (f"{NODE}2 AND position = 74", f"the checkpoint of size {KEPT} should have root"),
        ("DELETE FROM entry WHERE position = 301", "entry 302 found"),
        ("DELETE FROM entry WHERE position >= 299", "entries of the log: 299"),
        ("DELETE FROM node WHERE level = 1 AND position = 164", "no node at level 1, position 164"),
        (
            "INSERT INTO node SELECT origin, 0, 335, digest FROM node WHERE level = 8",
            "rows of the table node: 61, should be 60",
        ),
        (
            "INSERT INTO node SELECT origin, 20, 0, digest FROM node WHERE level = 8",
            "rows of the table node: 61, should be 60",
        ),
        ("UPDATE checkpoint SET size = 305 WHERE size = 310", "of size 305 should have root"),
        ("UPDATE checkpoint SET size = 331 WHERE size = 310", "330, should be 331 at least"),
    ],
)
def test_what_is_new_is_looked_at(
    *,
    raw: sqlite3.Connection,
    path: Path,
    origin: str,
    known: Checkpoint,
    statement: str,
    found: str,
) -> None:
    check(path, origin, known)
    raw.execute(statement)
    with pytest.raises(errors.LogCorruptError, match=found):
        check(path, origin, known)


@pytest.mark.parametrize("statement", [f"{REWORD}3", f"{REWORD}299", f"{NODE}3 AND position = 5"])
def test_what_was_known_is_not(
    raw: sqlite3.Connection, path: Path, origin: str, known: Checkpoint, statement: str
) -> None:
    raw.execute(statement)
    check(path, origin, known)
    with pytest.raises(errors.LogCorruptError):
        check(path, origin, None)


def test_a_known_state_of_another_history_is_refused(
    raw: sqlite3.Connection, path: Path, origin: str
) -> None:
    assert raw
    for size in (0, 1, KEPT, ENTRIES):
        with pytest.raises(errors.LogCorruptError, match=f"of size {size} should have root"):
            check(path, origin, Checkpoint(origin, size, bytes(32)))


def test_no_row_before_that_is_read(
    raw: sqlite3.Connection, path: Path, origin: str, known: Checkpoint
) -> None:
    """But for the nodes that lead to what was kept."""
    raw.execute("DELETE FROM entry WHERE position < 300")
    raw.execute(
        "DELETE FROM node WHERE (position + 1) << level <= 300"
        " AND (level, position) NOT IN (VALUES (8, 0), (5, 8), (3, 36), (2, 74))"
    )
    check(path, origin, known)
