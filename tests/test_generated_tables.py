"""The shipped tables are those that their generators write, byte by byte."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import tables
from tools.tables import GENERATORS, ROOT

TABLES = [(name, table) for name, each in GENERATORS.items() for table in each.tables]


@pytest.mark.parametrize("name", GENERATORS)
def test_tables_are_as_generated(
    name: str, tmp_path: Path, require_tool: Callable[[str], str]
) -> None:
    generator = GENERATORS[name]
    inputs, written = tables.locked(name)
    if generator.inputs() == inputs:
        # The same inputs give the same bytes.
        assert generator.written() == written, "a table was edited by hand: run make tables"
        return
    generator.make(tmp_path, require_tool("npm"))
    for table in generator.tables:
        shipped = ROOT / generator.folder / table
        assert (tmp_path / table).read_bytes() == shipped.read_bytes(), "run make tables"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Copy what the lock is about, and let the lock be of this copy."""
    files = [tables.LOCK, tables.REQUIREMENTS]
    for each in GENERATORS.values():
        files += [Path(each.script), *(Path(each.folder, table) for table in each.tables)]
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    tables.write_lock(tmp_path)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new, 1), encoding="utf-8")


def test_nothing_changed(tree: Path) -> None:
    assert tables.changed(tree) == []
    for name, each in GENERATORS.items():
        assert each.written(tree) == tables.locked(name, tree)[1]


@pytest.mark.parametrize(("name", "table"), TABLES)
def test_edited_table_is_noticed_without_its_package(tree: Path, name: str, table: str) -> None:
    generator = GENERATORS[name]
    edit(tree / generator.folder / table, "\n", "\n\n")
    assert tables.changed(tree) == []
    assert generator.written(tree) != tables.locked(name, tree)[1]


@pytest.mark.parametrize("name", GENERATORS)
def test_changed_generator_runs(tree: Path, name: str) -> None:
    edit(tree / GENERATORS[name].script, "\n", "\n\n")
    assert tables.changed(tree) == [name]


@pytest.mark.parametrize("library", ["babel", "pycountry"])
def test_other_library_lets_generator_run(tree: Path, library: str) -> None:
    edit(tree / tables.REQUIREMENTS, f"{library}==", f"{library}==9")
    assert tables.changed(tree) == ["codes"]


def test_other_package_lets_generator_run(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = {**GENERATORS, "names": GENERATORS["codes"]}
    monkeypatch.setattr(tables, "GENERATORS", newer)
    assert tables.changed(tree) == ["names"]
