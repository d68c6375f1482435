"""Chance that can be repeated: every draw follows from the seed and a few words."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from _typeshed import SupportsLenAndGetItem

T = TypeVar("T")


class Chance(random.Random):
    """A generator whose commonest draws take a third of the time; it draws what its parent does."""

    def below(self, end: int) -> int:
        """Return one of the numbers from 0 up to *end*, which is not among them."""
        bits = end.bit_length()
        drawn = self.getrandbits(bits)
        while drawn >= end:
            drawn = self.getrandbits(bits)
        return drawn

    def choice(self, seq: SupportsLenAndGetItem[T]) -> T:
        """Return one of the items of *seq*."""
        end = len(seq)
        bits = end.bit_length()
        drawn = self.getrandbits(bits)
        while drawn >= end:
            drawn = self.getrandbits(bits)
        return seq[drawn]


def chance(seed: int, *words: str | int) -> Chance:
    """Return a generator that depends on *seed* and *words* only."""
    name = ":".join(map(str, ("mediabridge-sample", seed, *words)))
    return Chance(name)  # practice data, nothing to keep secret


class Weighted(Generic[T]):
    """Values that are drawn as often as their weights say."""

    def __init__(self, weights: Mapping[T, float]) -> None:
        """Keep the values of *weights* in their order."""
        self._values: Sequence[T] = tuple(weights)
        self._sums = tuple(accumulate(weights.values()))
        self._last = len(self._values) - 1

    def draw(self, rng: random.Random) -> T:
        """Return one of the values."""
        # As random.choices does it, which takes ten times as long about one value.
        return self._values[bisect(self._sums, rng.random() * self._sums[-1], 0, self._last)]


def day_between(rng: Chance, first: date, last: date) -> date:
    """Return a day from *first* to *last*, both included."""
    start = first.toordinal()
    return date.fromordinal(start + rng.below(last.toordinal() - start + 1))


def later(day: date, years: int, months: int, days: int) -> date:
    """Return *day* moved by a period of stay; a day that does not exist becomes the last."""
    month = day.month - 1 + months
    year, month = day.year + years + month // 12, month % 12 + 1
    for number in range(day.day, 0, -1):
        try:
            return date(year, month, number) + timedelta(days=days)
        except ValueError:
            continue
    raise AssertionError
