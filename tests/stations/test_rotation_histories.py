"""Whatever happens to sticks, stations and backups: what was released opens until it is taken.

A random history of two stations, in both directions: sticks are lost, repeated and come in any
order, ways back fail, officers send bundles back, numbers are declared void, the power fails
within a taking, stations come back from old backups, keys are exchanged by a ceremony.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.world import World, scratch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stations.rotating import BOTH, two_stations
from stations.rotation_model import Model

pytestmark = pytest.mark.in_turns

HISTORIES = int(os.environ.get("MEDIABRIDGE_ROTATIONS", "20"))
"""How many histories are drawn, of twenty to fifty happenings each."""

SIDE, NUMBER = st.sampled_from(BOTH), st.integers(0, 99)
DEATH = st.sampled_from([None, None, None, 1, 2, 3, 4])
SEALED = st.tuples(st.just("seal"), SIDE)
CARRIED = st.tuples(st.just("deliver"), SIDE, NUMBER, DEATH)
HAPPENING = st.one_of(
    *(SEALED,) * 4,
    *(CARRIED,) * 6,
    st.tuples(st.just("reject"), SIDE),
    st.tuples(st.just("void_next"), SIDE),
    st.tuples(st.just("back_up"), SIDE),
    st.tuples(st.just("restore"), SIDE, NUMBER),
    st.tuples(st.just("exchange"), SIDE),
)


@pytest.fixture(scope="module")
def pristine() -> Iterator[World]:
    with scratch() as root:
        yield two_stations(Path(root, "world"))


@pytest.mark.heavy
def test_what_was_released_opens_until_it_is_taken(pristine: World) -> None:
    """Claims C86 and C88."""
    seen: Counter[str] = Counter()

    @settings(max_examples=HISTORIES, suppress_health_check=list(HealthCheck), deadline=None)
    @given(st.lists(HAPPENING, min_size=20, max_size=50))
    def history(happenings: list[tuple[object, ...]]) -> None:
        with scratch() as root:
            model = Model(Path(root), pristine.city)
            for happening, *given_ in happenings:
                getattr(model, str(happening))(*given_)
                model.check()
            model.come_to_rest()
            model.check()
            seen.update(model.figures())
            seen["histories"] += 1
            for name in BOTH:
                model.close(name)

    history()
    sys.stdout.write(f"{dict(sorted(seen.items()))}\n")
    assert min(seen["taken"], seen["repeated"], seen["restorings"], seen["exchanges"]) > 0
