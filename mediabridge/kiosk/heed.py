"""Which keys are meant for the page that stands there; times are those of ``time.monotonic``."""

from __future__ import annotations

import math
import time
from typing import Final

_QUIET_SECONDS: Final = 0.4
"""A person who types on and on has not looked at the new page yet."""


class Heed:
    """What was pressed when; before a page stands there, everything is thrown away."""

    def __init__(self) -> None:
        """Take nothing yet."""
        self.armed = math.inf
        """Since when the page stands there."""
        self.dropped = -math.inf
        """When something was thrown away last."""
        self.touched = time.monotonic()
        """When somebody was there last."""
        self.keys = ("", "")
        """The last two keys; a click is none."""
        self._drawing = 0

    @property
    def takes_keys(self) -> bool:
        """Whether what is pressed now is taken as an answer to the page that stands there."""
        return self.is_armed and time.monotonic() >= self.dropped + _QUIET_SECONDS

    @property
    def is_armed(self) -> bool:
        """Whether a page stands there, and nobody changes it at the moment."""
        return self.armed <= time.monotonic()

    def disarm(self) -> int:
        """Throw away what is pressed from now on; return the number of the drawing that begins."""
        self.armed = math.inf
        self._drawing += 1
        return self._drawing

    def arm(self, drawing: int) -> None:
        """Take what is pressed from now on, unless another *drawing* has begun meanwhile."""
        if drawing == self._drawing:
            self.armed = time.monotonic()

    def came_too_early(self, at: float) -> bool:
        """Tell whether what was pressed *at* some time was meant for the page before.

        What follows it closely was, too: the rest of a PIN would be a wrong PIN.
        """
        early = at < self.armed or at < self.dropped + _QUIET_SECONDS
        if early:
            self.dropped = at
        return early

    def heard(self, key: str, at: float) -> bool:
        """Note *key*, and tell whether it is for the page that stands there now.

        Asked where a key has its effect: between its arrival and that, the one before it may have
        led to another page.
        """
        if at < self.armed:
            self.dropped = at
            return False
        self.note(key)
        return True

    def note(self, key: str) -> None:
        """Note *key* as the last one."""
        self.keys = (self.keys[1], key)

    def is_held_down(self, key: str) -> bool:
        """Tell whether *key*, noted just now, was the one before as well."""
        return bool(key) and key == self.keys[0]
