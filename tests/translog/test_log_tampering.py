"""What an administrator could do to the file, and how it is found."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from logkeys import Ed25519Signer

from mediabridge import errors
from mediabridge.translog import database, merkle
from mediabridge.translog.store import TransferLog
from tests.owners import LGWAN

pytestmark = pytest.mark.in_turns

Build = Callable[..., bytes]
ENTRIES = 13
SIGNED = 11
REWORD = (
    "UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'sealed', 'opened') AS BLOB)"
    " WHERE position = 3"
)


@pytest.fixture
def raw(
    path: Path, origin: str, entry: Build, signer: Ed25519Signer
) -> Iterator[sqlite3.Connection]:
    """A second way into the file of a good log."""
    with database.connect(path, LGWAN) as connection:
        log = TransferLog(connection, origin)
        for seq in range(ENTRIES):
            log.append(entry(seq))
            if log.size() == SIGNED:
                log.checkpoint(signer)
        log.check()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def drop_triggers(raw: sqlite3.Connection) -> None:
    for (name,) in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")


@pytest.mark.parametrize("recursive", ["OFF", "ON"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET bytes = x'00' WHERE position = 3",
        "UPDATE node SET digest = zeroblob(32)",
        "UPDATE checkpoint SET size = 1",
        "DELETE FROM entry WHERE position = 12",
        "DELETE FROM node",
        "DELETE FROM checkpoint",
        "INSERT INTO entry SELECT origin, 99, bytes FROM entry WHERE position = 0",
        "INSERT OR REPLACE INTO entry SELECT origin, 3, bytes FROM entry WHERE position = 0",
        "INSERT OR REPLACE INTO node SELECT origin, 0, 3, digest FROM node WHERE level = 3",
        "INSERT INTO checkpoint SELECT origin, 1, note FROM checkpoint",
        "UPDATE OR REPLACE entry SET position = 4 WHERE position = 3",
        # In the place of another row, by its number: the key of the table is a new one.
        (
            "INSERT OR REPLACE INTO entry (rowid, origin, position, bytes)"
            " SELECT rowid, origin, 13, bytes FROM entry WHERE position = 3"
        ),
        (
            "INSERT OR REPLACE INTO entry (rowid, origin, position, bytes)"
            " SELECT rowid, 'another', 0, bytes FROM entry WHERE position = 12"
        ),
        (
            "INSERT OR REPLACE INTO checkpoint (rowid, origin, size, note)"
            " SELECT rowid, origin, 99, x'00' FROM checkpoint"
        ),
        (
            "INSERT OR REPLACE INTO promise (rowid, origin, size, root, time)"
            " SELECT rowid, origin, 99, x'00', time FROM promise"
        ),
        (
            "REPLACE INTO cosigned (rowid, origin, witness, size, time, note)"
            " SELECT rowid, origin, witness, 99, time, note FROM cosigned"
        ),
        "INSERT OR REPLACE INTO cosigned SELECT origin, witness, size, 'later', note FROM cosigned",
    ],
)
def test_triggers_refuse_change(raw: sqlite3.Connection, statement: str, recursive: str) -> None:
    raw.execute(f"PRAGMA recursive_triggers = {recursive}")
    raw.execute("INSERT INTO promise VALUES ('peer', 5, zeroblob(32), '2026-04-01T00:00:00Z')")
    raw.execute("INSERT INTO cosigned VALUES ('peer', 'witness', 5, 'earlier', x'6e6f7465')")
    before = list(raw.iterdump())
    with pytest.raises(sqlite3.IntegrityError, match="only"):
        raw.execute(statement)
    assert list(raw.iterdump()) == before


def test_a_store_of_ours_has_triggers_on_what_replace_deletes(path: Path) -> None:
    """Whatever another statement of ours might replace, the deletion is refused as one."""
    with database.connect(path, LGWAN) as connection:
        assert connection.execute("PRAGMA recursive_triggers").fetchone() == (1,)
        for table in ("entry", "node", "checkpoint", "promise", "cosigned"):
            query = "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?"
            assert connection.execute(query, (table,)).fetchone()[0] >= 3


def test_every_table_of_the_log_is_strict(path: Path) -> None:
    """No column holds another type than its own, so no comparison is one of two types."""
    with database.connect(path, LGWAN) as connection:
        rows = connection.execute("PRAGMA main.table_list").fetchall()
    strict = {name: strict for _, name, kind, _, _, strict in rows if kind == "table"}
    tables = {name for name in strict if not name.startswith("sqlite_")}
    assert {"entry", "node", "checkpoint", "promise", "cosigned", "owner"} <= tables
    assert [name for name in tables if not strict[name]] == []


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE entry SET bytes = x'00' WHERE position = 3", "entry 3: "),
        (REWORD, "the node at level 0, position 3 is [0-9a-f]{64}, should be [0-9a-f]{64}"),
        ("DELETE FROM entry WHERE position = 3", "entry 4 found, should be 3"),
        ("DELETE FROM entry WHERE position = 12", "rows of the table node: 23, should be 22"),
        ("DELETE FROM entry WHERE position >= 10", "rows of the table node: 23, should be 18"),
        ("DELETE FROM entry", "rows of the table node: 23, should be 0"),
        ("UPDATE entry SET position = 99 WHERE position = 12", "entry 99 found, should be 12"),
        ("UPDATE entry SET position = 13 WHERE position = 12", "entry 13 found, should be 12"),
        (
            "INSERT INTO entry SELECT origin, -1, bytes FROM entry LIMIT 1",
            "rows of the table entry: 14",
        ),
        ("UPDATE node SET digest = zeroblob(32) WHERE level = 2", "level 2, position 0 is 0000"),
        ("UPDATE node SET digest = x'00' WHERE level = 2", "no node at level 2, position 0"),
        ("DELETE FROM node WHERE level = 1 AND position = 4", "no node at level 1, position 4"),
        ("UPDATE node SET level = 9 WHERE level = 3", "no node at level 3, position 0"),
        (
            "INSERT INTO node SELECT origin, 9, 0, digest FROM node WHERE level = 3",
            "rows of the table node: 24, should be 23",
        ),
        ("UPDATE checkpoint SET size = 10", "the checkpoint of size 10 should have root"),
        ("UPDATE checkpoint SET size = 14", "entries of the log: 13, should be 14 at least"),
        ("INSERT INTO checkpoint SELECT origin, 0, note FROM checkpoint", "of size 0 should have"),
        ("INSERT INTO checkpoint SELECT origin, 7, note FROM checkpoint", "of size 7 should have"),
        ("UPDATE checkpoint SET note = x'00'", "the checkpoint of size 11 should have root"),
    ],
)
def test_tampering_found(
    raw: sqlite3.Connection, path: Path, origin: str, statement: str, found: str
) -> None:
    drop_triggers(raw)
    raw.execute(statement)
    with (
        database.connect(path, LGWAN) as connection,
        pytest.raises(errors.LogCorruptError, match=found),
    ):
        TransferLog(connection, origin).check()


def rewrite(raw: sqlite3.Connection, origin: str, entries: list[bytes]) -> None:
    """Replace the whole history consistently, as somebody who knows the code would."""
    drop_triggers(raw)
    raw.execute("DELETE FROM entry")
    raw.execute("DELETE FROM node")
    frontier = merkle.Frontier()
    for position, each in enumerate(entries):
        raw.execute("INSERT INTO entry VALUES (?, ?, ?)", (origin, position, each))
        nodes = [(origin, *node) for node in frontier.append(merkle.leaf_hash(each))]
        raw.executemany("INSERT INTO node VALUES (?, ?, ?, ?)", nodes)


@pytest.mark.parametrize("count", [SIGNED - 1, ENTRIES])
def test_rewritten_history_found(
    *,
    raw: sqlite3.Connection,
    path: Path,
    origin: str,
    entry: Build,
    signer: Ed25519Signer,
    count: int,
) -> None:
    rewrite(raw, origin, [entry(seq + 100) for seq in range(count)])
    with database.connect(path, LGWAN) as connection:
        log = TransferLog(connection, origin)
        with pytest.raises(errors.LogCorruptError, match=r"should (have|be)"):
            log.check()
        # What was promised before is never contradicted by a new signature.
        with pytest.raises(errors.LogCorruptError, match=r"should (have|be)"):
            log.checkpoint(signer)


def test_foreign_file_refused(path: Path) -> None:
    path.write_bytes(b"not a database" * 100)
    with (
        pytest.raises(errors.LogCorruptError, match="SQLITE_NOTADB"),
        database.connect(path, LGWAN),
    ):
        pytest.fail("opened a file that is no database")


def test_damaged_page_found(raw: sqlite3.Connection, path: Path, origin: str) -> None:
    (size,) = raw.execute("PRAGMA page_size").fetchone()
    raw.close()
    pages = bytearray(path.read_bytes())
    pages[size:] = bytes(len(pages) - size)
    path.write_bytes(pages)
    with pytest.raises(errors.LogCorruptError), database.connect(path, LGWAN) as connection:
        TransferLog(connection, origin).check()
