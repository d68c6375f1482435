"""One resident as the registry keeps them: the items that a notice can be compared with.

Fields are named and spelt like the items of docs/format/records.md, as text, because the
registry stores text; None means that the item is absent or unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum, unique
from typing import Final, NamedTuple


@unique
class State(StrEnum):
    """Whether the resident record is in force."""

    RESIDENT = "resident"
    """住民票: the person lives here."""

    MOVED_OUT = "moved_out"
    """消除 by a move; ``next_municipality_code`` says where to, if known."""

    DELETED = "deleted"
    """消除 for any other reason: departure, death, naturalisation, loss of status."""


class Resident(NamedTuple):
    """One row of the registry; the order of the fields is the order of its columns."""

    id: int
    state: str
    card_number: str | None
    art30_45_category: str
    name_roman: str | None
    name_kanji: str | None
    birth_date: str
    sex: str
    nationality_region: str
    status_of_residence: str | None
    period_years: str | None
    """``0`` to ``5``, or ``indefinite``, as the notice spells it."""
    period_months: int | None
    period_days: int | None
    period_of_stay_expiration_date: str | None
    landing_period_until: str | None
    provisional_stay_until: str | None
    address: str | None
    foreign_resident_since: str | None
    next_municipality_code: str | None
    last_event_date: str | None
    """``event_date`` of the last notice applied."""
    last_issued_at: str | None
    """``issued_at`` of the last notice applied; always ``+09:00``, so text order is time order."""
    last_sequence: int | None
    """``sequence`` of the last notice applied; orders notices of the same second."""


POPULATION_COLUMNS: Final = Resident._fields[1:]
"""Columns of a population file; every one but the required items may be missing or empty."""


class Found(NamedTuple):
    """A resident found by a card number, and whether that card is still the current one."""

    resident: Resident
    current: bool


def preferred(holders: Iterable[Found]) -> Found | None:
    """Return the one of the *holders* of one card that is meant; None where there is none.

    Current goes before former, in force before removed, newest first.
    """
    return min(holders, key=_preference, default=None)


def _preference(found: Found) -> tuple[bool, bool, int]:
    resident = found.resident
    return not found.current, resident.state != State.RESIDENT, -resident.id


FindByCard = Callable[[str], Found | None]
"""Finds by the current card first, then by earlier cards."""
