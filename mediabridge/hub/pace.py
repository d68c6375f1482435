"""How often one station may ask this process: a bucket that refills (per process, in memory)."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Final

from mediabridge.errors import HubBusyError

_MINUTE: Final = 60.0


class Pace:
    """A bucket for each caller; as many as there are stations in trust data."""

    def __init__(self, a_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        """Let each caller ask *a_minute* times a minute, and as often at once."""
        self._most, self._now = float(a_minute), now
        self._left: dict[tuple[str, str], tuple[float, float]] = {}
        self._lock = threading.Lock()

    def check(self, city: str, station: str) -> None:
        """Count one request of a station.

        Raises:
            HubBusyError: it has to wait.
        """
        with self._lock:
            now, who = self._now(), (city, station)
            left, then = self._left.get(who, (self._most, now))
            left = min(self._most, left + (now - then) * self._most / _MINUTE)
            if left < 1:
                self._left[who] = left, now
                raise HubBusyError(seconds=math.ceil((1 - left) * _MINUTE / self._most))
            self._left[who] = left - 1, now
