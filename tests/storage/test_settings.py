"""Every store is opened with the settings that durability rests on."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from mediabridge.sqlite import opening
from tests.storage.stores import Kind

SETTINGS = {
    "synchronous": 3,  # EXTRA
    "journal_mode": "delete",
    "foreign_keys": 1,
    "cell_size_check": 1,
    "trusted_schema": 0,
    "busy_timeout": 30_000,
}


def check_settings(connection: sqlite3.Connection) -> None:
    found = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in SETTINGS}
    assert found == SETTINGS


def test_settings_of_the_real_connection(kind: Kind, path: Path) -> None:
    with kind.opened(path, kind.owner) as (connection, write):
        check_settings(connection)
        write(1)
        check_settings(connection)


def test_settings_while_writing(kind: Kind, path: Path) -> None:
    """Nothing between opening and commit may weaken a setting, not even for one statement."""
    with kind.opened(path, kind.owner) as (connection, write):
        said: list[str] = []
        connection.set_trace_callback(said.append)
        write(1)
    assert any(line.startswith("COMMIT") for line in said)
    assert not [line for line in said if "PRAGMA" in line.upper()]


@pytest.mark.parametrize("level", ["OFF", "NORMAL", "FULL"])
def test_weaker_setting_is_noticed(
    kind: Kind, path: Path, monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    """The check above fails for a program that syncs less, in whichever store."""
    weaker = opening._PRAGMAS.replace("synchronous = EXTRA", f"synchronous = {level}")
    assert weaker != opening._PRAGMAS
    monkeypatch.setattr(opening, "_PRAGMAS", weaker)
    with (
        kind.opened(path, kind.owner) as (connection, _write),
        pytest.raises(AssertionError, match="synchronous"),
    ):
        check_settings(connection)


def test_file_is_for_its_user_only(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]
