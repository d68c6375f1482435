"""Chance that can be repeated: every draw follows from the seed and a few words."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import accumulate
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_LONGEST_MONTH: Final = 31


def chance(seed: int, *words: str | int) -> random.Random:
    """Return a generator that depends on *seed* and *words* only."""
    name = ":".join(map(str, ("mediabridge-sample", seed, *words)))
    return random.Random(name)  # noqa: S311 - practice data, nothing to keep secret


class Weighted(Generic[T]):
    """Values that are drawn as often as their weights say."""

    def __init__(self, weights: Mapping[T, float]) -> None:
        """Keep the values of *weights* in their order."""
        self._values = tuple(weights)
        self._sums = tuple(accumulate(weights.values()))

    def draw(self, rng: random.Random) -> T:
        """Return one of the values."""
        return rng.choices(self._values, cum_weights=self._sums)[0]


def day_between(rng: random.Random, first: date, last: date) -> date:
    """Return a day from *first* to *last*, both included."""
    return first + timedelta(days=rng.randrange((last - first).days + 1))


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
