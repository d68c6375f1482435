"""What lies in the exchange folder and is no part of it, seen with the receiver's eyes.

Decided by the very checks that a receiver makes (:mod:`~mediabridge.media.tree`,
:mod:`~mediabridge.media.staging`), so that a sender says what a receiver would refuse
before anybody carries it. Nothing of what is found is opened.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from mediabridge.bundle import layout
from mediabridge.config import FOREIGN_SHOWN
from mediabridge.errors import BundleError, ForeignFilesError
from mediabridge.media import droppings, failures, staging, tree


@dataclass
class Strangers:
    """What was found; paths are relative to the exchange folder."""

    foreign: list[PurePosixPath] = field(default_factory=list)
    """Each is one for which a receiver refuses; a bundle's folder is meant as a whole."""
    droppings: list[PurePosixPath] = field(default_factory=list)

    @property
    def shown_droppings(self) -> str:
        """What the droppings are called in the table; the medium's spelling is not repeated."""
        found = (droppings.known(path.name) for path in self.droppings)
        return ", ".join(sorted({each.shown for each in found if each is not None}))

    @property
    def shown_foreign(self) -> str:
        """The first names, as they stand on the medium: whoever shows them makes them printable."""
        names = [str(path) for path in self.foreign[:FOREIGN_SHOWN]]
        return ", ".join([*names, "..."] if len(self.foreign) > FOREIGN_SHOWN else names)

    def bundles(self) -> list[str]:
        """Return the bundles whose folders are foreign as a whole."""
        return [path.name for path in self.foreign if layout.BUNDLE_ID.fullmatch(path.name)]


def found_on(medium: Path, *, besides: Collection[str] = ()) -> Strangers:
    """Return what lies in the exchange folder of *medium* without belonging there.

    *besides* are bundles that are about to be replaced: what is wrong with them goes with it.

    Raises:
        TreeLinkError, TreeTooLargeError: a folder above the bundles' own cannot be looked into.
        PulledOutError, MediumIoError: the medium failed.
    """
    if not (medium / layout.ROOT).is_symlink() and not (medium / layout.ROOT).exists():
        return Strangers()
    exchange = tree.exchange_on(medium)
    found = Strangers(exchange.foreign, exchange.droppings)
    for bundle in exchange.bundles:
        if bundle not in besides:
            _look_into(medium, bundle, found)
    return found


def _look_into(medium: Path, bundle: str, found: Strangers) -> None:
    """Add what one bundle's folder holds: a name too many, or all of it when the rest is bad."""
    path = PurePosixPath(layout.BUNDLES, bundle)
    try:
        with tree.open_bundle(medium, bundle) as folder:
            level = tree.look_in(folder)
            unknown = [name for name in level.names if not layout.is_bundle_file(name)]
            staging.check(folder, [name for name in level.names if name not in unknown])
    except BundleError:
        found.foreign.append(path)
        return
    found.foreign += [path / name for name in unknown]
    found.droppings += [path / name for name in level.droppings]


def check(medium: Path, *, besides: Collection[str] = ()) -> Strangers:
    """Refuse a medium that a receiver would refuse for what lies in its tree.

    Returns:
        What was found, which are droppings alone.

    Raises:
        ForeignFilesError: something does not belong there; the first few are named.
        TreeLinkError, TreeTooLargeError: a folder of the tree is a link, or crowded.
        PulledOutError, MediumIoError: the medium failed.
    """
    tree.check_folders(medium)
    found = found_on(medium, besides=besides)
    if found.foreign:
        raise ForeignFilesError(count=len(found.foreign), names=found.shown_foreign)
    return found


def put_aside(medium: Path, paths: Sequence[PurePosixPath]) -> None:
    """Move *paths* out of the exchange folder into ``layout.ASIDE``, each group into a new folder.

    Raises:
        TreeLinkError: the folder to move into is a link or no folder.
        MediumError: the medium failed, or cannot be written; what was moved stays moved.
    """
    with failures.named(medium=medium), tree.open_folder(str(medium)) as top:
        with suppress(FileExistsError):
            os.mkdir(layout.ASIDE, dir_fd=top)
        with tree.open_folder(layout.ASIDE, top) as aside:
            for parent in sorted({path.parent for path in paths}):
                names = [path.name for path in paths if path.parent == parent]
                with _opened(top, parent) as source:
                    _move(source, names, aside)
            os.fsync(aside)
        os.fsync(top)


def _move(source: int, names: Iterable[str], aside: int) -> None:
    """Move names of one folder into a new one: there, no name can meet its like."""
    fresh = secrets.token_hex(4)
    os.mkdir(fresh, dir_fd=aside)
    with tree.open_folder(fresh, aside) as target:
        for name in names:
            os.rename(name, name, src_dir_fd=source, dst_dir_fd=target)
        os.fsync(target)
    os.fsync(source)


def remove(medium: Path, found: Strangers, erase: Callable[[int, str], int]) -> int:
    """Have all of *found* erased by *erase*, given the open folder and the name; return its sum.

    A dropping that ext4 keeps for another account stays: it does no harm.

    Raises:
        MediumError: the medium failed, or cannot be written.
        TreeTooLargeError: more names, or more folders within folders, than are looked at.
    """
    erased = 0
    with failures.named(), tree.open_folder(str(medium)) as top:
        for path in [*found.foreign, *found.droppings]:
            with _opened(top, path.parent) as folder:
                try:
                    erased += erase(folder, path.name)
                except PermissionError:
                    if path not in found.droppings:
                        raise
                os.fsync(folder)
    return erased


@contextmanager
def _opened(top: int, path: PurePosixPath) -> Iterator[int]:
    """Open a folder of the exchange tree, from *top* on and never through a link."""
    with ExitStack() as stack:
        folder = stack.enter_context(tree.open_folder(layout.ROOT, top))
        for part in path.parts:
            folder = stack.enter_context(tree.open_folder(part, folder))
        yield folder
