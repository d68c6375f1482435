"""What a resident record says once a notice is entered in it. Pure: a new record comes back."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from mediabridge.apply.resident import Resident, State
from mediabridge.records.events import IsaEvent
from mediabridge.records.model import IsaNotice, IsaPopulation
from mediabridge.records.values import Operation, Sex

Told = IsaNotice | IsaPopulation
"""What the immigration side says of a person: of one event, or of everybody at one time."""

_IS_ABOUT_IDENTITY: Final = frozenset({IsaEvent.N05, IsaEvent.N14, IsaEvent.N17})
"""Their identity items replace those of the record as they are; an absent spelling is gone."""


def entered(notice: IsaNotice, resident: Resident) -> Resident:
    """Return *resident* after *notice*; a note leaves it as it is.

    The last event is the latest one, also when an earlier one is entered after it.
    """
    operation = notice.operation_hint
    if operation is Operation.NOTE:
        return resident
    items: dict[str, Any] = {
        "last_event_date": max(notice.event_date.isoformat(), resident.last_event_date or ""),
        "last_issued_at": notice.issued_at.isoformat(),
        "last_sequence": notice.sequence,
    }
    if operation is Operation.DELETION:
        return resident._replace(**items, state=State.DELETED.value)
    about_identity = notice.event_code in _IS_ABOUT_IDENTITY
    identity = _as_told(notice) if about_identity else _better_known(resident, notice)
    return resident._replace(**items, **identity, **items_of_category(notice))


def with_items(resident: Resident, notice: Told) -> Resident:
    """Return *resident* with the items of the notice's category; those of another one end."""
    return resident._replace(**items_of_category(notice))


def items_of_category(notice: Told) -> dict[str, Any]:
    """Return what *notice* says of the items of its category, in the spelling of the registry."""
    get = notice.__dict__.get
    return {
        "art30_45_category": str(notice.art30_45_category),
        "card_number": get("card_number"),
        "status_of_residence": get("status_of_residence"),
        "period_years": _text(get("period_years")),
        "period_months": get("period_months"),
        "period_days": get("period_days"),
        "period_of_stay_expiration_date": _text(get("period_of_stay_expiration_date")),
        "landing_period_until": _text(get("landing_period_until")),
        "provisional_stay_until": _text(get("provisional_stay_until")),
    }


def all_items(notice: Told) -> dict[str, Any]:
    """Return what *notice* alone says of a person: identity, and the items of the category."""
    return _as_told(notice) | items_of_category(notice)


def better_known(resident: Resident, notice: Told) -> Resident:
    """Return *resident* with each identity item from whichever side knows it better."""
    return resident._replace(**_better_known(resident, notice))


def _better_known(resident: Resident, notice: Told) -> dict[str, Any]:
    told = _as_told(notice)
    return {
        "name_roman": told["name_roman"] or resident.name_roman,
        "name_kanji": told["name_kanji"] or resident.name_kanji,
        "birth_date": min(resident.birth_date, told["birth_date"], key=_unknown_parts),
        "sex": resident.sex if told["sex"] == Sex.UNKNOWN else told["sex"],
        "nationality_region": told["nationality_region"],
    }


def _as_told(notice: Told) -> dict[str, Any]:
    return {
        "name_roman": notice.name_roman,
        "name_kanji": notice.name_kanji,
        "birth_date": str(notice.birth_date),
        "sex": str(notice.sex),
        "nationality_region": notice.nationality_region,
    }


def _text(value: date | int | str | None) -> str | None:
    """Return *value* as the registry spells it; the text of a date is its ISO form."""
    return None if value is None else str(value)


def _unknown_parts(day: str) -> int:
    return day.count("-00")
