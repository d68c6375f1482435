"""The most memory that this process had at a time."""

from __future__ import annotations

import re
from pathlib import Path


def own_peak_kib() -> int:
    """Return the peak of this process in KiB.

    Raises:
        OSError: the kernel does not tell it.
    """
    # Not getrusage: its peak includes that of the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    match = re.search(r"VmHWM:\s*([0-9]+) kB", status)
    if match is None:
        msg = "this kernel does not tell the peak memory of a process"
        raise OSError(msg)
    return int(match[1])
