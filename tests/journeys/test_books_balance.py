"""Whatever happens to the sticks, every record ends once, with one outcome on both sides."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path

import drawing
import pytest
from attacks.world import World, copy_of, make_world, scratch
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from journeys import months
from journeys.balance import SIDES, STICKS, Office, Tally
from journeys.ledger import Outcomes, balance
from journeys.resting import come_to_rest

HAND_OVERS = int(os.environ.get("MEDIABRIDGE_BALANCE", "100"))
"""How many there are at least, in months of offices that each begin anew; ``make test-balance``."""

SEED = drawing.seed_of(
    os.environ.get("MEDIABRIDGE_BALANCE_SEED", drawing.COMMIT), Path(__file__).parent
)
"""Any word; the commit's hash draws other months for each commit."""

AT_A_TIME = 5
"""Months that hypothesis draws from one seed; the next ones have a seed of their own."""

Happening = tuple[str, tuple[object, ...], dict[str, object]]


def _it(
    name: str, *what: st.SearchStrategy[object], **more: st.SearchStrategy[object]
) -> st.SearchStrategy[Happening]:
    return st.tuples(st.just(name), st.tuples(*what), st.fixed_dictionaries(more))


SIDE = st.sampled_from(SIDES)
STICK = st.integers(0, STICKS - 1)
NUMBER = st.integers(0, 99)
MOMENT = st.one_of(st.just(0), st.just(0), st.integers(1, 60))
"""At which change the process of a command is killed before it is given again; 0 for never."""

COMMON = (
    _it("notices", SIDE, NUMBER, moment=MOMENT),
    _it("trips", STICK),
    _it("carries", SIDE, STICK),
    _it("carries", SIDE, STICK),
    _it("packs", SIDE),
)
RARE = (
    _it("decides", NUMBER, moment=MOMENT),
    _it("dies", SIDE, STICK, st.integers(0, 150)),
    _it("seals", SIDE, moment=MOMENT),
    _it("rejects", SIDE, NUMBER, moment=MOMENT),
    _it("issues_anew", SIDE, NUMBER, moment=MOMENT),
    _it("copies", STICK),
    _it("old_one_again", NUMBER),
    _it("empties", STICK),
    _it("loses", SIDE, STICK, void=st.booleans(), moment=MOMENT),
    _it("turns_up", SIDE, NUMBER),
    _it("saves", SIDE),
    _it("is_set_back", SIDE),
)
MONTH = st.lists(st.one_of(*COMMON, *COMMON, *COMMON, *RARE), min_size=20, max_size=40)


@pytest.fixture(scope="module")
def pristine() -> Iterator[World]:
    with scratch() as root:
        yield make_world(Path(root, "world"))


def play(pristine: World, happenings: list[Happening]) -> tuple[Tally, dict[str, Outcomes]]:
    """Play one month until everything has come to rest; return what happened, and all outcomes."""
    with scratch() as root:
        office = Office(copy_of(pristine, Path(root, "world")))
        for name, what, more in happenings:
            getattr(months, name)(office, *what, **more)
        come_to_rest(office)
        return office.tally, balance(office)


@pytest.mark.heavy
def test_books_balance(pristine: World) -> None:
    """Claim C78."""
    all_of_them, runs = Tally(), 0
    for batch in count():

        @seed(int(sha256(f"{SEED} {batch}".encode()).hexdigest(), 16))
        @settings(
            # Each month takes seconds: one that fails is shown as it is.
            phases=[Phase.generate], max_examples=AT_A_TIME, database=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(MONTH)
        def months_balance(happenings: list[Happening]) -> None:
            nonlocal runs
            tally, _outcomes = play(pristine, happenings)
            assert "" not in tally.next_steps.values()
            all_of_them.add(tally)
            runs += 1

        months_balance()
        sys.stdout.write(f"{runs} runs, {all_of_them.hand_overs} hand-overs\n")
        sys.stdout.flush()
        if all_of_them.hand_overs >= HAND_OVERS:
            break
    sys.stdout.write(all_of_them.told(runs, SEED))
