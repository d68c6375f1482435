"""The counter question: every combination of what can be known, and what is said of it."""

from __future__ import annotations

from itertools import product

import pytest

from mediabridge.apply.relying import ROWS, Source, Standing, Why, advise
from mediabridge.apply.resident import State

FRESH = Standing(
    State.RESIDENT, current=True, held=False, found=False, outstanding=False, fresh=True
)

EXAMPLES = [
    (FRESH, Source.RECORD, Why.RECORD_CURRENT),
    (FRESH._replace(fresh=False), Source.CARD, Why.NO_NEWS_TODAY),
    (FRESH._replace(outstanding=True), Source.CARD, Why.NEWS_OUTSTANDING),
    (FRESH._replace(outstanding=True, fresh=False), Source.CARD, Why.NEWS_OUTSTANDING),
    (FRESH._replace(held=True), Source.ASK, Why.NOTICE_HELD),
    (FRESH._replace(held=True, outstanding=True), Source.ASK, Why.NOTICE_HELD),
    (FRESH._replace(found=True), Source.ASK, Why.FINDING_OPEN),
    (FRESH._replace(found=True, held=True), Source.ASK, Why.NOTICE_HELD),
    (FRESH._replace(state=None, current=False, found=True), Source.ASK, Why.FINDING_OPEN),
    (FRESH._replace(current=False), Source.RECORD, Why.CARD_REPLACED),
    (FRESH._replace(current=False, fresh=False), Source.RECORD, Why.CARD_REPLACED),
    (FRESH._replace(state=State.MOVED_OUT), Source.ASK, Why.RESIDENT_GONE),
    (FRESH._replace(state=State.MOVED_OUT, outstanding=True), Source.ASK, Why.RESIDENT_GONE),
    (FRESH._replace(state=State.DELETED, current=False), Source.ASK, Why.RECORD_NOT_IN_FORCE),
    (FRESH._replace(state=None, current=False), Source.ASK, Why.CARD_UNKNOWN),
    (FRESH._replace(state=None, current=False, fresh=False), Source.CARD, Why.CARD_UNKNOWN_YET),
    (
        FRESH._replace(state=None, current=False, outstanding=True),
        Source.CARD,
        Why.CARD_UNKNOWN_YET,
    ),
    (FRESH._replace(state=None, current=False, held=True), Source.ASK, Why.NOTICE_HELD),
]

EVERYTHING = [
    Standing(state, current and state is not None, held, found, outstanding, fresh)
    for state, current, held, found, outstanding, fresh in product(
        [None, *State], *[[False, True]] * 5
    )
]


@pytest.mark.parametrize(("known", "source", "why"), EXAMPLES)
def test_answer(known: Standing, source: Source, why: Why) -> None:
    assert advise(known) == (source, why)


def test_every_row_has_an_example() -> None:
    assert {why for _known, _source, why in EXAMPLES} == set(Why)
    assert [row.why for row in ROWS] == [why for why in Why if why is not Why.RECORD_CURRENT]


@pytest.mark.parametrize("known", EVERYTHING)
def test_doubt_never_ends_at_the_record(known: Standing) -> None:
    """Claim C89."""
    source, why = advise(known)
    if source is Source.RECORD:
        assert known.state is State.RESIDENT
        assert not known.held
        assert not known.found
        assert why is Why.CARD_REPLACED or not known.late
    if known.held or known.found or known.state in {State.MOVED_OUT, State.DELETED}:
        assert source is Source.ASK


def test_a_card_is_gone_by_only_where_it_may_be_newer() -> None:
    """Claim C89."""
    assert all(known.late for known in EVERYTHING if advise(known).source is Source.CARD)
