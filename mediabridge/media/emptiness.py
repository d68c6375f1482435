"""Whether a full probe can try nearly all of a stick: it writes only where nothing is.

A counterfeit passes where its real memory holds files and the rest is never tried, or
where its file system covers no more than that memory. So both are looked at first, and
nothing is written to a stick of which too much would be left out.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from mediabridge.config import LIMITS, MIB, PROBE_OUTSIDE_SHARE, PROBE_USED_SHARE
from mediabridge.errors import NotEmptyError
from mediabridge.locale import text
from mediabridge.media import failures
from mediabridge.media.slot import Slot

PROBE_FILES: Final = "mediabridge-probe-*.partial"
"""What an interrupted probe leaves; the next one deletes it, so it counts as free."""

_ALLOWED: Final = 4 * MIB
"""Beside any share: what a file system keeps for itself, which on a small stick is much of it."""

_BLOCK: Final = 512
"""Unit of ``st_blocks``."""


def check_empty(slot: Slot) -> None:
    """Refuse a stick on which a full probe could not try nearly everything; only read it.

    Raises:
        NotEmptyError: much of it is in use, or lies outside its file system.
        MediumError: it failed.
    """
    size = sum(disk.size for disk in slot.device.disks) if slot.device else 0
    with slot.mounted() as folder, failures.named():
        usage = shutil.disk_usage(folder)
        used = usage.used - _left_by_probe(folder)
    outside = size - usage.total
    if used > size // PROBE_USED_SHARE + _ALLOWED:
        detail = text("{got} of its {size} bytes are in use", got=used, size=size)
        raise NotEmptyError(detail=detail, got=used, size=size)
    if outside > size // PROBE_OUTSIDE_SHARE + _ALLOWED:
        detail = text(
            "{got} of its {size} bytes lie outside its file system", got=outside, size=size
        )
        raise NotEmptyError(detail=detail, got=outside, size=size)


def _left_by_probe(folder: Path) -> int:
    """Return the bytes that files of an interrupted probe take; at most so many are looked at."""
    total = 0
    for count, path in enumerate(folder.glob(PROBE_FILES)):
        if count > LIMITS.names_in_folder:
            break
        total += path.lstat().st_blocks * _BLOCK
    return total
