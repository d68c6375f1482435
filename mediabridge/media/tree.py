"""Looking at a medium without trusting it (format 1, section 9, step 1).

Everything is opened relative to its parent folder, never through a link, and only
after its kind and size are known to be allowed. Names outside ``MEDIABRIDGE/`` are
not looked at: operating systems leave their own folders on sticks. What they leave inside
(:mod:`mediabridge.media.droppings`) is passed over, neither opened nor entered.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any, Final

from mediabridge import plainfile
from mediabridge.bundle import layout
from mediabridge.config import LIMITS
from mediabridge.errors import (
    NoMediumError,
    TreeLinkError,
    TreeTooLargeError,
    TreeUnexpectedError,
    medium_error,
)
from mediabridge.locale import text
from mediabridge.media import droppings

PARTIAL: Final = ".partial"
"""Suffix of a bundle folder that is still being written; not a bundle."""

_ROOT_NAMES: Final = frozenset(
    {layout.TRUST, layout.BUNDLES, layout.MEDIUM, layout.MEDIUM_SIGNATURE}
)
_TRUST_FOLDERS: Final = ("metadata", "targets")
_FOLDERS: Final[Mapping[str, Any]] = {
    layout.ROOT: {layout.BUNDLES: {}, layout.TRUST: {name: {} for name in _TRUST_FOLDERS}}
}
"""The folders of the exchange tree whose names are known beforehand."""


@dataclass(frozen=True)
class Level:
    """The names in one folder of the tree, sorted, and apart from them what is passed over."""

    names: list[str]
    droppings: list[str]


@dataclass(frozen=True)
class Exchange:
    """What lies in the exchange folder; paths are relative to it."""

    bundles: list[str]
    """The names of the complete bundle folders; what lies in these is not looked at here."""
    foreign: list[PurePosixPath]
    """What does not belong there, and for which everything on the medium is refused."""
    droppings: list[PurePosixPath]
    """What is passed over."""


@contextmanager
def open_folder(name: str, parent: int | None = None) -> Iterator[int]:
    """Open a folder without following a link and yield its descriptor.

    Raises:
        TreeLinkError: the name is a link or no folder.
        NoMediumError: there is nothing of that name.
        MediumIoError: the system reported an error from the medium.
    """
    with ExitStack() as stack:
        try:
            descriptor = stack.enter_context(plainfile.open_folder(name, parent))
        except OSError as error:
            raise _folder_error(error, name) from None
        yield descriptor


def check_folders(medium: Path) -> None:
    """Refuse a medium on which a folder of the exchange tree is a link, no folder, or crowded.

    To be called before anything is written, or handed to a reader of its own: whoever
    prepared the stick must not choose where on this station's disk that happens, nor how
    many names a reader of the trust data, which counts nothing, has to go through.

    Raises:
        TreeLinkError: one of the folders that are there is not a plain folder.
        TreeTooLargeError: a folder of the trust data holds more than ``LIMITS.trust_files`` names.
        NoMediumError: *medium* itself is not there.
    """
    with open_folder(str(medium)) as top:
        _refuse_below(top, _FOLDERS)


def _refuse_below(parent: int, folders: Mapping[str, Any]) -> None:
    for name, below in folders.items():
        try:
            os.stat(name, dir_fd=parent, follow_symlinks=False)
        except FileNotFoundError:
            continue
        with open_folder(name, parent) as folder:
            _refuse_below(folder, below)
            if name in _TRUST_FOLDERS:
                names_in(folder, LIMITS.trust_files)


def names_in(descriptor: int, limit: int = LIMITS.names_in_folder) -> list[str]:
    """Return the names in an open folder, sorted, giving up beyond *limit* of them.

    Raises:
        TreeTooLargeError: more than *limit* names.
        MediumIoError: the system reported an error from the medium.
    """
    return sorted(entry.name for entry in _entries(descriptor, limit))


def look_in(descriptor: int, limit: int = LIMITS.names_in_folder) -> Level:
    """Return the names in an open folder, droppings apart; otherwise as :func:`names_in`."""
    entries = _entries(descriptor, limit)
    try:
        passed = {entry.name for entry in entries if _is_dropping(entry)}
    except OSError as error:
        raise medium_error(error) from None
    names = sorted(entry.name for entry in entries if entry.name not in passed)
    return Level(names, sorted(passed))


def _entries(descriptor: int, limit: int) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(descriptor) as scanned:
            entries = list(islice(scanned, limit + 1))
    except OSError as error:
        raise medium_error(error) from None
    if len(entries) > limit:
        raise TreeTooLargeError(
            name=text("a folder"), got=text("more names than {count}", count=limit), wanted=limit
        )
    return entries


def _is_dropping(entry: os.DirEntry[str]) -> bool:
    """Tell whether a system left *entry*: a name of the table, and of the type it has there."""
    found = droppings.known(entry.name)
    if found is None:
        return False
    is_expected = entry.is_dir if found.is_folder else entry.is_file
    return is_expected(follow_symlinks=False)


def bundles_on(medium: Path) -> list[str]:
    """Return the names of the complete bundle folders on *medium*, sorted.

    Raises:
        NoMediumError: no exchange tree at all.
        TreeUnexpectedError: names in the exchange tree that do not belong there.
        TreeLinkError, TreeTooLargeError, MediumIoError: see the functions above.
    """
    found = exchange_on(medium)
    if found.foreign:
        # A hostile name is not repeated: it may be made to deceive a reader.
        raise TreeUnexpectedError(detail=text("{count} unknown names", count=len(found.foreign)))
    return found.bundles


def exchange_on(medium: Path) -> Exchange:
    """Return what lies in the exchange folder of *medium*, as far as the bundles' folders.

    Raises:
        NoMediumError: no exchange tree at all.
        TreeLinkError, TreeTooLargeError, MediumIoError: see the functions above.
    """
    with open_folder(str(medium)) as top, open_folder(layout.ROOT, top) as root:
        above = look_in(root)
        below = _look_among_bundles(root)
    foreign = [PurePosixPath(name) for name in above.names if name not in _ROOT_NAMES]
    bundles = [name for name in below.names if not name.endswith(PARTIAL)]
    for name in [name for name in bundles if not layout.BUNDLE_ID.fullmatch(name)]:
        bundles.remove(name)
        foreign.append(PurePosixPath(layout.BUNDLES, name))
    passed = [*map(PurePosixPath, above.droppings)]
    passed += [PurePosixPath(layout.BUNDLES, name) for name in below.droppings]
    return Exchange(bundles, foreign, passed)


def copies_on(medium: Path) -> list[str]:
    """Return the bundles of which *medium* holds anything, whole or unfinished, sorted.

    Raises:
        TreeLinkError, TreeTooLargeError, MediumIoError: see the functions above.
    """
    bundles = {name.removesuffix(PARTIAL) for name in _names_on(medium)}
    return sorted(name for name in bundles if layout.BUNDLE_ID.fullmatch(name))


def whole_on(medium: Path) -> list[str]:
    """Return the bundles that *medium* holds under their final names, whatever lies beside them.

    Raises:
        TreeLinkError, TreeTooLargeError, MediumIoError: see the functions above.
    """
    return [name for name in _names_on(medium) if layout.BUNDLE_ID.fullmatch(name)]


def _names_on(medium: Path) -> list[str]:
    try:
        with open_folder(str(medium)) as top, open_folder(layout.ROOT, top) as root:
            return _look_among_bundles(root).names
    except NoMediumError:
        return []


def _look_among_bundles(root: int) -> Level:
    """Look into the folder of bundles; a stick that is new has none yet."""
    if layout.BUNDLES not in names_in(root):
        return Level([], [])
    with open_folder(layout.BUNDLES, root) as folder:
        return look_in(folder, LIMITS.bundles_on_medium)


@contextmanager
def open_bundle(medium: Path, name: str) -> Iterator[int]:
    """Open the bundle folder *name* on *medium* and yield its descriptor."""
    with (
        open_folder(str(medium)) as top,
        open_folder(layout.ROOT, top) as root,
        open_folder(layout.BUNDLES, root) as bundles,
        open_folder(name, bundles) as bundle,
    ):
        yield bundle


def open_regular(folder: int, name: str, limit: int) -> int:
    """Open a plain file of at most *limit* bytes in an open folder; return its descriptor.

    Raises:
        TreeLinkError: a link, device, socket, pipe or folder, or a file with two names.
        TreeTooLargeError: larger than *limit*.
        OSError: it is missing, or the system reported an error from the medium.
    """
    with _refusing(name, limit):
        return plainfile.open_plain(name, limit, folder=folder, one_name=True)


def read_regular(folder: int, name: str, limit: int) -> bytes | None:
    """Return the content of a small plain file in an open folder; None where there is none.

    Raises:
        TreeLinkError, TreeTooLargeError: as :func:`open_regular`.
        PulledOutError, MediumIoError: the system reported an error from the medium.
    """
    try:
        with _refusing(name, limit):
            return plainfile.read_plain(name, limit, folder=folder, one_name=True)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise medium_error(error) from None


@contextmanager
def _refusing(name: str, limit: int) -> Iterator[None]:
    try:
        yield
    except plainfile.NotPlainFileError:
        raise TreeLinkError(name=name) from None
    except plainfile.FileTooLargeError as error:
        raise TreeTooLargeError(name=name, got=error.got, wanted=limit) from None


def _folder_error(error: OSError, name: str) -> Exception:
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return TreeLinkError(name=name if "/" not in name else text("the medium"))
    if error.errno == errno.ENOENT:
        return NoMediumError(detail=text("the exchange folder is missing"))
    return medium_error(error)
