"""The table of what desktops leave: those names in that form, nothing that only looks like them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from mediabridge.media import droppings, tree
from mediabridge.media.droppings import DROPPINGS

PAGE = Path(__file__).parents[2] / "docs" / "format" / "bundle.md"

FILES = [
    ".DS_Store", ".ds_store", "._header.json", "._bundles", "._.DS_Store", "._住民.csv", ".apdisk",
    "desktop.ini", "Desktop.ini", "DESKTOP.INI", "Thumbs.db", "ehthumbs.db",
    "FSCK0000.REC", "fsck0001.rec", "FSCK0000.000", "FSCK9999.123", ".directory", ".nomedia",
]  # fmt: skip
FOLDERS = [
    ".Spotlight-V100", ".DocumentRevisions-V100", ".fseventsd", ".TemporaryItems", ".Trashes",
    "System Volume Information", "SYSTEM VOLUME INFORMATION", "$RECYCLE.BIN", "$Recycle.Bin",
    "RECYCLER", "Recycled", "FOUND.000", "found.123", ".Trash", ".Trash-1000", "lost+found",
    "LOST+FOUND", "LOST.DIR", ".android_secure",
]  # fmt: skip
OTHERS = [
    "autorun.inf",
    "AUTORUN.INF",
    ".DS_Store.",
    ".DS_Store ",
    " .DS_Store",
    ".DS_Store\n",
    ".DS_Store\u202e",
    "\uff0eDS_Store",  # a full-width dot
    ".DS\u017ftore",  # a letter that is an S when case is ignored
    "de\u017fktop.ini",
    "desktop.ini.txt",
    "desktop.ini.",
    "Thumbs.db:encryptable",
    "Thumbs\uff0edb",
    "F\u017fCK0000.REC",
    "FSC\u212a0000.REC",  # the sign of the Kelvin, a K when case is ignored
    "FSCK00000.REC",
    "FSCK000\uff10.REC",
    "FSCK0000.0000",
    "FOUND.\u0660\u0660\u0660",  # digits, but no ASCII digits
    "FOUND.0000",
    "System  Volume Information",
    "System\u00a0Volume Information",
    ".Trash-bob",
    ".Trash-12345678901",
    ".Directory",
    ".NOMEDIA",
    "._",
    "._\x1b[2J",
    "_.header.json",
    "medium.json",
    "part-0000.cob",
    "0" * 32,
]


def _look(folder: Path) -> tree.Level:
    with tree.open_folder(str(folder)) as opened:
        return tree.look_in(opened)


@pytest.mark.parametrize("name", FILES)
def test_file_is_passed_over(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    assert _look(tmp_path) == tree.Level([], [name])


@pytest.mark.parametrize("name", FOLDERS)
def test_folder_is_passed_over(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    assert _look(tmp_path) == tree.Level([], [name])


@pytest.mark.parametrize("name", OTHERS)
def test_what_only_looks_like_it_is_not(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    assert droppings.known(name) is None
    assert _look(tmp_path) == tree.Level([name], [])


@pytest.mark.parametrize("name", FILES)
def test_name_of_a_file_on_something_else_is_not(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    assert _look(tmp_path) == tree.Level([name], [])


@pytest.mark.parametrize("name", [*FILES, *FOLDERS])
def test_name_on_a_link_or_a_pipe_is_not(tmp_path: Path, name: str) -> None:
    """A link to exactly what would be passed over, too."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    tree_of = tmp_path / "tree"
    tree_of.mkdir()
    target = tmp_path / ("folder" if name in FOLDERS else "file")
    (tree_of / name).symlink_to(target)
    assert _look(tree_of) == tree.Level([name], [])
    (tree_of / name).unlink()
    os.mkfifo(tree_of / name)
    assert _look(tree_of) == tree.Level([name], [])


@pytest.mark.parametrize("name", FOLDERS)
def test_name_of_a_folder_on_a_file_is_not(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    assert _look(tmp_path) == tree.Level([name], [])


def test_every_row_of_the_table_is_tried() -> None:
    tried = {droppings.known(name) for name in [*FILES, *FOLDERS]}
    assert tried == set(DROPPINGS)


def test_page_of_the_format_has_the_table() -> None:
    page = PAGE.read_text("utf-8").partition("### What is passed over")[2]
    rows = re.findall(r"^\| `(.+)` \| (\w+) \| ([\w ]+) \| (\w+) \|$", page, re.MULTILINE)
    assert [
        (pattern.replace("\\|", "|"), form == "folder", case == "either", system)
        for pattern, form, case, system in rows
    ] == [(each.pattern, each.is_folder, each.folds, each.system) for each in DROPPINGS]
