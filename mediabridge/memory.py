"""What is in this process's memory, keys, passphrases and people's records, stays in memory."""

from __future__ import annotations

import resource
from typing import Final

_CURRENT: Final = 1
_FUTURE: Final = 2
_ON_FAULT: Final = 4
"""MCL_CURRENT, MCL_FUTURE and MCL_ONFAULT of mlockall(2), the same on amd64 and arm64."""


def leave_no_copy() -> None:
    """Forbid core files; where the system lets all memory be locked, let none be swapped out.

    Python's objects move and are copied as it likes, so that no single key can be locked: it is
    all or nothing. Under a limit, which is what a session has, nothing is: from the limit on
    every allocation would fail. The units of the package have none.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] == resource.RLIM_INFINITY:
        _lock()


def _lock() -> None:
    import ctypes  # noqa: PLC0415 - a session has a limit, and need not load it

    # A refusal is the system's word; what it swaps, and how, is for doctor to look at.
    ctypes.CDLL(None).mlockall(_CURRENT | _FUTURE | _ON_FAULT)
