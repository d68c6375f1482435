"""Does a notice contradict a resident record? Pure comparisons; nothing is stored folded.

What one side does not know (the day of a birth date, sex 9, an absent item) contradicts
nothing. Names that differ in case, spaces, hyphens, apostrophes, width or the variant of a
kanji only are one name (:func:`folded`); the notice's spelling is entered.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from mediabridge.apply.changing import Told, items_of_category
from mediabridge.apply.resident import Resident
from mediabridge.records.model import IsaNotice
from mediabridge.records.values import Sex

_ONLY_SPELLING: Final = re.compile(
    r"[\s\-\u2010-\u2015\u2212'\u2018\u2019`\u30fb\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)

_ENDS: Final = (
    "period_of_stay_expiration_date",
    "landing_period_until",
    "provisional_stay_until",
)


def is_older(notice: IsaNotice, resident: Resident) -> bool:
    """Tell whether *notice* was issued before the last one entered in the record."""
    if resident.last_issued_at is None:
        return False
    issued_at = notice.issued_at.isoformat()
    if issued_at == resident.last_issued_at and resident.last_sequence is not None:
        return notice.sequence < resident.last_sequence
    return issued_at < resident.last_issued_at


def happened_before(notice: IsaNotice, resident: Resident) -> bool:
    """Tell whether its event happened before the last event entered in the record."""
    last = resident.last_event_date
    return last is not None and notice.event_date.isoformat() < last


def birth_dates_contradict(notice: Told, resident: Resident) -> bool:
    """Compare two partial dates as far as both are known; ``00`` is an unknown part."""
    if notice.birth_date == resident.birth_date:
        return False
    parts = zip(notice.birth_date.split("-"), resident.birth_date.split("-"), strict=True)
    return any(told != known and "00" not in (told, known) for told, known in parts)


def sexes_contradict(notice: Told, resident: Resident) -> bool:
    """Compare the sexes where both are known."""
    return notice.sex != resident.sex and Sex.UNKNOWN not in (notice.sex, resident.sex)


def nationalities_contradict(notice: Told, resident: Resident) -> bool:
    """Compare the nationalities or regions."""
    return notice.nationality_region != resident.nationality_region


def names_contradict(notice: Told, resident: Resident) -> bool:
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


def statuses_contradict(notice: IsaNotice, resident: Resident) -> bool:
    """Compare the statuses of residence where both are known."""
    return _differ(notice.get("status_of_residence"), resident.status_of_residence)


def periods_contradict(notice: IsaNotice, resident: Resident) -> bool:
    """Compare the periods of stay, and their ends, as far as both are known."""
    told = items_of_category(notice)
    if resident.period_years is not None and (
        told["period_years"] != resident.period_years
        or (told["period_months"] or 0) != (resident.period_months or 0)
        or (told["period_days"] or 0) != (resident.period_days or 0)
    ):
        return True
    return any(_differ(told[end], getattr(resident, end)) for end in _ENDS)


def cards_contradict(notice: IsaNotice, resident: Resident) -> bool:
    """Compare the card numbers where both have one."""
    return _differ(notice.get("card_number"), resident.card_number)


def _differ(told: str | None, known: str | None) -> bool:
    return told is not None and known is not None and told != known


def is_same_person(notice: Told, resident: Resident) -> bool:
    """Tell whether all identity items agree, none of them unknown, and a name in one script.

    That is reason enough to put the record before a person, and never more than that.
    """
    complete = "-00" not in notice.birth_date + resident.birth_date
    known = Sex.UNKNOWN not in (notice.sex, resident.sex)
    shared = (notice.name_roman and resident.name_roman) or (
        notice.name_kanji and resident.name_kanji
    )
    contradicting = (
        birth_dates_contradict,
        sexes_contradict,
        nationalities_contradict,
        names_contradict,
    )
    return bool(complete and known and shared) and not any(
        contradict(notice, resident) for contradict in contradicting
    )
