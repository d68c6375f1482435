"""Whatever happens to the sticks, every record ends once, with one outcome on both sides."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.world import World, copy_of, make_world, scratch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from journeys.balance import SIDES, STICKS, Office

EPISODES = int(os.environ.get("MEDIABRIDGE_BALANCE", "6"))
"""How many times an office begins anew, for about twenty hand-overs each; ``make test-balance``."""

SIDE = st.sampled_from(SIDES)
STICK = st.integers(0, STICKS - 1)
NUMBER = st.integers(0, 99)
CARRIED = st.tuples(st.just("carry"), SIDE, STICK)
HAPPENING = st.one_of(
    st.tuples(st.just("notices"), SIDE, NUMBER),
    st.tuples(st.just("pack"), SIDE),
    CARRIED,
    CARRIED,
    CARRIED,
    st.tuples(st.just("dies"), SIDE, STICK, st.integers(0, 60)),
    st.tuples(st.just("copied"), STICK),
    st.tuples(st.just("issued_anew"), SIDE, NUMBER),
    st.tuples(st.just("old_one_again"), NUMBER),
    st.tuples(st.just("emptied"), STICK),
    st.tuples(st.just("saved")),
    st.tuples(st.just("set_back")),
)


@pytest.fixture(scope="module")
def pristine() -> Iterator[World]:
    with scratch() as root:
        yield make_world(Path(root, "world"))


@pytest.mark.heavy
def test_books_balance(pristine: World) -> None:
    """Claim C78."""
    hand_overs, refusals = 0, Counter[str]()

    @settings(max_examples=EPISODES, suppress_health_check=list(HealthCheck))
    @given(st.lists(HAPPENING, min_size=20, max_size=40))
    def episode(happenings: list[tuple[object, ...]]) -> None:
        nonlocal hand_overs
        with scratch() as root:
            office = Office(copy_of(pristine, Path(root, "world")))
            for name, *given_ in happenings:
                getattr(office, str(name))(*given_)
            office.come_to_rest()
            office.balance()
            hand_overs += office.hand_overs
            refusals.update(office.refusals)

    episode()
    sys.stdout.write(f"{hand_overs} hand-overs; refused, with a next step: {dict(refusals)}\n")
    assert hand_overs
