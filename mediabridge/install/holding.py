"""Keeping every command from the station while its program is exchanged."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from mediabridge.config import KIB
from mediabridge.errors import StationBusyError
from mediabridge.locking import wait_for
from mediabridge.plainfile import open_plain

LOCK: Final = "lock"


@contextmanager
def station_held(home: Path) -> Iterator[None]:
    """Hold the lock of the station in *home*; what is started in the block goes on holding it.

    Raises:
        StationBusyError: a command runs there, and goes on, or nobody ever opened that station.
    """
    try:
        lock = open_plain(home / LOCK, KIB)
    except (OSError, ValueError):
        raise StationBusyError from None
    try:
        os.set_inheritable(lock, True)  # noqa: FBT003 - its one argument
        wait_for(lock)
        yield
    finally:
        os.close(lock)
