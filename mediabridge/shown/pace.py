"""How far a step is, and how fast: the figures of every bar."""

from __future__ import annotations

from mediabridge.config import MIB


def percent(done: int, total: int) -> int:
    """Return how much of *total* is *done*, 0 to 100; an empty step is done."""
    return min(100, done * 100 // total) if total > 0 else 100


def minutes(seconds: float) -> str:
    """Return *seconds* as ``M:SS``."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def speed(bytes_a_second: float | None) -> str:
    """Return a measured speed, with the unit that the officer reads on the register."""
    return "" if bytes_a_second is None else f"{bytes_a_second / MIB:.1f} MB/s"
