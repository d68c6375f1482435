"""Waiting for the lock of a station, of which every command holds one while it works."""

from __future__ import annotations

import fcntl
import time
from typing import Final

from mediabridge.config import STATION_WAIT_SECONDS
from mediabridge.errors import StationBusyError

_PAUSE_SECONDS: Final = 0.1


def wait_for(lock: int) -> None:
    """Take the *lock*, an open file; it is let go when nobody has that file open any more.

    Raises:
        StationBusyError: another command has it, and goes on.
    """
    deadline = time.monotonic() + STATION_WAIT_SECONDS
    while not _taken(lock):
        if time.monotonic() > deadline:
            raise StationBusyError
        time.sleep(_PAUSE_SECONDS)


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
