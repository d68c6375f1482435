"""Copying a sealed bundle to a medium, durably, and proving that it arrived.

Two halves with a fresh mount between them: :func:`write_bundle` on a medium mounted
for writing, :func:`read_back` after it was unmounted and mounted again.

Order of writing: files under ``<bundle>.partial``, signatures last, every file and
folder flushed; one rename; flush. On FAT the rename is two writes and there is no
journal, so a stick that is pulled out in between may show both names, or neither:
the books, not the stick, say whether a copy is whole, and the next visit replaces it.
A reader ignores ``.partial`` and refuses a folder whose signed list does not fit.

The station's own copy is hashed as it is written, not before: on a slow stick that
costs nothing, and what was hashed is what was written. Reading back compares every byte
with it, past the page cache.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from mediabridge import plainfile
from mediabridge.bundle import layout
from mediabridge.config import CHUNK_BYTES
from mediabridge.durable import sync_folder
from mediabridge.errors import HashMismatchError, ReadBackError
from mediabridge.media import direct, failures, space, tree
from mediabridge.media.tree import PARTIAL

Told = Callable[[int], None]
_KEPT: Final = frozenset({errno.ENOTEMPTY, errno.EACCES, errno.EPERM})
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True)
class Transfer:
    """What one pass over a bundle came to."""

    bytes: int
    seconds: float

    @property
    def speed(self) -> float:
        """Bytes a second."""
        return self.bytes / max(self.seconds, 1e-6)


def write_bundle(
    source: Path,
    medium: Path,
    *,
    signed: Mapping[str, str] = _NOTHING,
    progress: Told = lambda _: None,
) -> Transfer:
    """Copy the bundle folder *source* to *medium*; a copy that is there already is replaced.

    Other bundles on the medium are left alone. What *signed* lists, by name and SHA-256, is
    hashed as it is written; the signatures follow only when all of it was right.

    Raises:
        HashMismatchError: *source* has gone bad; an unfinished copy is left behind.
        MediumFullError: not enough free space; nothing was written.
        ReadOnlyMediumError, PulledOutError, MediumIoError: the medium failed; the next
            writing, or :func:`remove_bundle`, removes what is left.
    """
    started = time.monotonic()
    names = in_writing_order(entry.name for entry in source.iterdir())
    needed = sum((source / name).stat().st_size for name in names)
    make_room(medium, source.name, needed)
    with failures.named(needed, medium):
        _make_folder(medium)
        partial = layout.bundles_folder(medium) / (source.name + PARTIAL)
        partial.mkdir()
        size = 0
        for name in names:
            count, digest = _copy(source / name, partial / name, progress)
            if signed.get(name, digest) != digest:
                raise HashMismatchError(name=name)
            size += count
        sync_folder(partial)
        partial.rename(partial.with_name(source.name))
        sync_folder(partial.parent)
    return Transfer(size, time.monotonic() - started)


def make_room(medium: Path, bundle: str, needed: int) -> None:
    """Remove whatever *medium* holds of *bundle*, and refuse it unless *needed* bytes fit then.

    In this order, since an earlier copy may take the very space that is needed.

    Raises:
        MediumFullError: they do not fit.
        ReadOnlyMediumError, PulledOutError, MediumIoError: the medium failed.
    """
    with failures.named(needed, medium):
        remove_bundle(medium, bundle)
        space.check_space(medium, needed)


def read_back(source: Path, medium: Path, *, progress: Told = lambda _: None) -> Transfer:
    """Compare the copy of *source* on *medium* with *source*, byte by byte.

    Raises:
        ReadBackError: the medium holds something else, more, or less.
        PulledOutError, MediumIoError: the medium failed.
    """
    started = time.monotonic()
    copy = layout.bundles_folder(medium) / source.name
    with failures.named():
        names = sorted(entry.name for entry in source.iterdir())
        with _missing_is_different(source.name), plainfile.open_folder(copy) as folder:
            # What a desktop drops beside it meanwhile is passed over, as the receiver does.
            if tree.look_in(folder).names != names:
                raise ReadBackError(name=source.name)
        size = sum(_compare(source / name, copy / name, progress) for name in names)
    return Transfer(size, time.monotonic() - started)


def remove_bundle(medium: Path, bundle: str) -> None:
    """Remove whatever *medium* holds of *bundle*; harmless when there is nothing.

    The final name goes first: what is half removed must not look like a bundle.

    Raises:
        MediumFullError, ReadOnlyMediumError, PulledOutError, MediumIoError: the medium failed.
    """
    with failures.named(medium=medium):
        final = layout.bundles_folder(medium) / bundle
        partial = final.with_name(bundle + PARTIAL)
        _remove_or_put_aside(partial)
        if final.is_symlink() or not final.is_dir():
            _remove(final)
        else:
            final.rename(partial)
            sync_folder(final.parent)
            _remove_or_put_aside(partial)


def write_tree(source: Path, medium: Path) -> None:
    """Copy the small files of the trust repository; the one that names the others last.

    That they fit is for the caller to see to, together with what follows: :func:`make_room`.

    Raises:
        MediumFullError, ReadOnlyMediumError, PulledOutError, MediumIoError: the medium failed.
    """
    target = layout.trust_folder(medium)
    with failures.named(tree_size(source), medium):
        for relative in _files_of(source):
            _replace(source / relative, target / relative)


def tree_size(source: Path) -> int:
    """Return how many bytes the small files of the trust repository are."""
    return sum((source / relative).stat().st_size for relative in _files_of(source))


def read_back_tree(source: Path, medium: Path) -> None:
    """Compare the small files of the trust repository, as :func:`read_back` does.

    Raises:
        ReadBackError: one of them is not what was written.
    """
    target = layout.trust_folder(medium)
    with failures.named():
        for relative in _files_of(source):
            _compare(source / relative, target / relative, lambda _: None)


def _files_of(source: Path) -> list[Path]:
    files = sorted(path.relative_to(source) for path in source.rglob("*") if path.is_file())
    # A TUF client starts at timestamp.json; everything it leads to must be there first.
    return sorted(files, key=lambda path: path.name == "timestamp.json")


def in_writing_order(names: Iterable[str]) -> list[str]:
    """Return the names in writing order: copies, files, then the list, then the signatures."""
    # Copies lie far from what they are copies of: a scar of the medium is mostly in one piece.
    rank = {layout.SPARE: -1, layout.PARITY_INDEX_COPY: -1, layout.SUMS: 1}
    rank[layout.STATION_SIGNATURE] = 3
    return sorted(names, key=lambda name: (2 if layout.approver(name) else rank.get(name, 0), name))


def _make_folder(medium: Path) -> None:
    """Make the folder of bundles, each new name flushed before what goes below it."""
    folder = layout.bundles_folder(medium)
    for each in (folder.parent, folder):
        if not each.exists():
            each.mkdir()
            sync_folder(each.parent)


def _remove_or_put_aside(partial: Path) -> None:
    """Remove an unfinished copy; one that the file system does not let go gets another name.

    exFAT, pulled out, may keep a folder that it lists as empty and calls not empty (rig);
    ext4 keeps a folder in which another account's desktop left one. No reader looks at a
    name that ends like this.
    """
    try:
        _remove(partial)
    except OSError as error:
        if error.errno not in _KEPT:
            raise
        bundle = partial.name.removesuffix(PARTIAL)
        partial.rename(partial.with_name(f"{bundle}.{secrets.token_hex(4)}{PARTIAL}"))


def _remove(path: Path) -> None:
    """Remove a folder, a file or a link, never what a link leads to."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _copy(source: Path, target: Path, progress: Told) -> tuple[int, str]:
    with source.open("rb", buffering=0) as plain:
        return direct.copy(plain, str(target), progress)


def _replace(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(target.name + PARTIAL)
    _remove(temporary)
    _copy(source, temporary, lambda _: None)
    temporary.rename(target)
    sync_folder(target.parent)


def _compare(source: Path, copy: Path, progress: Told) -> int:
    size, expected = 0, bytearray(CHUNK_BYTES)
    with source.open("rb") as plain, _missing_is_different(source.name):
        for chunk in direct.chunks(os.fspath(copy)):
            count = len(chunk)
            got = plain.readinto(memoryview(expected)[:count])
            if got != count or not direct.same(chunk, expected):
                raise ReadBackError(name=source.name)
            progress(count)
            size += count
        if plain.read(1):
            raise ReadBackError(name=source.name)
    return size


@contextmanager
def _missing_is_different(name: str) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise ReadBackError(name=name) from None
