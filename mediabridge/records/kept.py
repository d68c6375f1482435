"""A list that stays small however long the file is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from mediabridge.records.reasons import Said

S = TypeVar("S", bound=Said)


@dataclass
class Kept(Generic[S]):
    """What is said about one file: the first ones kept, all of them counted."""

    limit: int
    total: int = 0
    kept: list[S] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    """How many there are of each code."""

    def extend(self, said: Iterable[S]) -> None:
        """Count what is *said* and keep it while there is room."""
        for each in said:
            self.total += 1
            self.counts[each.reason.value] += 1
            if len(self.kept) < self.limit:
                self.kept.append(each)
