"""Keeping every command from the station while its program is exchanged."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from mediabridge.config import KIB, STATION_WAIT_SECONDS
from mediabridge.errors import StationBusyError
from mediabridge.plainfile import open_plain

LOCK: Final = "lock"
_PAUSE_SECONDS: Final = 0.1


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
        deadline = time.monotonic() + STATION_WAIT_SECONDS
        while not _taken(lock):
            if time.monotonic() > deadline:
                raise StationBusyError
            time.sleep(_PAUSE_SECONDS)
        yield
    finally:
        os.close(lock)


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
