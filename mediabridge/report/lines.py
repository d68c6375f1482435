"""Lists of a report that do not grow without end: so many lines are kept, the others counted."""

from __future__ import annotations

from typing import Generic, TypeVar

from mediabridge.config import REPORT_LINES, REPORT_LINKS
from mediabridge.report.model import Ref

T = TypeVar("T")


class Lines(Generic[T]):
    """The first lines of a list, and how many more there were."""

    def __init__(self, most: int = REPORT_LINES) -> None:
        """Keep *most* lines."""
        self._most = most
        self._kept: list[T] = []
        self.more = 0

    def add(self, line: T) -> None:
        """Add *line*, or count it."""
        if len(self._kept) < self._most:
            self._kept.append(line)
        else:
            self.more += 1

    def kept(self) -> tuple[T, ...]:
        """Return the lines that were kept."""
        return tuple(self._kept)


class Refs:
    """Entries that one line of a report rests on: how many, and the first of them."""

    __slots__ = ("count", "first")

    def __init__(self) -> None:
        """Begin with none."""
        self.count = 0
        self.first: tuple[Ref, ...] = ()

    def add(self, ref: Ref) -> None:
        """Add an entry."""
        self.count += 1
        if len(self.first) < REPORT_LINKS:
            self.first += (ref,)
