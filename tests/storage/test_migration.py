"""Every earlier schema opens and is brought up to date, after a copy of it was kept."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from mediabridge import sqlite
from mediabridge.errors import (
    BooksForeignError,
    LogForeignError,
    MediabridgeError,
    RegistryForeignError,
)
from mediabridge.sqlite import keeping
from tests.storage.stores import KINDS, LGWAN_01, REGISTRY_01, Kind, columns_of, content, files

pytestmark = pytest.mark.in_turns

SCHEMAS = Path(__file__).with_name("schemas")
BOOKS, REGISTRY, LOG = KINDS


@dataclass(frozen=True)
class Earlier:
    """A schema as a former version of the program made it, with a few invented rows."""

    kind: Kind
    version: int

    def __str__(self) -> str:
        return f"{self.kind.name}-{self.version}"

    def make(self, folder: Path) -> Path:
        """Make the file as that program left it."""
        path = folder / self.kind.file
        script = SCHEMAS / f"{self.kind.name.lower()}-{self.version}.sql"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(f"BEGIN; {script.read_text('utf-8')} COMMIT;")
        path.chmod(0o600)
        return path

    def kept(self, path: Path) -> Path:
        """Return where the copy of *path* is kept."""
        return path.with_name(f"{path.name}.before-{self.kind.store.version}")


EVERY = [
    *(Earlier(BOOKS, number) for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)),
    *(Earlier(REGISTRY, number) for number in (1, 2, 3, 4, 5, 6, 7)),
    *(Earlier(LOG, number) for number in (0, 2, 3)),
]

FOREIGN = {"BOOKS": BooksForeignError, "REGISTRY": RegistryForeignError, "LOG": LogForeignError}


@pytest.fixture(params=EVERY, ids=str)
def earlier(request: pytest.FixtureRequest) -> Earlier:
    chosen: Earlier = request.param
    return chosen


def shape(path: Path) -> set[tuple[str, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql NOT NULL")
        return {(kind, name, " ".join(sql.split())) for kind, name, sql in names}


def version(path: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(path)) as connection:
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        return found, application


def test_every_version_has_its_schema() -> None:
    """A new version is added here together with the schema of the one before it."""
    newest = {kind.name: kind.store.version for kind in KINDS}
    assert newest == {"BOOKS": 12, "REGISTRY": 8, "LOG": 4}
    assert {
        kind.name: max(each.version for each in EVERY if each.kind is kind) for kind in KINDS
    } == {
        "BOOKS": 11,
        "REGISTRY": 7,
        "LOG": 3,
    }
    assert sorted(each.name for each in SCHEMAS.iterdir()) == sorted(
        f"{str(each).lower()}.sql" for each in EVERY
    )


def test_rows_are_kept(earlier: Earlier, tmp_path: Path) -> None:
    path = earlier.make(tmp_path)
    before, columns = content(path), columns_of(path)
    assert any(before.values())
    with earlier.kind.opened(path, earlier.kind.owner):
        pass
    # One word was changed: what is held was said to be held for review.
    assert repr(content(path, columns)) == repr(before).replace("held_for_review", "held")
    assert content(path)["owner"] == [tuple(earlier.kind.owner)]


def test_what_waits_is_found_by_its_signs_after_the_migration(tmp_path: Path) -> None:
    path = Earlier(REGISTRY, 3).make(tmp_path)
    with REGISTRY.opened(path, REGISTRY.owner):
        pass
    assert content(path)["held_sign"] == [
        ("1990-05-17 USA", 1, 2),
        ("2026-11-00 KOR", 1, 3),
        ("QQ00000001CD", 1, 2),
    ]


def test_what_waits_and_what_was_answered_is_known_after_the_migration(tmp_path: Path) -> None:
    path = Earlier(REGISTRY, 7).make(tmp_path)
    with REGISTRY.opened(path, REGISTRY.owner):
        pass
    # A decision was taken on the third record; a finding is on the first, a notice on the second.
    assert content(path)["waiting"] == [(1, 1), (1, 2)]
    path = Earlier(BOOKS, 6).make(tmp_path)
    with BOOKS.opened(path, BOOKS.owner):
        pass
    assert content(path)["totals"] == [("applied", 1), ("held", 1)]


def test_migrated_file_is_like_a_new_one(earlier: Earlier, tmp_path: Path) -> None:
    path = earlier.make(tmp_path)
    new = tmp_path / "new.db"
    earlier.kind.use(new)
    earlier.kind.use(path)
    assert shape(path) == shape(new)
    store = earlier.kind.store
    assert version(path) == version(new) == (store.version, store.application_id)


def test_copy_is_kept(earlier: Earlier, tmp_path: Path) -> None:
    path = earlier.make(tmp_path)
    before, old = content(path), version(path)
    for _again in range(2):
        earlier.kind.use(path)
        kept = earlier.kept(path)
        assert sorted(files(tmp_path)) == sorted([path.name, kept.name])
        assert kept.stat().st_mode & 0o777 == 0o600
        assert kept.stat().st_nlink == 1
        assert (content(kept), version(kept)) == (before, old)


def test_copy_opens_again(earlier: Earlier, tmp_path: Path) -> None:
    """The way back: the copy takes the file's place, and can be brought up to date again."""
    path = earlier.make(tmp_path)
    earlier.kind.use(path)
    earlier.kept(path).replace(path)
    earlier.kind.use(path)
    assert version(path)[0] == earlier.kind.store.version


def test_earlier_copy_is_never_replaced(earlier: Earlier, tmp_path: Path) -> None:
    path = earlier.make(tmp_path)
    kept = earlier.kept(path)
    kept.write_bytes(b"somebody's")
    earlier.kind.use(path)
    assert kept.read_bytes() == b"somebody's"
    second = kept.with_name(f"{kept.name}.2")
    assert sorted(files(tmp_path)) == sorted([path.name, kept.name, second.name])
    assert version(second)[0] == earlier.version


def broken(kind: Kind) -> sqlite.Store:
    """The store as a program has it whose last step fails half way."""
    last = f"{kind.store.steps[-1]} CREATE TABLE owner (x);"
    return replace(kind.store, steps=(*kind.store.steps[:-1], last))


def test_failed_migration_changes_nothing(earlier: Earlier, tmp_path: Path) -> None:
    path = earlier.make(tmp_path)
    before = path.read_bytes()
    for _again in range(2):
        with pytest.raises(MediabridgeError):
            sqlite.connect(path, broken(earlier.kind), earlier.kind.owner)
        assert path.read_bytes() == before
        # The copy of the same content is made once, however often it is tried.
        assert sorted(files(tmp_path)) == sorted([path.name, earlier.kept(path).name])
    earlier.kind.use(path)
    assert sorted(files(tmp_path)) == sorted([path.name, earlier.kept(path).name])


def test_copy_is_on_disk_before_the_first_change(
    earlier: Earlier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = earlier.make(tmp_path)
    before, done = path.read_bytes(), []
    fsync, link, sync_folder = os.fsync, Path.hardlink_to, keeping.sync_folder

    def traced_fsync(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").resolve().name.startswith(f".{path.name}."):
            done.append("content")
        fsync(descriptor)

    def traced_link(target: Path, draft: Path) -> None:
        done.append("name")
        link(target, draft)

    def traced_folder(folder: Path) -> None:
        done.append("folder")
        sync_folder(folder)
        assert path.read_bytes() == before

    monkeypatch.setattr(os, "fsync", traced_fsync)
    monkeypatch.setattr(Path, "hardlink_to", traced_link)
    monkeypatch.setattr(keeping, "sync_folder", traced_folder)
    earlier.kind.use(path)
    assert done == ["content", "name", "folder"]


@pytest.mark.parametrize(
    ("earlier", "refused"),
    [(each, FOREIGN[each.kind.name]) for each in EVERY],
    ids=str,
)
def test_other_stations_earlier_file_is_refused(
    earlier: Earlier, refused: type[MediabridgeError], tmp_path: Path
) -> None:
    """Before files said whose they are, their content does."""
    path = earlier.make(tmp_path)
    before = files(tmp_path)
    wrong = REGISTRY_01 if earlier.kind.owner is LGWAN_01 else LGWAN_01
    with pytest.raises(refused) as told:
        earlier.kind.use(path, wrong)
    assert earlier.kind.owner.station in str(told.value)
    assert wrong.station in str(told.value)
    assert files(tmp_path) == before


def test_step_after_owners(kind: Kind, path: Path) -> None:
    """A later version: the owner is checked first, kept, and never written twice."""
    before, rows = path.read_bytes(), content(path)
    later = replace(kind.store, steps=(*kind.store.steps, "CREATE TABLE later (x TEXT) STRICT;"))
    with pytest.raises(kind.store.refusals.foreign):
        sqlite.connect(path, later, kind.owner._replace(mode="live"))
    assert files(path.parent) == {path.name: before}
    sqlite.connect(path, later, kind.owner).close()
    assert content(path) == {**rows, "later": []}
    kept = path.with_name(f"{path.name}.before-{later.version}")
    assert content(kept) == rows
    with pytest.raises(kind.store.refusals.newer):
        kind.use(path)
