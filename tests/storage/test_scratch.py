"""A database of the moment tells a machine without room like any other file of its own."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mediabridge import sqlite
from mediabridge.errors import DiskFailedError, DiskFullError, DiskReadOnlyError
from mediabridge.kinds import Kind
from mediabridge.stations.ordering import InOrder
from mediabridge.stations.seen import Seen
from tests.storage.machine import Disk, small_disk

ROWS = 30_000


@pytest.fixture
def crowded(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk", kib=256) as disk:
        disk.fill(leave=8192)
        yield disk


def test_notices_that_wait_on_a_full_disk(crowded: Disk) -> None:
    columns = {
        "issued_at": ["2026-11-20T00:00:00+09:00"] * ROWS,
        "sequence": list(map(str, range(ROWS))),
    }
    with InOrder(crowded.folder) as notices, pytest.raises(DiskFullError) as told:
        notices.keep(Kind.ISA_NOTICE, columns)
    assert told.value.facts == {"name": "in-order.sqlite", "detail": "SQLITE_FULL"}


def test_what_was_seen_without_room_for_temporary_files() -> None:
    """The same on a machine where nothing can be mounted."""
    seen = Seen()
    seen._db.execute("PRAGMA max_page_count = 8")
    with pytest.raises(DiskFullError) as told:
        seen.enter_all(ids=[f"{number:032d}" for number in range(ROWS)])
    assert "the temporary files" in str(told.value)


SCRIPT = """
from mediabridge.errors import DiskFullError
from mediabridge.stations.seen import Seen
try:
    Seen().enter_all(ids=[f"{number:032d}" for number in range(200_000)])
except DiskFullError as error:
    print(error.reason)
"""


def test_full_disk_of_temporary_files(crowded: Disk) -> None:
    # SQLite asks once, at its first file, where such files belong.
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "SQLITE_TMPDIR": str(crowded.folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "DISK_FULL\n"


def test_protected_disk(tmp_path: Path) -> None:
    path = tmp_path / "scratch"
    sqlite3.connect(path).close()
    connection = sqlite.scratch(path)
    connection.execute("PRAGMA query_only = ON")
    with pytest.raises(DiskReadOnlyError):
        connection.execute("CREATE TABLE t (x)")


def test_damage_is_told_at_the_row(tmp_path: Path) -> None:
    path = tmp_path / "scratch"
    path.write_bytes(b"certainly not a database" * 1000)
    connection = sqlite.scratch(path)
    with pytest.raises(DiskFailedError) as told:
        connection.execute("SELECT * FROM sqlite_schema").fetchall()
    assert told.value.facts == {"name": "scratch", "detail": "SQLITE_NOTADB"}


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(DiskFailedError):
        sqlite.scratch(tmp_path / "missing" / "scratch")
