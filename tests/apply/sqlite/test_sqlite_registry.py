"""What only the SQLite registry does: its one file, and what SQLite refuses."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from mediabridge.apply.sqlite import SqliteRegistry
from mediabridge.errors import RegistryFullError, RegistryLockedError, RegistryRefusedError
from tests.apply.contract.adapters import OWNER
from tests.apply.people import NEW_CARD, RESIDENT, apply, notice


def test_one_file_that_only_its_user_reads(path: Path) -> None:
    SqliteRegistry(path, OWNER).close()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["registry.db"]


def test_second_writer_is_refused(registry: SqliteRegistry, path: Path) -> None:
    registry._connection.execute("PRAGMA busy_timeout = 0")
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RegistryLockedError) as refused:
            apply(registry, notice())
        assert refused.value.facts == {"name": "registry.db", "detail": "SQLITE_BUSY"}
        other.execute("ROLLBACK")
    assert list(registry.journal()) == []


def test_constraint_is_named(path: Path) -> None:
    with SqliteRegistry(path, OWNER) as registry:
        with pytest.raises(RegistryRefusedError) as refused:
            registry.load_population([RESIDENT, RESIDENT])
        assert refused.value.facts == {"detail": "row 2: SQLITE_CONSTRAINT_UNIQUE"}
        bad = RESIDENT | {"card_number": NEW_CARD, "birth_date": "17.5.1990"}
        with pytest.raises(RegistryRefusedError) as refused:
            registry.load_population([bad])
        assert refused.value.facts == {"detail": "row 1: SQLITE_CONSTRAINT_CHECK"}


def test_database_error_names_no_data(registry: SqliteRegistry) -> None:
    refuse = "CREATE TRIGGER refuse BEFORE UPDATE ON resident BEGIN SELECT RAISE(ABORT, 'x'); END"
    registry._connection.execute(refuse)
    before = registry.fingerprint()
    with pytest.raises(RegistryRefusedError) as refused:
        apply(registry, notice())
    assert refused.value.facts == {"name": "registry.db", "detail": "SQLITE_CONSTRAINT_TRIGGER"}
    assert registry.fingerprint() == before


def test_full_disk_changes_nothing(registry: SqliteRegistry) -> None:
    before = registry.fingerprint()
    (pages,) = registry._connection.execute("PRAGMA page_count").fetchone()
    registry._connection.execute(f"PRAGMA max_page_count = {pages}")
    many = (notice(notice_id=f"N-{n}", sequence=n) for n in range(500))
    with pytest.raises(RegistryFullError) as refused:
        apply(registry, *many)
    assert refused.value.facts == {"name": "registry.db", "detail": "SQLITE_FULL"}
    assert registry.fingerprint() == before
