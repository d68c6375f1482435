"""What the trash folders of a medium hold.

Whoever deletes files on a stick at a desk often only moves them: the stick stays full and
looks empty. So a full stick's trash folders are named, with what they hold.

All of it comes from the stick: only names of the closed list of
:mod:`mediabridge.media.droppings` are ever shown, the
number of names looked at is limited, and no link is followed, not even at the top.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mediabridge.config import LIMITS
from mediabridge.errors import MediabridgeError
from mediabridge.media import droppings, tree

_MOST_FOLDERS: Final = 8
"""Trash folders looked into; one per user and system is usual."""

_MOST_DEEP: Final = 16
"""Folders within one another; each takes a file descriptor while it is looked at."""


@dataclass(frozen=True)
class Trash:
    """The trash folders that hold anything, and about how much."""

    names: tuple[str, ...] = ()
    bytes: int = 0


def found_on(medium: Path) -> Trash:
    """Return what trash folders at the top of *medium* hold; what cannot be read holds nothing.

    It never fails: it explains another error, which must not be hidden by its own.
    """
    held: dict[str, int] = {}
    with suppress(OSError, MediabridgeError), tree.open_folder(str(medium)) as top:
        for name in _trash_folders(top):
            # Each has its own budget: the first one must not keep the others from being named.
            held[name] = sum(_sizes(top, name, _budget(), _MOST_DEEP))
    names = tuple(name for name, size in held.items() if size)
    return Trash(names, sum(held.values()))


def _budget() -> Iterator[int]:
    """Return what is used up by one for every name looked at, however deep."""
    return iter(range(LIMITS.names_in_folder))


def _trash_folders(top: int) -> list[str]:
    with os.scandir(top) as entries:
        names = [
            entry.name
            for _, entry in zip(_budget(), entries, strict=False)
            if droppings.is_trash(entry.name) and entry.is_dir(follow_symlinks=False)
        ]
    return sorted(names)[:_MOST_FOLDERS]


def _sizes(parent: int, name: str, budget: Iterator[int], deep: int) -> Iterator[int]:
    """Yield the sizes of plain files below the folder *name*, entry by entry, never via a link."""
    with (
        suppress(OSError, MediabridgeError),
        tree.open_folder(name, parent) as folder,
        os.scandir(folder) as entries,
    ):
        # The budget is asked first: a name is read only when it may still be looked at.
        for _, entry in zip(budget, entries, strict=False):
            if entry.is_dir(follow_symlinks=False):
                if deep > 1:
                    yield from _sizes(folder, entry.name, budget, deep - 1)
            elif entry.is_file(follow_symlinks=False):
                yield entry.stat(follow_symlinks=False).st_size
