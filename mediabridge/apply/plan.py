"""The plan for one record: whom is it about, and what do the rules say?

A person is found by card number only: the prior number first, then the new one;
current cards before earlier ones. Nobody is ever chosen by name or birth date: by these,
:func:`persons_like` names whom a clerk may be asked about.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mediabridge.apply import rules
from mediabridge.apply.changing import Told
from mediabridge.apply.comparing import is_same_person
from mediabridge.apply.naming import comparable
from mediabridge.apply.resident import FindByCard, Found, Resident
from mediabridge.records.model import IsaNotice
from mediabridge.records.names import NamesTable
from mediabridge.records.values import Operation

if TYPE_CHECKING:
    from mediabridge.apply.ports import Finder


def plan(
    notice: IsaNotice, find_by_card: FindByCard, names: NamesTable, *, reused: bool = False
) -> rules.Decision:
    """Decide *notice* against the registry that *find_by_card* looks into; change nothing.

    *names* is the table of Notice 582 in use here; *reused* says that its number came with
    other content before.
    """
    case = case_of(notice, find_by_card, names)
    return rules.judge(case._replace(reused=True) if reused else case)


def case_of(notice: IsaNotice, find_by_card: FindByCard, names: NamesTable) -> rules.Case:
    """Return *notice* with whom its card numbers belong, or belonged, to.

    A kanji name that is not all 正字 is left out of it: it cannot be compared, nor entered.
    """
    fit = comparable(notice, names)
    # A deletion, or a note, writes no name.
    not_seiji = fit is not notice and notice.operation_hint is Operation.CORRECTION
    matches = matches_of(notice, find_by_card)
    if not matches:
        return rules.Case(fit, None, not_seiji=not_seiji)
    resident = matches[0].resident
    several = any(found.resident.id != resident.id for found in matches)
    superseded = _is_superseded(notice.get("card_number"), matches)
    return rules.Case(fit, resident, several, superseded, not_seiji=not_seiji)


def matches_of(notice: IsaNotice, find_by_card: FindByCard) -> list[Found]:
    """Return whom the prior card number, then the new one, belongs or belonged to."""
    prior, number = notice.prior_card_number, notice.get("card_number")
    numbers = (prior,) if prior == number else (prior, number)
    return [
        found for each in numbers if each is not None and (found := find_by_card(each)) is not None
    ]


def persons_like(notice: Told, finder: Finder) -> list[Resident]:
    """Return the residents with all identity items of *notice*: to ask about, not to choose."""
    born = finder.find_by_birth(str(notice.birth_date), notice.nationality_region)
    return persons_among(born, notice)


def persons_among(born: Iterable[Resident], notice: Told) -> list[Resident]:
    """Return those of *born* who have all identity items of *notice*."""
    return [each for each in born if is_same_person(notice, each)]


def _is_superseded(number: str | None, matches: list[Found]) -> bool:
    """Tell whether the notice would put an earlier card, or what followed one, back into force."""
    if number is not None and number == matches[0].resident.card_number:
        return False
    return not all(found.current for found in matches)
