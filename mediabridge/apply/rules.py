"""The rules: may this notice change this resident record, and into what?

Pure functions over one notice and one record. Doubt never becomes a guess: whatever
does not fit is held for a person, with the first reason found in this order:

1. identity: birth date, sex, nationality and name agree, unless the event changes them;
2. the record is in force; for a person who moved the result is ``moved_out``;
3. the card was not replaced by a later one;
4. the notice is not older than what the record already says;
5. the event allows the operation, and the step from category to category;
6. status, period and card agree, unless the event changes them.

What one side does not know (the day of a birth date, sex 9, an absent item)
contradicts nothing. People are told apart by card number, never by name; but a name
that is altogether different says that the card, or the name, is somebody else's. Names
that differ in case, spaces, hyphens, apostrophes, width or the variant of a kanji only
are one name (:func:`folded`); the notice's spelling is entered. Nothing is stored folded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resident import Resident, State
from mediabridge.records.events import ISA_EVENTS, IsaEvent
from mediabridge.records.model import IsaNotice, Result
from mediabridge.records.types import Category, Operation, Sex


class Change(NamedTuple):
    """What happens to one resident record; a note leaves *after* equal to *before*."""

    operation: Operation
    before: Resident
    after: Resident


class Decision(NamedTuple):
    """The outcome of one record; only ``applied`` has a change and no reason."""

    result: Result
    reason: ApplyReason | None = None
    change: Change | None = None
    next_municipality_code: str | None = None


_IDENTITY: Final = frozenset(
    {
        ApplyReason.BIRTH_DATE_DIFFERS,
        ApplyReason.SEX_DIFFERS,
        ApplyReason.NATIONALITY_DIFFERS,
        ApplyReason.NAME_DIFFERS,
    }
)
_CARD: Final = frozenset({ApplyReason.CARD_DIFFERS})
_PERIOD: Final = _CARD | {ApplyReason.PERIOD_DIFFERS}
_STATUS: Final = _PERIOD | {ApplyReason.STATUS_DIFFERS}
_EVERYTHING: Final = _STATUS | _IDENTITY
_NOTHING: Final[frozenset[ApplyReason]] = frozenset()

MAY_DIFFER: Final = {
    IsaEvent.N01: _STATUS,
    IsaEvent.N02: _PERIOD,
    IsaEvent.N03: _STATUS,
    IsaEvent.N04: _STATUS,
    IsaEvent.N05: _CARD | _IDENTITY,
    IsaEvent.N06: _CARD,
    IsaEvent.N07: _CARD,
    IsaEvent.N08: _STATUS,
    IsaEvent.N09: _NOTHING,
    IsaEvent.N10: _STATUS,
    IsaEvent.N11: _STATUS,
    IsaEvent.N12: _PERIOD,
    IsaEvent.N13: _STATUS,
    IsaEvent.N14: _CARD | _IDENTITY,
    IsaEvent.N15: _NOTHING,
    IsaEvent.N16: _CARD | {ApplyReason.NAME_DIFFERS},
    IsaEvent.N17: _EVERYTHING,
    IsaEvent.N18: _NOTHING,
}
"""The contradictions that are the very point of an event: they hold no notice of it back."""

_STEPS: Final = {
    IsaEvent.N04: {Category.TRANSITIONAL_BIRTH, Category.TRANSITIONAL_NATIONALITY_LOSS},
    IsaEvent.N10: set(Category) - {Category.SPECIAL_PERMANENT},
    IsaEvent.N11: {Category.TEMPORARY_REFUGE, Category.PROVISIONAL_STAY},
    IsaEvent.N12: {Category.TEMPORARY_REFUGE, Category.PROVISIONAL_STAY},
    IsaEvent.N13: set(Category),
    IsaEvent.N17: set(Category),
}
"""Categories from which an event can lead to the category of its notice; others keep theirs."""

_IS_ABOUT_IDENTITY: Final = frozenset({IsaEvent.N05, IsaEvent.N14, IsaEvent.N17})
"""Their identity items replace those of the record as they are; an absent spelling is gone."""

_ONLY_SPELLING: Final = re.compile(
    r"[\s\-\u2010-\u2015\u2212'\u2018\u2019`\u30fb\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)

_ENDS: Final = (
    "period_of_stay_expiration_date",
    "landing_period_until",
    "provisional_stay_until",
)


def decide(notice: IsaNotice, resident: Resident, *, superseded: bool = False) -> Decision:
    """Return what *notice* does to *resident*, whose card it names.

    *superseded* says that the notice speaks of a card which a later one has replaced.
    """
    contradiction = _contradiction(notice, resident, _IDENTITY_CHECKS)
    if contradiction:
        return held(contradiction)
    if resident.state == State.MOVED_OUT:
        return Decision(
            Result.MOVED_OUT,
            ApplyReason.MOVED_OUT,
            next_municipality_code=resident.next_municipality_code,
        )
    obstacle = next(_obstacles(notice, resident, superseded=superseded), None)
    # Where the category changes, the items of the old one end and those of the new one begin.
    if obstacle is None and notice.art30_45_category == resident.art30_45_category:
        obstacle = _contradiction(notice, resident, _ITEM_CHECKS)
    if obstacle:
        return held(obstacle)
    return Decision(Result.APPLIED, change=_change(notice, resident))


def held(reason: ApplyReason) -> Decision:
    """Return the decision that a person has to decide, because of *reason*."""
    return Decision(Result.HELD_FOR_REVIEW, reason)


def repeated(first: Decision) -> Decision:
    """Return what a record gets when it is delivered again: its first outcome, without effect."""
    if first.result is Result.APPLIED:
        return Decision(Result.ALREADY_APPLIED)
    return first


def _obstacles(notice: IsaNotice, resident: Resident, *, superseded: bool) -> Iterator[ApplyReason]:
    """Yield what fails of steps 2 to 5."""
    if resident.state == State.DELETED:
        deletion = notice.operation_hint is Operation.DELETION
        yield ApplyReason.ALREADY_DELETED if deletion else ApplyReason.RECORD_DELETED
    if superseded:
        yield ApplyReason.CARD_SUPERSEDED
    if _is_older(notice, resident):
        yield ApplyReason.OLDER_THAN_RECORD
    # An error may be corrected long after later events were entered.
    if notice.event_code is not IsaEvent.N17 and _happened_before(notice, resident):
        yield ApplyReason.EVENT_BEFORE_RECORD
    event = ISA_EVENTS[notice.event_code]
    if notice.operation_hint not in event.operations:
        yield ApplyReason.OPERATION_IMPOSSIBLE
    before, after = resident.art30_45_category, notice.art30_45_category
    step_possible = before == after or before in _STEPS.get(notice.event_code, ())
    if after not in event.categories or not step_possible:
        yield ApplyReason.CATEGORY_IMPOSSIBLE


def _is_older(notice: IsaNotice, resident: Resident) -> bool:
    if resident.last_issued_at is None:
        return False
    issued_at = notice.issued_at.isoformat()
    if issued_at == resident.last_issued_at and resident.last_sequence is not None:
        return notice.sequence < resident.last_sequence
    return issued_at < resident.last_issued_at


def _happened_before(notice: IsaNotice, resident: Resident) -> bool:
    last = resident.last_event_date
    return last is not None and notice.event_date.isoformat() < last


def _birth_dates_contradict(notice: IsaNotice, resident: Resident) -> bool:
    """Compare two partial dates as far as both are known; ``00`` is an unknown part."""
    parts = zip(notice.birth_date.split("-"), resident.birth_date.split("-"), strict=True)
    return any(told != known and "00" not in (told, known) for told, known in parts)


def _sexes_contradict(notice: IsaNotice, resident: Resident) -> bool:
    return notice.sex != resident.sex and Sex.UNKNOWN not in (notice.sex, resident.sex)


def _nationalities_contradict(notice: IsaNotice, resident: Resident) -> bool:
    return notice.nationality_region != resident.nationality_region


def _names_contradict(notice: IsaNotice, resident: Resident) -> bool:
    """Compare the names in each script in which both sides know one."""
    pairs = (
        (notice.name_roman, resident.name_roman),
        (notice.name_kanji, resident.name_kanji),
    )
    return any(
        told != known and folded(told) != folded(known) for told, known in pairs if told and known
    )


def folded(name: str) -> str:
    """Return *name* without what is only spelling; to compare with, never to keep.

    Case, width (NFKC), spaces, hyphens, dashes, apostrophes, middle dots and the variation
    selectors of kanji go. Everything else, the order of the parts too, is the name.
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    return _ONLY_SPELLING.sub("", plain)


def _statuses_contradict(notice: IsaNotice, resident: Resident) -> bool:
    return _differ(notice.get("status_of_residence"), resident.status_of_residence)


def _periods_contradict(notice: IsaNotice, resident: Resident) -> bool:
    told = _with_items(resident, notice)
    if resident.period_years is not None and _period(told) != _period(resident):
        return True
    return any(_differ(getattr(told, end), getattr(resident, end)) for end in _ENDS)


def _period(resident: Resident) -> tuple[str | None, int, int]:
    return resident.period_years, resident.period_months or 0, resident.period_days or 0


def _cards_contradict(notice: IsaNotice, resident: Resident) -> bool:
    return _differ(notice.get("card_number"), resident.card_number)


def _differ(told: str | None, known: str | None) -> bool:
    return told is not None and known is not None and told != known


_Checks = Mapping[ApplyReason, Callable[[IsaNotice, Resident], bool]]

_IDENTITY_CHECKS: Final[_Checks] = {
    ApplyReason.BIRTH_DATE_DIFFERS: _birth_dates_contradict,
    ApplyReason.SEX_DIFFERS: _sexes_contradict,
    ApplyReason.NATIONALITY_DIFFERS: _nationalities_contradict,
    ApplyReason.NAME_DIFFERS: _names_contradict,
}
_ITEM_CHECKS: Final[_Checks] = {
    ApplyReason.STATUS_DIFFERS: _statuses_contradict,
    ApplyReason.PERIOD_DIFFERS: _periods_contradict,
    ApplyReason.CARD_DIFFERS: _cards_contradict,
}


def _contradiction(notice: IsaNotice, resident: Resident, checks: _Checks) -> ApplyReason | None:
    """Return the first contradiction that the event of *notice* cannot resolve."""
    may_differ = MAY_DIFFER[notice.event_code]
    for reason, contradict in checks.items():
        if reason not in may_differ and contradict(notice, resident):
            return reason
    return None


def _change(notice: IsaNotice, resident: Resident) -> Change:
    operation = notice.operation_hint
    if operation is Operation.NOTE:
        return Change(operation, resident, resident)
    after = resident._replace(
        last_event_date=notice.event_date.isoformat(),
        last_issued_at=notice.issued_at.isoformat(),
        last_sequence=notice.sequence,
    )
    if operation is Operation.DELETION:
        return Change(operation, resident, after._replace(state=State.DELETED.value))
    return Change(operation, resident, _with_items(_with_identity(after, notice), notice))


def _with_items(resident: Resident, notice: IsaNotice) -> Resident:
    """Return *resident* with the items of the notice's category; those of another one end."""
    get = notice.get
    return resident._replace(
        art30_45_category=notice.art30_45_category.value,
        card_number=get("card_number"),
        status_of_residence=get("status_of_residence"),
        period_years=_text(get("period_years")),
        period_months=get("period_months"),
        period_days=get("period_days"),
        period_of_stay_expiration_date=_text(get("period_of_stay_expiration_date")),
        landing_period_until=_text(get("landing_period_until")),
        provisional_stay_until=_text(get("provisional_stay_until")),
    )


def _with_identity(resident: Resident, notice: IsaNotice) -> Resident:
    """Return *resident* with the notice's identity items, or with the better known ones."""
    told = resident._replace(
        name_roman=notice.name_roman,
        name_kanji=notice.name_kanji,
        birth_date=str(notice.birth_date),
        sex=notice.sex.value,
        nationality_region=notice.nationality_region,
    )
    if notice.event_code in _IS_ABOUT_IDENTITY:
        return told
    return told._replace(
        name_roman=told.name_roman or resident.name_roman,
        name_kanji=told.name_kanji or resident.name_kanji,
        birth_date=min(resident.birth_date, told.birth_date, key=_unknown_parts),
        sex=resident.sex if told.sex == Sex.UNKNOWN else told.sex,
    )


def _text(value: date | int | str | None) -> str | None:
    """Return *value* as the registry spells it; the text of a date is its ISO form."""
    return None if value is None else str(value)


def _unknown_parts(day: str) -> int:
    return day.count("-00")
