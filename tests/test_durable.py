"""A file is there whole, or not at all, and what was there before is kept until then.

What goes to the disk is recorded: which content, under which name, and in which order.
"""

import errno
import gc
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from mediabridge import durable


class Flushed(NamedTuple):
    """A file or folder whose content went to the disk; *name* is the one it had then."""

    name: str
    content: bytes
    mode: int


class Renamed(NamedTuple):
    source: Path
    target: Path


FOLDER = b"(a folder)"


@pytest.fixture
def effects(monkeypatch: pytest.MonkeyPatch) -> list[Flushed | Renamed]:
    """Give the effects on the disk, in their order; each is really carried out."""
    seen: list[Flushed | Renamed] = []
    fsync = os.fsync

    def flush(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}")
        mode = path.stat().st_mode
        # What another process would read now: not what still waits in this one's buffer.
        content = FOLDER if stat.S_ISDIR(mode) else path.read_bytes()
        seen.append(Flushed(path.readlink().name, content, stat.S_IMODE(mode)))
        fsync(descriptor)

    def renaming(rename: Callable[[str, str], None]) -> Callable[[str, str], None]:
        def act(source: str, target: str) -> None:
            rename(source, target)
            seen.append(Renamed(Path(source), Path(target)))

        return act

    monkeypatch.setattr(os, "fsync", flush)
    monkeypatch.setattr(os, "replace", renaming(os.replace))
    monkeypatch.setattr(os, "rename", renaming(os.rename))
    return seen


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "station"
    place.mkdir(mode=0o700)
    return place


def _descriptors() -> set[str]:
    # What an earlier test left to the collector would vanish in between.
    gc.collect()
    return {path.name for path in Path("/proc/self/fd").iterdir()}


def test_write_flush_rename_flush(folder: Path, effects: list[Flushed | Renamed]) -> None:
    durable.write_durably(folder / "settings", b"new")
    file, renamed, names = effects
    assert isinstance(file, Flushed)
    assert (file.content, file.mode) == (b"new", 0o644)
    # Only within one file system is a rename all or nothing.
    assert renamed == Renamed(folder / file.name, folder / "settings")
    assert names == Flushed("station", FOLDER, 0o700)
    assert (folder / "settings").read_bytes() == b"new"


def test_temporary_name_is_hidden(folder: Path, effects: list[Flushed | Renamed]) -> None:
    durable.write_durably(folder / "settings", b"new")
    assert isinstance(effects[0], Flushed)
    assert effects[0].name.startswith(".settings.")
    assert [path.name for path in folder.iterdir()] == ["settings"]


@pytest.mark.parametrize("mode", [0o400, 0o640])
def test_mode_holds_before_the_name_does(
    folder: Path, effects: list[Flushed | Renamed], mode: int
) -> None:
    durable.write_durably(folder / "key", b"secret", mode=mode)
    assert isinstance(effects[0], Flushed)
    assert effects[0].mode == mode
    assert stat.S_IMODE((folder / "key").stat().st_mode) == mode


def test_only_the_owner_may_read_unless_more_is_asked(
    folder: Path, effects: list[Flushed | Renamed]
) -> None:
    with durable.appearing(folder / "settings") as file:
        file.write(b"new")
    assert isinstance(effects[0], Flushed)
    assert effects[0].mode == 0o600


@pytest.mark.parametrize("call", ["fsync", "fchmod", "replace"])
@pytest.mark.parametrize("failure", [OSError("no space"), KeyboardInterrupt()])
def test_failure_leaves_the_old_file_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, call: str, failure: BaseException
) -> None:
    (folder / "settings").write_bytes(b"old")
    before = _descriptors()

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(type(failure)):
        durable.write_durably(folder / "settings", b"new")
    assert [path.name for path in folder.iterdir()] == ["settings"]
    assert (folder / "settings").read_bytes() == b"old"
    assert _descriptors() == before


def test_block_that_fails_leaves_the_old_file_alone(folder: Path) -> None:
    (folder / "settings").write_bytes(b"old")

    def interrupted() -> None:
        with durable.appearing(folder / "settings") as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [path.name for path in folder.iterdir()] == ["settings"]
    assert (folder / "settings").read_bytes() == b"old"


def test_interrupted_after_rename(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = os.replace

    def replace_and_stop(source: str, target: str) -> None:
        replace(source, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", replace_and_stop)
    with pytest.raises(KeyboardInterrupt):
        durable.write_durably(folder / "settings", b"new")
    assert (folder / "settings").read_bytes() == b"new"


def test_move_then_flush_the_new_folder(folder: Path, effects: list[Flushed | Renamed]) -> None:
    source = folder.parent / "staged"
    source.mkdir()
    durable.move_durably(source, folder / "kept")
    assert effects == [Renamed(source, folder / "kept"), Flushed("station", FOLDER, 0o700)]
    assert (folder / "kept").is_dir()


def test_new_file_is_flushed(folder: Path, effects: list[Flushed | Renamed]) -> None:
    with durable.new_file(folder / "part") as file:
        file.write(b"new")
    (flushed,) = effects
    assert (flushed[0], flushed[1]) == ("part", b"new")


def test_new_file_takes_no_others_place(folder: Path) -> None:
    (folder / "part").write_bytes(b"old")
    with pytest.raises(FileExistsError), durable.new_file(folder / "part"):
        pass
    assert (folder / "part").read_bytes() == b"old"


def test_what_another_wrote_is_flushed(folder: Path, effects: list[Flushed | Renamed]) -> None:
    (folder / "part").write_bytes(b"new")
    durable.sync_file(folder / "part")
    (flushed,) = effects
    assert (flushed[0], flushed[1]) == ("part", b"new")


def test_only_a_folder_has_names(folder: Path) -> None:
    (folder / "file").write_bytes(b"")
    with pytest.raises(NotADirectoryError):
        durable.sync_folder(folder / "file")


def test_folder_that_cannot_be_flushed_is_closed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError

    monkeypatch.setattr(os, "fsync", fail)
    before = _descriptors()
    with pytest.raises(OSError, match=r"^$"):
        durable.sync_folder(folder)
    assert _descriptors() == before


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("elsewhere")])
def test_pipe_or_link_is_never_replaced_by_a_file(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    path = tmp_path / "out.csv"
    make(path)
    before = path.lstat()
    with pytest.raises(OSError, match="Invalid argument"):
        durable.write_durably(path, b"content")
    assert path.lstat() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a folder with a file in a folder, and a link to it."""
    tree = tmp_path / "tree"
    (tree / "inner").mkdir(parents=True)
    (tree / "inner" / "file").write_bytes(b"content")
    (tree / "link").symlink_to("inner/file")
    (tree / "way").symlink_to("inner")
    return tree


@pytest.mark.parametrize("links", [True, False])
def test_folder_is_copied_with_its_links_or_what_they_lead_to(
    tree: Path, tmp_path: Path, *, links: bool
) -> None:
    copy = tmp_path / "far" / "copy"
    durable.copy_folder(tree, copy, links=links)
    assert (copy / "inner" / "file").read_bytes() == (copy / "way" / "file").read_bytes()
    assert (copy / "link").read_bytes() == b"content"
    assert (copy / "link").is_symlink() is (copy / "way").is_symlink() is links


def test_folder_is_copied_into_another_only_where_that_is_asked_for(
    tree: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    (copy / "inner").mkdir(parents=True)
    with pytest.raises(FileExistsError):
        durable.copy_folder(tree, copy)
    durable.copy_folder(tree, copy, into=True)
    assert (copy / "inner" / "file").read_bytes() == b"content"


@pytest.mark.parametrize("of", ["a folder", "a file"])
def test_copying_a_folder_ends_with_the_systems_own_error(
    tree: Path, tmp_path: Path, of: str
) -> None:
    """Its number tells a full disk from a broken one."""
    copy = tmp_path / "copy"
    copy.mkdir()
    if of == "a folder":
        (copy / "inner").touch()
    else:
        (copy / "inner").mkdir()
        (copy / "inner" / "file").symlink_to("/dev/full")
    with pytest.raises(OSError) as failure:  # noqa: PT011 - its number is looked at
        durable.copy_folder(tree, copy, into=True)
    assert failure.value.errno == (errno.EEXIST if of == "a folder" else errno.ENOSPC)
