"""Taking bundles off a medium: overwritten, read back as overwritten, deleted.

Flash memory moves data about (wear levelling): the old content may survive in blocks
that no command reaches. What keeps it secret is that it is encrypted; erasing keeps a
stick tidy and leaves evidence, see docs/operations/media.md.

A bundle's folder first gets the name of an unfinished one, which no reader looks at: a
stick that is pulled out half erased never makes the other bundles on it unreadable, and
erasing again completes it.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from mediabridge import plainfile
from mediabridge.bundle import layout
from mediabridge.config import CHUNK_BYTES
from mediabridge.durable import sync_folder
from mediabridge.errors import ReadBackError, TreeTooLargeError
from mediabridge.locale import text
from mediabridge.media import direct, failures, tree
from mediabridge.media.tree import PARTIAL
from mediabridge.media.writing import remove_bundle
from mediabridge.plainfile import OVERWRITING

_MOST_DEEP: Final = 16
"""Folders within one another; each takes a file descriptor while it is erased."""


def erase(
    medium: Path, bundles: Sequence[str], *, progress: Callable[[int], None] = lambda _: None
) -> int:
    """Erase *bundles* from *medium*; return the bytes that were overwritten and read back.

    Raises:
        ReadBackError: the medium did not take the overwriting.
        TreeTooLargeError: more names in a bundle's folder than any bundle has.
        ReadOnlyMediumError, PulledOutError, MediumIoError: the medium failed; repeat.
    """
    erased = 0
    with failures.named():
        for bundle in bundles:
            for folder in _folders(medium, bundle):
                with tree.open_folder(str(folder)) as opened:
                    for name in tree.names_in(opened):
                        with _left_to_its_owner(name):
                            erased += _overwrite(opened, name, progress)
            remove_bundle(medium, bundle)
        if bundles:
            sync_folder(layout.bundles_folder(medium))
    return erased


def erase_name(folder: int, name: str, *, deep: int = _MOST_DEEP) -> int:
    """Erase what bears *name* in an open *folder*: a file, a link, or a folder with all in it.

    Files are overwritten as those of a bundle are; of a link only the name goes. Returns the
    bytes that were overwritten and read back.

    Raises:
        ReadBackError: the medium did not take the overwriting.
        TreeTooLargeError: more names in a folder, or folders in one another, than are looked at.
        OSError: the medium failed.
    """
    if not stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
        erased = 0
        with _left_to_its_owner(name):
            erased = _overwrite(folder, name, lambda _: None)
        os.unlink(name, dir_fd=folder)
        return erased
    if not deep:
        raise TreeTooLargeError(name=text("a folder"), got=_MOST_DEEP + 1, wanted=_MOST_DEEP)
    with plainfile.open_folder(name, folder) as opened:
        erased = sum(erase_name(opened, each, deep=deep - 1) for each in tree.names_in(opened))
    os.rmdir(name, dir_fd=folder)
    return erased


def size_of(medium: Path, bundles: Sequence[str]) -> int:
    """Return the bytes to be written and read back, for showing progress only.

    Raises:
        TreeTooLargeError: more names in a bundle's folder than any bundle has.
        PulledOutError, MediumIoError: the medium failed.
    """
    with failures.named():
        return 2 * sum(
            _size(folder)
            for bundle in bundles
            for folder in _named(medium, bundle)
            if folder.is_dir() and not folder.is_symlink()
        )


def _size(folder: Path) -> int:
    with tree.open_folder(str(folder)) as opened:
        return sum(
            os.stat(name, dir_fd=opened, follow_symlinks=False).st_size
            for name in tree.names_in(opened)
        )


def _folders(medium: Path, bundle: str) -> Iterator[Path]:
    """Yield the unfinished copy, then the whole one under the name of an unfinished one."""
    final, partial = _named(medium, bundle)
    if partial.is_dir() and not partial.is_symlink():
        yield partial
        if final.is_dir():
            # Two copies: this one has been overwritten, and makes room for the other's name.
            _clear(partial)
    if final.is_dir() and not final.is_symlink():
        final.rename(partial)
        sync_folder(final.parent)
        yield partial


def _clear(partial: Path) -> None:
    with tree.open_folder(str(partial)) as opened:
        for name in tree.names_in(opened):
            if stat.S_ISDIR(os.stat(name, dir_fd=opened, follow_symlinks=False).st_mode):
                shutil.rmtree(name, dir_fd=opened)
            else:
                os.unlink(name, dir_fd=opened)
    partial.rmdir()


def _named(medium: Path, bundle: str) -> tuple[Path, Path]:
    final = layout.bundles_folder(medium) / bundle
    return final, final.with_name(bundle + PARTIAL)


@contextmanager
def _left_to_its_owner(name: str) -> Iterator[None]:
    """Let what no bundle has be deleted only, where another account keeps it from being written.

    ext4 has owners: what some other desktop left is its user's.
    """
    try:
        yield
    except PermissionError:
        if layout.is_bundle_file(name):
            raise


def _overwrite(folder: int, name: str, progress: Callable[[int], None]) -> int:
    """Overwrite a plain file with noise, in place, and read it back from the device."""
    status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        return 0  # A link or device holds nothing of ours; deleting its name is enough.
    noise = bytearray(os.urandom(CHUNK_BYTES))
    descriptor = os.open(name, OVERWRITING, dir_fd=folder)
    try:
        for place in range(0, status.st_size, CHUNK_BYTES):
            piece = memoryview(noise)[: status.st_size - place]
            direct.write_all(descriptor, piece, place)
            progress(len(piece))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    for chunk in direct.chunks(name, folder):
        if not direct.same(chunk, noise):
            raise ReadBackError(name=name)
        progress(len(chunk))
    return status.st_size
