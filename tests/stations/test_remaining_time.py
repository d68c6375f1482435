"""The remaining time that long steps show is right within a third after the first tenth.

No clock is asked: time goes on with the bytes that are told, and a little in each call. What a
step tells too seldom, or counts by another measure than its total, is then seen.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from mediabridge.bench.desk import training_desk
from mediabridge.bench.remaining import THIRD, Step, Watched
from mediabridge.clock import SystemClock
from mediabridge.config import MIB
from mediabridge.stations.home import Home
from mediabridge.stations.verifying import verify_at

pytestmark = pytest.mark.in_turns

SIZE = 12 * MIB


class ByBytes(Watched):
    """Time goes on by a second with every byte that is told."""

    def __init__(self) -> None:
        """Begin at no time at all."""
        self.now = 0.0
        super().__init__(lambda: self.now)

    def advance(self, n: int) -> None:
        self.now += n
        super().advance(n)


def test_sealing_and_verifying_say_how_long_they_still_take(tmp_path: Path) -> None:
    sealing, verifying = ByBytes(), ByBytes()
    with training_desk(tmp_path, sealing) as desk:
        bundle = desk.folder_of(desk.large_bundle(SIZE))
        home = desk.station.home.root
    assert list(verify_at(bundle, Home(home), clock=SystemClock(), progress=verifying))
    labels = [each.label for each in (*sealing.steps, *verifying.steps)]
    assert labels == ["Counting what is sealed", "Compressing", "Encrypting", "Reading and hashing"]
    for step in (*sealing.steps, *verifying.steps):
        assert step.furthest() < THIRD, step.label


@pytest.mark.parametrize(
    ("done", "right"),
    [
        # Steady; told once, near the end; counted by another measure than the total.
        ([10] * 10, True),
        ([95, 5], False),
        ([20] * 10, False),
    ],
)
def test_what_is_wrong_is_seen(done: list[int], right: bool) -> None:
    ticks = count(1)
    now = [0.0]
    watched = Watched(lambda: now[0])
    watched.start("a step", 100)
    for each in done:
        now[0] = float(next(ticks))
        watched.advance(each)
    watched.finish()
    (step,) = watched.steps
    assert isinstance(step, Step)
    assert (step.furthest() < THIRD) is right
