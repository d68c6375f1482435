"""News that is plain, applied by its texts: what the rules would say, without asking them.

Nine notices in ten are news of a resident in force of whom all else is said as before.
:func:`plain_change` finds those by comparing texts with the register, which keeps texts as
well. **It never holds or refuses anything**: where it is not sure that no row of
:data:`~mediabridge.apply.rules.RULES` holds, it returns nothing, and the notice goes to the rules
(:mod:`~mediabridge.apply.plan`). So it may doubt what is plain, which costs time; the tests hold it
to changing what the rules would change, and to the same.
"""

from __future__ import annotations

from operator import itemgetter
from typing import Final, NamedTuple

from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resident import FindByCard, Resident, State
from mediabridge.apply.rules import FITTING, MAY_DIFFER, Change
from mediabridge.apply.texts import NoticeTexts, places_of
from mediabridge.records.events import IsaEvent
from mediabridge.records.names import NamesTable, check
from mediabridge.records.values import Operation

_IDENTITY: Final = (
    "birth_date", "sex", "nationality_region", "name_roman", "name_kanji", "art30_45_category"
)  # fmt: skip
_told_identity: Final = itemgetter(*places_of(*_IDENTITY))
_known_identity: Final = itemgetter(*map(Resident._fields.index, _IDENTITY))

_told_event: Final = itemgetter(
    *places_of("event_code", "operation_hint", "art30_45_category", "name_kanji")
)
_told_items: Final = itemgetter(
    *places_of("card_number", "status_of_residence", "period_years", "period_months",
               "period_days", "period_of_stay_expiration_date", "landing_period_until",
               "provisional_stay_until", "event_date", "issued_at", "sequence")
)  # fmt: skip

_IN_FORCE: Final = State.RESIDENT.value


class _Settled(NamedTuple):
    """What an event does by itself, in an operation and to a category with which it goes."""

    operation: Operation
    card: bool
    """Whether it gives another card; likewise status and period."""
    status: bool
    period: bool


def _settled(event: IsaEvent, operation: Operation) -> _Settled:
    given = MAY_DIFFER[event]
    asked = (
        ApplyReason.CARD_DIFFERS,
        ApplyReason.STATUS_DIFFERS,
        ApplyReason.PERIOD_DIFFERS,
    )
    return _Settled(operation, *(reason in given for reason in asked))


_EVENTS: Final = {
    (str(event), operation.value, category.value): _settled(IsaEvent(event), operation)
    for event, operation, category in FITTING
}


def plain_change(texts: NoticeTexts, find_by_card: FindByCard, names: NamesTable) -> Change | None:
    """Return the change that the rules would make by *texts*; None where they are to be asked.

    Nobody has sent a notice of this number before. *names* is the table of Notice 582 in use here.
    """
    known = _one_person(texts, find_by_card)
    if known is None or _told_identity(texts) != _known_identity(known):
        return None
    *facts, kanji = _told_event(texts)
    settled = _EVENTS.get(tuple(facts))
    if settled is None or (kanji is not None and check(kanji, table=names)):
        return None
    after = _entered(texts, known)
    if not _is_news(known, after) or not _fits(settled, known, after):
        return None
    return Change(settled.operation, known, _by(settled.operation, known, after))


def _one_person(texts: NoticeTexts, find_by_card: FindByCard) -> Resident | None:
    """Return whose current card it names, if it names nobody else; None for anything else."""
    prior, number = texts.prior_card_number, texts.card_number
    found = find_by_card(prior) if prior is not None else None
    if number is not None and number != prior:
        other = find_by_card(number)
        if found is not None and other is not None:
            return None
        found = found or other
    if found is None or not found.current or found.resident.state != _IN_FORCE:
        return None
    return found.resident


def _entered(texts: NoticeTexts, known: Resident) -> Resident:
    """Return *known*, whose identity is what *texts* say, with all that they say besides."""
    card, status, years, months, days, ends, lands, stays, event, issued, sequence = _told_items(
        texts
    )
    return Resident(
        known.id,
        known.state,
        card,
        known.art30_45_category,
        known.name_roman,
        known.name_kanji,
        known.birth_date,
        known.sex,
        known.nationality_region,
        status,
        years,
        months and int(months),
        days and int(days),
        ends,
        lands,
        stays,
        known.address,
        known.foreign_resident_since,
        known.next_municipality_code,
        event,
        issued,
        int(sequence),
    )


def _is_news(known: Resident, after: Resident) -> bool:
    """Tell whether it was issued later, and happened no earlier, than what was entered last."""
    return (known.last_issued_at or "") < (after.last_issued_at or "") and (
        known.last_event_date or ""
    ) <= (after.last_event_date or "")


_period: Final = itemgetter(
    *map(Resident._fields.index, (
        "period_years", "period_months", "period_days", "period_of_stay_expiration_date",
        "landing_period_until", "provisional_stay_until",
    ))
)  # fmt: skip


def _fits(settled: _Settled, known: Resident, after: Resident) -> bool:
    """Tell whether what the event does not settle by itself is said as before."""
    return (
        (settled.card or known.card_number == after.card_number)
        and (settled.status or known.status_of_residence == after.status_of_residence)
        and (settled.period or _period(known) == _period(after))
    )


def _by(operation: Operation, known: Resident, after: Resident) -> Resident:
    """Return what an *operation* leaves: a note nothing new, a deletion only that and when."""
    if operation is Operation.NOTE:
        return known
    if operation is Operation.DELETION:
        return known._replace(
            state=State.DELETED.value,
            last_event_date=after.last_event_date,
            last_issued_at=after.last_issued_at,
            last_sequence=after.last_sequence,
        )
    return after
