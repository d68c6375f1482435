"""The plan for one record: whom is it about, and what do the rules say?

A person is found by card number only: the prior number first, then the new one;
current cards before earlier ones. Nobody is ever found by name or birth date.
"""

from __future__ import annotations

from typing import Final

from mediabridge.apply import rules
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resident import FindByCard, Found
from mediabridge.records.events import IsaEvent
from mediabridge.records.model import IsaNotice

_FIRST_CARD_EVENTS: Final = frozenset({IsaEvent.N04, IsaEvent.N10, IsaEvent.N11, IsaEvent.N13})
"""Events that may give a card to someone who never had one, such as a newborn."""


def plan(notice: IsaNotice, find_by_card: FindByCard) -> rules.Decision:
    """Decide *notice* against the registry that *find_by_card* looks into; change nothing."""
    prior = notice.prior_card_number
    number: str | None = notice.get("card_number")
    numbers = dict.fromkeys(each for each in (prior, number) if each is not None)
    matches = [found for each in numbers if (found := find_by_card(each)) is not None]
    if not matches:
        return rules.held(_why_unmatched(notice, number))
    resident = matches[0].resident
    if any(found.resident.id != resident.id for found in matches):
        return rules.held(ApplyReason.TWO_PERSONS)
    return rules.decide(notice, resident, superseded=_is_superseded(number, matches))


def _why_unmatched(notice: IsaNotice, number: str | None) -> ApplyReason:
    if notice.prior_card_number is None:
        if number is None:
            return ApplyReason.NO_CARD_NUMBER
        if notice.event_code in _FIRST_CARD_EVENTS:
            return ApplyReason.FIRST_CARD
    return ApplyReason.NO_MATCH


def _is_superseded(number: str | None, matches: list[Found]) -> bool:
    """Tell whether the notice would put an earlier card, or what followed one, back into force."""
    if number is not None and number == matches[0].resident.card_number:
        return False
    return not all(found.current for found in matches)
