"""Files that are there whole, or not at all, whenever power goes.

The only way a file is written on a station's own disk. What replaces another file, or
appears under a name that others look for, goes through :func:`appearing`: temporary file,
fsync, rename, fsync of the folder. What lies in a folder of its own until that folder
itself is moved goes through :func:`new_file`. Everyone may use it, as clock and config.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

_OF_WRITING: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}
"""What only writing ends with: reading another file within the same block does not."""


def copy_folder(source: Path, target: Path, *, links: bool = False, into: bool = False) -> None:
    """Copy the folder *source* as *target*; not flushed.

    With *links* a link stays one, else what it leads to is copied; with *into* the folder may be
    there. What ``shutil.copytree`` raises has lost the number of the system's error, so that a
    full disk would be told as a broken one.

    Raises:
        OSError: the system's own.
    """
    target.mkdir(parents=True, exist_ok=into)
    for each in source.iterdir():
        copy = target / each.name
        if each.is_dir() and not (links and each.is_symlink()):
            copy_folder(each, copy, links=links, into=into)
        else:
            shutil.copy2(each, copy, follow_symlinks=not links)


@contextmanager
def draft_beside(path: Path) -> Iterator[Path]:
    """Give an empty file beside *path*, for its owner only; what still has its name goes.

    Raises:
        OSError: the folder cannot be written.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(descriptor)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def appearing(path: Path, *, mode: int = 0o600) -> Iterator[BinaryIO]:
    """Give a file that takes the place of *path* at the end of the block.

    With an error, in the block or at its end, *path* is as it was, and nothing is left behind.

    Raises:
        OSError: the folder cannot be written, or (``EINVAL``) *path* is a link, a device or
            anything else that is not a plain file: a rename would put a file in its place.
    """
    require_plain(path)
    with _naming(path), draft_beside(path) as draft:
        with draft.open("wb") as file:
            yield file
            os.fchmod(file.fileno(), mode)
            _flush(file)
        draft.replace(path)
    sync_folder(path.parent)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Add *path* to an error of writing: of an open file the system does not say which it is."""
    try:
        yield
    except OSError as error:
        if error.filename is None and error.errno in _OF_WRITING:
            error.filename = str(path)
        raise


def require_plain(path: Path) -> None:
    """Refuse to put a file in the place of anything but a plain file.

    Raises:
        OSError: a link, a device, a pipe or a folder stands there; its name is in the error.
    """
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(path.lstat().st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))


def write_durably(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Replace *path* by *data*.

    Raises:
        OSError: *path* is as it was, and the temporary file has been removed.
    """
    with appearing(path, mode=mode) as file:
        file.write(data)


@contextmanager
def new_file(path: Path, *, flush: bool = True) -> Iterator[BinaryIO]:
    """Give a new file whose content is flushed at the end of the block; its name is not.

    Without *flush* nothing waits for the disk: for what is read once and then removed.

    Raises:
        FileExistsError: there is one of that name.
        OSError: it cannot be written; a part of it may be left behind.
    """
    with _naming(path), path.open("xb") as file:
        yield file
        if flush:
            _flush(file)


@contextmanager
def folder_appearing(path: Path) -> Iterator[Path]:
    """Give an empty folder, for its owner only, that takes the place of *path* at the end.

    *path* may be an empty folder, or not there. With an error nothing is left behind; what a
    power cut left of an earlier one goes first.

    Raises:
        OSError: the folder cannot be written, or something is there already: files in a folder
            (``ENOTEMPTY``), or what is none (``ENOTDIR``).
    """
    _require_empty(path)
    draft = path.with_name(f".{path.name}.unfinished")
    with suppress(FileNotFoundError):
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700)
    try:
        with _naming(path):
            yield draft
            for folder, _names, _files in os.walk(draft):
                sync_folder(Path(folder))
            # An empty folder is replaced by this, and nothing else is.
            draft.rename(path)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    sync_folder(path.parent)


def _require_empty(path: Path) -> None:
    with suppress(FileNotFoundError):
        refusal = 0 if stat.S_ISDIR(path.lstat().st_mode) else errno.ENOTDIR
        if not refusal and any(path.iterdir()):
            refusal = errno.ENOTEMPTY
        if refusal:
            raise OSError(refusal, os.strerror(refusal), str(path))


def move_durably(source: Path, target: Path) -> None:
    """Rename *source*, a file or folder that is already flushed, and flush its new folder."""
    source.rename(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Flush the names in *folder* to the disk."""
    _sync(folder, os.O_DIRECTORY)


def sync_file(path: Path) -> None:
    """Flush the content of a file that another program, or a library, wrote."""
    _sync(path)


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync(path: Path, flags: int = 0) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
