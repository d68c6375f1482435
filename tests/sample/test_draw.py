"""The quicker draws are those of the standard library, one for one."""

from __future__ import annotations

import random
from datetime import date, timedelta

from mediabridge.sample.draw import Weighted, chance, day_between

WORDS = ("mediabridge-sample", 7, "draw", 1)


def test_quick_draws_are_those_of_random() -> None:
    ours = chance(7, "draw", 1)
    theirs = random.Random(":".join(map(str, WORDS)))  # noqa: S311 - practice data
    weights = {"a": 1, "b": 0.5, "c": 7, "d": 2}
    weighted, first = Weighted(weights), date(2026, 1, 31)
    for length in range(1, 300):
        assert ours.choice(range(length)) == theirs.choice(range(length))
        assert ours.below(length) == theirs.randrange(length)
        assert weighted.draw(ours) == theirs.choices([*weights], [*weights.values()])[0]
        wanted = first + timedelta(days=theirs.randrange(length))
        assert day_between(ours, first, first + timedelta(days=length - 1)) == wanted
