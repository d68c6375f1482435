"""The moments at which a stick is pulled out, or the power cut, on real USB: 60 and 30.

The tests are in ``rig/``; which moments there are is known without a rig, so that
``test_drawing.py`` can tell that all of them come round.
"""

from __future__ import annotations

from fractions import Fraction
from hashlib import sha256
from typing import Final

import drawing

FILESYSTEMS: Final = ("vfat", "exfat", "ext4")

_BESIDE: Final = (*(frozenset({each}) for each in FILESYSTEMS * 4), frozenset({"vfat", "exfat"}))
"""Which of them a commit's run prepares; one of thirteen plays what begins with two."""


def filesystems(seed: str) -> frozenset[str]:
    """Return the file systems on which a run with *seed* begins: to prepare one takes minutes."""
    if seed == drawing.ALL:
        return frozenset(FILESYSTEMS)
    return _BESIDE[int(sha256(f"file systems {seed}".encode()).hexdigest(), 16) % len(_BESIDE)]


Moment = tuple[str, str, int, int]
"""File system, what is being done, and which of how many moments of it."""


def _of_each_filesystem(counts: dict[str, int]) -> list[Moment]:
    return [
        (filesystem, doing, index, count)
        for doing, count in counts.items()
        for filesystem in FILESYSTEMS
        for index in range(count)
    ]


PULLS: Final = _of_each_filesystem({"write": 8, "read-back": 4, "import": 4, "erase": 4})
CUTS: Final = _of_each_filesystem({"write": 5, "erase": 3, "import": 2})

UPDATES: Final = 20
"""Moments at which the power goes while a new version is installed."""

UPDATE_SHARE: Final = Fraction(1, 10)
"""What is played of them by the one run of twelve that plays any: each takes minutes."""

SHARE: Final = Fraction(1, 20)
"""What a change waits for."""

OVER: Final = ("filesystem", "index")
"""Parameters of the tests in which moments of one family differ."""
