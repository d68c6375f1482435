"""How fast bytes may go: others need the line, too."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Pace:
    """Lets bytes pass at most at a rate; both directions count together."""

    kilobits: int | None = None
    """Thousands of bits a second; None: as fast as the line is."""
    seconds: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep
    _free_at: float = field(default=0.0, init=False)

    def passed(self, count: int) -> None:
        """Wait as long as the *count* bytes that just went take at this rate."""
        if self.kilobits is None:
            return
        now = self.seconds()
        # A rest is not saved up: after a quiet hour the line is not flooded.
        self._free_at = max(self._free_at, now) + count * 8 / (self.kilobits * 1000)
        self.wait(self._free_at - now)
