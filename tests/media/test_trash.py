"""Trash folders: only known names are told, no link is followed, and looking is bounded."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mediabridge.config import LIMITS
from mediabridge.media import trash
from mediabridge.media.trash import Trash

NAME = ".Trash-1000"


def put(folder: Path, size: int = 10) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{size}").write_bytes(b"x" * size)


def test_all_that_hold_something_are_named(tmp_path: Path) -> None:
    for size, name in enumerate(("$Recycle.Bin", NAME, ".trash-0", "recycled"), start=1):
        put(tmp_path / name / "files" / "more", size)
    (tmp_path / ".Trashes" / "501").mkdir(parents=True)
    assert trash.found_on(tmp_path) == Trash(("$Recycle.Bin", NAME, ".trash-0", "recycled"), 10)


@pytest.mark.parametrize(
    "name",
    [
        "kept",
        ".Trash-",
        ".Trash-bob",
        ".Trash-10 call 555-1234",
        ".Trash-1000\n",
        ".Trash-1000\x1b[2J",
        ".Trash-12345678901",
        ".Trash-\u0661",  # a digit, but no ASCII digit
        ".Tra\u017fh-1000",  # a letter that is an S when case is ignored
        ".Trashes-1",
        "$RECYCLE.BIN{format_map}",
        "RECYCLERS",
    ],
)
def test_name_of_the_sticks_own_is_never_told(tmp_path: Path, name: str) -> None:
    put(tmp_path / name)
    assert trash.found_on(tmp_path) == Trash()


def to_the_top(top: Path, outside: Path) -> None:
    (top / NAME).symlink_to(outside)


def to_a_folder(top: Path, outside: Path) -> None:
    (top / NAME).mkdir()
    (top / NAME / "files").symlink_to(outside)


def to_a_file(top: Path, outside: Path) -> None:
    (top / NAME).mkdir()
    (top / NAME / "film").symlink_to(outside / "10")


def of_no_kind(top: Path, _outside: Path) -> None:
    (top / NAME).mkdir()
    os.mkfifo(top / NAME / "pipe")
    os.mkfifo(top / "RECYCLER")


@pytest.mark.parametrize("lead", [to_the_top, to_a_folder, to_a_file, of_no_kind])
def test_link_is_not_followed(tmp_path: Path, lead: Callable[[Path, Path], None]) -> None:
    """On ext4, a trash folder may be a link to the root of this station's own disk."""
    put(tmp_path / "outside")
    (tmp_path / "top").mkdir()
    lead(tmp_path / "top", tmp_path / "outside")
    assert trash.found_on(tmp_path / "top") == Trash()


@pytest.mark.parametrize("folders", [1, 20])
def test_budget_is_kept_at_every_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folders: int
) -> None:
    """One folder of very many files, or many folders of many, are not read to the end."""
    for number in range(folders):
        folder = tmp_path / NAME / f"{number}"
        folder.mkdir(parents=True)
        for name in range(LIMITS.names_in_folder * 2 // folders):
            (folder / f"{name}").write_bytes(b"x")
    seen: list[str] = []
    scandir = os.scandir

    @contextmanager
    def noting(folder: int) -> Iterator[Iterator[os.DirEntry[str]]]:
        with scandir(folder) as entries:
            yield (seen.append(entry.name) or entry for entry in entries)

    monkeypatch.setattr(os, "scandir", noting)
    found = trash.found_on(tmp_path)
    assert found.names == (NAME,)
    assert LIMITS.names_in_folder // 2 < found.bytes < LIMITS.names_in_folder
    assert len(seen) <= LIMITS.names_in_folder + 1  # the one at the top


def test_large_trash_does_not_hide_another(tmp_path: Path) -> None:
    for number in range(LIMITS.names_in_folder + 1):
        put(tmp_path / "$RECYCLE.BIN", number)
    put(tmp_path / NAME)
    assert trash.found_on(tmp_path).names == ("$RECYCLE.BIN", NAME)


def test_many_trash_folders_are_not_all_named(tmp_path: Path) -> None:
    for number in range(100):
        put(tmp_path / f".Trash-{number}")
    assert len(trash.found_on(tmp_path).names) == 8


def test_folders_within_folders_come_to_an_end(tmp_path: Path) -> None:
    """Each takes a descriptor and a call: neither may run out."""
    folder = tmp_path / NAME
    put(folder)
    for _ in range(100):
        folder /= "d"
    put(folder, 7)
    assert trash.found_on(tmp_path) == Trash((NAME,), 10)


@pytest.mark.parametrize("bad", ["scandir", "open"])
def test_trash_that_cannot_be_read_holds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    """That the medium is full is told in any case."""

    def failing(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    put(tmp_path / NAME)
    monkeypatch.setattr(os, bad, failing)
    assert trash.found_on(tmp_path) == Trash()
