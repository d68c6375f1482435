"""Does a notice of the city say only what the agency told it? Pure.

A correction or deletion on the basis of a notice of the agency is not notified back
(入管法 61条の8の2 and what is laid down under it; from memory, not official). The register says
so itself: the last thing that was entered for the person is such a notice, of the same day
and operation, and everything in the city's notice stands in the record as it is since.
"""

from __future__ import annotations

from typing import Final

from mediabridge.apply.resident import Resident, State
from mediabridge.records.events import MunicipalEvent
from mediabridge.records.model import MunicipalNotice
from mediabridge.records.values import Operation

_EX_OFFICIO: Final = frozenset({MunicipalEvent.M11})
"""What the city enters by itself; everything else happened in the city."""

_STATES: Final = {
    Operation.CORRECTION: State.RESIDENT,
    Operation.DELETION: State.DELETED,
}
_OF_A_MOVE: Final = ("previous_address", "next_address", "next_municipality_code")
_SAME: Final = (
    "card_number",
    "art30_45_category",
    "name_roman",
    "name_kanji",
    "birth_date",
    "sex",
    "nationality_region",
)
_SAME_IF_TOLD: Final = ("address", "foreign_resident_since")


def is_echo(notice: MunicipalNotice, resident: Resident) -> bool:
    """Tell whether *notice* only repeats the agency's last notice about *resident*."""
    return (
        notice.event_code in _EX_OFFICIO
        and _STATES.get(notice.operation) == resident.state
        and resident.last_issued_at is not None
        and notice.event_date.isoformat() == resident.last_event_date
        and notice.processed_at.isoformat() >= resident.last_issued_at
        and not any(notice.get(name) for name in _OF_A_MOVE)
        and all(_text(notice.get(name)) == getattr(resident, name) for name in _SAME)
        and all(
            _text(notice.get(name)) in {None, getattr(resident, name)} for name in _SAME_IF_TOLD
        )
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
