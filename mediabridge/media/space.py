"""Whether a bundle fits, and what a trash folder keeps from it (lessons, SecureDrop #3260)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from mediabridge.config import LIMITS, MIB
from mediabridge.errors import MediumFullError
from mediabridge.locale import text

RESERVE_BYTES: Final = 4 * MIB
"""Left free: a FAT folder grows by whole clusters, and a full stick wears badly."""

_TRASH_PREFIX: Final = ".trash"
_TRASH: Final = frozenset({"$recycle.bin", "recycler", "recycled", ".trashes"})
"""Where Linux, Windows and macOS keep what was deleted; compared in lower case."""


def check_space(folder: Path, needed: int) -> None:
    """Refuse a medium on which *needed* bytes do not fit.

    Raises:
        MediumFullError: ``trash`` names what deleted files hold, if they do.
        OSError: the medium could not be asked.
    """
    wanted, free = needed + RESERVE_BYTES, shutil.disk_usage(folder).free
    if free >= wanted:
        return
    held = trash_bytes(folder)
    trash = text("Deleted files in its trash hold {count} bytes. ", count=held) if held else ""
    raise MediumFullError(got=free, wanted=wanted, trash=trash)


def trash_bytes(folder: Path) -> int:
    """Return how many bytes lie in trash folders at the top of the medium; about, and bounded."""
    left = LIMITS.names_in_folder
    total = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name.lower()
            if name in _TRASH or name.startswith(_TRASH_PREFIX):
                for size in _sizes(Path(entry.path)):
                    total += size
                    left -= 1
            left -= 1
            if left <= 0:
                break
    return total


def _sizes(folder: Path) -> Iterator[int]:
    """Yield the sizes of files below *folder*, never through a link."""
    for parent, _folders, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                yield os.lstat(Path(parent, name)).st_size
