"""What is wrong with a store is said by its own reason, and nothing is changed by asking."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from mediabridge.errors import ExitCode, MediabridgeError
from mediabridge.locale import Language, set_language, translate
from mediabridge.sqlite import opening
from tests.storage.machine import NOBODY, open_folder, refused_to_nobody, small_disk
from tests.storage.stores import KINDS, Kind, files

EXIT = {
    "BOOKS": ExitCode.CONFIGURATION,
    "REGISTRY": ExitCode.REGISTRY,
    "LOG": ExitCode.LOG_ALARM,
}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "DATABASE_WAIT_SECONDS", 0)


def check(kind: Kind, error: MediabridgeError | None, trouble: str) -> None:
    """The reason is that of store and trouble; both languages say it, and what to do next."""
    assert error is not None
    assert error.reason == f"{kind.name}_{trouble}"
    assert error.exit_code is EXIT[kind.name]
    said = {}
    for language in (Language.EN, Language.JA):
        set_language(language)
        said[language] = [error.render(translate(each)) for each in (error.sentence, error.hint)]
        assert "station init" not in "".join(said[language])
        assert "?" not in "".join(said[language])
    assert all(en != ja for en, ja in zip(*said.values(), strict=True))


def refused(action: Callable[[], object]) -> MediabridgeError:
    with pytest.raises(MediabridgeError) as told:
        action()
    return told.value


# --- locked -----------------------------------------------------------------


@pytest.mark.parametrize("lock", ["EXCLUSIVE", "IMMEDIATE"])
def test_locked(kind: Kind, path: Path, lock: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute(f"BEGIN {lock}")
        check(kind, refused(lambda: kind.use(path)), "LOCKED")
    kind.use(path)


def test_locked_while_open(kind: Kind, path: Path) -> None:
    with (
        kind.opened(path, kind.owner) as (_connection, write),
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        other.execute("BEGIN EXCLUSIVE")
        check(kind, refused(lambda: write(1)), "LOCKED")
        other.execute("ROLLBACK")
        write(1)


def test_reader_only_delays_the_commit(kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / kind.file
    with kind.opened(path, kind.owner) as (connection, write):
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN")
            other.execute("SELECT * FROM owner").fetchall()
            check(kind, refused(lambda: write(1)), "LOCKED")
            assert not connection.in_transaction
        write(1)


# --- read-only --------------------------------------------------------------


def test_read_only_disk(kind: Kind, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        path = disk.folder / kind.file
        kind.use(path)
        before = files(disk.folder)
        disk.protect()
        check(kind, refused(lambda: kind.use(path)), "READ_ONLY")
        assert files(disk.folder) == before


def test_read_only_disk_without_file(kind: Kind, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        disk.protect()
        check(kind, refused(lambda: kind.use(disk.folder / kind.file)), "READ_ONLY")


@pytest.mark.parametrize(("mode", "trouble"), [(0o644, "READ_ONLY"), (0o600, "WRONG_OWNER")])
def test_read_only_disk_of_another_user(kind: Kind, mode: int, trouble: str) -> None:
    """What may be read is protected; what may not even be read is somebody else's."""
    with open_folder() as folder, small_disk(folder / "disk") as disk:
        path = disk.folder / kind.file
        kind.use(path)
        path.chmod(mode)
        disk.protect()
        check(kind, refused_to_nobody(lambda: kind.use(path)), trouble)


def test_protected_file_of_ones_own(kind: Kind) -> None:
    with open_folder() as folder:
        path = folder / kind.file
        kind.use(path)
        path.chmod(0o400)
        os.chown(path, NOBODY, NOBODY)
        os.chown(folder, NOBODY, NOBODY)
        check(kind, refused_to_nobody(lambda: kind.use(path)), "READ_ONLY")


# --- full -------------------------------------------------------------------


def test_full_disk(kind: Kind, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        path = disk.folder / kind.file
        kind.use(path, rows=0)
        disk.fill(leave=64 * 1024)
        before = path.read_bytes()
        with kind.opened(path, kind.owner) as (_connection, write):
            check(kind, refused(lambda: write(5000)), "FULL")
        if kind.name != "LOG":  # Whose every entry is a transaction.
            assert path.read_bytes() == before
        (disk.folder / "filler").unlink()
        kind.use(path)


def test_full_disk_without_file(kind: Kind, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        disk.fill()
        check(kind, refused(lambda: kind.use(disk.folder / kind.file)), "FULL")


def test_no_room_for_another_file(kind: Kind, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", inodes=1) as disk:
        check(kind, refused(lambda: kind.use(disk.folder / kind.file)), "FULL")
        assert files(disk.folder) == {}


def test_no_more_pages(kind: Kind, tmp_path: Path) -> None:
    """The same on a machine where nothing can be mounted."""
    with kind.opened(tmp_path / kind.file, kind.owner) as (connection, write):
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        check(kind, refused(lambda: write(5000)), "FULL")


# --- corrupt ----------------------------------------------------------------


def test_no_database_at_all(kind: Kind, path: Path) -> None:
    path.write_bytes(b"certainly not a database" * 1000)
    before = files(path.parent)
    check(kind, refused(lambda: kind.use(path)), "CORRUPT")
    assert files(path.parent) == before


def test_damaged_pages(kind: Kind, path: Path) -> None:
    found = path.read_bytes()
    path.write_bytes(found[:4096] + bytes(len(found) - 4096))
    check(kind, refused(lambda: kind.use(path)), "CORRUPT")


def test_cut_off(kind: Kind, path: Path) -> None:
    path.write_bytes(path.read_bytes()[:8192])
    check(kind, refused(lambda: kind.use(path)), "CORRUPT")


def test_damage_is_told_while_reading(kind: Kind, path: Path) -> None:
    """Not only a statement, every row that is read tells its error as a reason."""
    with kind.opened(path, kind.owner) as (connection, _write):
        connection.execute("CREATE TABLE many (x)")
        connection.execute(
            "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 20000)"
            " INSERT INTO many SELECT x FROM n"
        )
        size = path.stat().st_size
        rows = iter(connection.execute("SELECT x FROM many"))
        next(rows)
    with path.open("r+b") as file:
        file.seek(size - 40 * 4096)
        file.write(b"\xff" * 40 * 4096)
    with kind.opened(path, kind.owner) as (connection, _write):
        check(kind, refused(lambda: list(connection.execute("SELECT x FROM many"))), "CORRUPT")
        for fetch in ("fetchall", "fetchmany"):
            cursor = connection.execute("SELECT x FROM many")
            arguments = (20000,) if fetch == "fetchmany" else ()
            told = refused(lambda: getattr(cursor, fetch)(*arguments))  # noqa: B023 - called here
            check(kind, told, "CORRUPT")
        cursor = connection.execute("SELECT x FROM many")
        check(kind, refused(lambda: [cursor.fetchone() for _ in range(20000)]), "CORRUPT")


def test_owner_is_gone(kind: Kind, path: Path) -> None:
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("DELETE FROM owner")
    check(kind, refused(lambda: kind.use(path)), "CORRUPT")


# --- wrong owner ------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o666])
def test_file_of_another_user(kind: Kind, mode: int) -> None:
    """Unreadable; readable; writable, but in a folder where no journal can be made."""
    with open_folder() as folder:
        path = folder / kind.file
        kind.use(path)
        path.chmod(mode)
        before = path.read_bytes()
        check(kind, refused_to_nobody(lambda: kind.use(path)), "WRONG_OWNER")
        assert path.read_bytes() == before


def test_folder_of_another_user(kind: Kind, path: Path) -> None:
    path.parent.chmod(0o700)
    check(kind, refused_to_nobody(lambda: kind.use(path)), "WRONG_OWNER")


def test_journal_of_another_user(kind: Kind) -> None:
    """Somebody worked here as root, and power went."""
    with open_folder() as folder:
        path = folder / kind.file
        kind.use(path)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("PRAGMA cache_size = 1")
            other.execute("PRAGMA cache_spill = 1")
            other.execute("BEGIN IMMEDIATE")
            other.execute("CREATE TABLE half_done (x)")
            other.execute("INSERT INTO half_done VALUES (zeroblob(100000))")
            journal = folder / f"{path.name}-journal"
            hot, changed = journal.read_bytes(), path.read_bytes()
        path.write_bytes(changed)
        journal.write_bytes(hot)
        journal.chmod(0o600)
        os.chown(folder, NOBODY, NOBODY)
        os.chown(path, NOBODY, NOBODY)
        check(kind, refused_to_nobody(lambda: kind.use(path)), "WRONG_OWNER")


# --- foreign ----------------------------------------------------------------


@pytest.mark.parametrize("changed", [{"station": "other-07"}, {"mode": "live"}, {"city": "x.jp"}])
def test_other_stations_file(kind: Kind, path: Path, changed: dict[str, str]) -> None:
    """Claim C52."""
    before = files(path.parent)
    me = kind.owner._replace(**changed)
    error = refused(lambda: kind.use(path, me))
    check(kind, error, "FOREIGN")
    assert (error.facts["got"], error.facts["wanted"]) == (str(kind.owner), str(me))
    assert str(kind.owner) in str(error)
    assert files(path.parent) == before


@pytest.mark.parametrize("other", KINDS, ids=[each.name for each in KINDS])
def test_other_stores_file(kind: Kind, other: Kind, tmp_path: Path) -> None:
    """Claim C52."""
    if other is kind:
        return
    path = tmp_path / kind.file
    other.use(path, kind.owner)
    before = files(tmp_path)
    check(kind, refused(lambda: kind.use(path)), "FOREIGN")
    assert files(tmp_path) == before


@pytest.mark.parametrize("version", [0, 1, 2, 3])
def test_other_programs_file(kind: Kind, tmp_path: Path, version: int) -> None:
    path = tmp_path / kind.file
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE accounts (x)")
        other.execute(f"PRAGMA user_version = {min(version, kind.store.version)}")
    before = files(tmp_path)
    check(kind, refused(lambda: kind.use(path)), "FOREIGN")
    assert files(tmp_path) == before


# --- newer, and everything else -------------------------------------------------


def test_newer_version(kind: Kind, path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 99")
    before = files(path.parent)
    error = refused(lambda: kind.use(path))
    check(kind, error, "NEWER")
    assert "99" in str(error)
    assert files(path.parent) == before


def test_missing_folder(kind: Kind, tmp_path: Path) -> None:
    check(kind, refused(lambda: kind.use(tmp_path / "missing" / kind.file)), "UNAVAILABLE")


def test_unnamed_error(kind: Kind, path: Path) -> None:
    path.unlink()
    path.mkdir()
    check(kind, refused(lambda: kind.use(path)), "UNAVAILABLE")


def test_no_room_for_the_copy(kind: Kind, tmp_path: Path) -> None:
    """A migration that cannot keep its copy does not begin."""
    with small_disk(tmp_path / "disk") as disk:
        path = disk.folder / kind.file
        kind.use(path)
        with closing(sqlite3.connect(path)) as other:
            other.execute(f"PRAGMA user_version = {kind.store.version - 1}")
        disk.fill(leave=8192)
        before = files(disk.folder)
        check(kind, refused(lambda: kind.use(path)), "FULL")
        assert files(disk.folder) == before


def test_mistake_of_ours_accuses_no_file(kind: Kind, path: Path) -> None:
    with kind.opened(path, kind.owner) as (connection, _write):
        pass
    with pytest.raises(sqlite3.ProgrammingError):
        connection.execute("SELECT 1")
