"""The registry file: opening, filling, reading."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from mediabridge.apply import SqliteRegistry
from mediabridge.errors import RegistryError
from tests.apply.people import NEW_CARD, OLD_CARD, RESIDENT, apply, notice, registry_of


def test_content_outlives_closing(tmp_path: Path) -> None:
    path = tmp_path / "registry.db"
    with registry_of(path, RESIDENT) as registry:
        apply(registry, notice())
        before = registry.fingerprint()
    with SqliteRegistry(path) as registry:
        assert registry.fingerprint() == before
        assert registry.count() == 1


def test_only_owner_reads(tmp_path: Path) -> None:
    path = tmp_path / "registry.db"
    registry_of(path).close()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["registry.db"]


def test_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RegistryError):
        SqliteRegistry(tmp_path / "missing" / "registry.db")


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "registry.db"
    path.write_bytes(b"certainly not a database" * 100)
    with pytest.raises(RegistryError) as refused:
        SqliteRegistry(path)
    assert refused.value.facts == {"detail": "SQLITE_NOTADB"}


def test_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "registry.db"
    registry_of(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 9")
    with pytest.raises(RegistryError) as refused:
        SqliteRegistry(path)
    assert refused.value.facts == {"detail": "version 9, should be 1"}


def test_commits_reach_the_disk(registry: SqliteRegistry) -> None:
    (level,) = registry._connection.execute("PRAGMA synchronous").fetchone()
    assert level == 3
    assert registry._connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_second_writer_is_refused(registry: SqliteRegistry, tmp_path: Path) -> None:
    registry._connection.execute("PRAGMA busy_timeout = 0")
    with sqlite3.connect(tmp_path / "registry.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RegistryError) as refused:
            apply(registry, notice())
        assert refused.value.facts == {"detail": "SQLITE_BUSY"}
        other.execute("ROLLBACK")
    assert list(registry.journal()) == []


def test_population_streams_in(tmp_path: Path) -> None:
    def rows() -> Iterator[dict[str, str]]:
        for number in range(1000):
            yield RESIDENT | {"card_number": f"AB{number:08d}CD"}

    with SqliteRegistry(tmp_path / "registry.db") as registry:
        assert registry.load_population(rows()) == 1000
        assert registry.count() == 1000
        found = registry.find_by_card("AB00000999CD")
        assert found is not None
        assert found.current


@pytest.mark.parametrize(
    ("items", "detail"),
    [
        ({}, "row 2: SQLITE_CONSTRAINT_UNIQUE"),
        ({"card_number": "ab00000001cd"}, "row 2: SQLITE_CONSTRAINT_CHECK"),
        ({"card_number": NEW_CARD, "birth_date": "17.5.1990"}, "row 2: SQLITE_CONSTRAINT_CHECK"),
        ({"card_number": NEW_CARD, "birth_date": ""}, "row 2: SQLITE_CONSTRAINT_NOTNULL"),
        ({"card_number": NEW_CARD, "period_days": "x"}, "row 2: "),
        ({"card_number": NEW_CARD, "name_roman": ""}, "row 2: SQLITE_CONSTRAINT_CHECK"),
        ({"secret": "x"}, "row 2 has a column of another kind of file"),
    ],
)
def test_bad_population_is_refused(tmp_path: Path, items: dict[str, str], detail: str) -> None:
    with SqliteRegistry(tmp_path / "registry.db") as registry:
        before = registry.fingerprint()
        with pytest.raises(RegistryError) as refused:
            registry.load_population([RESIDENT, RESIDENT | items])
        assert refused.value.facts["detail"].startswith(detail)
        assert registry.fingerprint() == before


def test_population_is_loaded_once(registry: SqliteRegistry) -> None:
    before = registry.fingerprint()
    with pytest.raises(RegistryError):
        registry.load_population([RESIDENT | {"card_number": NEW_CARD}])
    assert registry.fingerprint() == before


def test_unknown_card_finds_nobody(registry: SqliteRegistry) -> None:
    assert registry.find_by_card(NEW_CARD) is None
    assert registry.find_by_card("' OR 1 --") is None


def test_resident_precedes_removed(tmp_path: Path) -> None:
    moved = RESIDENT | {"state": "moved_out"}
    with registry_of(tmp_path / "registry.db", RESIDENT, moved) as registry:
        found = registry.find_by_card(OLD_CARD)
        assert found is not None
        assert (found.current, found.resident.state) == (True, "resident")


def test_every_change_shows(registry: SqliteRegistry) -> None:
    seen = {registry.fingerprint()}
    apply(registry)
    seen.add(registry.fingerprint())
    apply(registry, notice(), seq=2)
    seen.add(registry.fingerprint())
    assert len(seen) == 3
