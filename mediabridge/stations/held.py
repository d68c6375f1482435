"""What waits for a person's decision, as the clerk beside the register has to see it.

The one view with residents' data in it. It is made for a screen of the registry station;
nothing of it goes into a log, a file or a receipt.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediabridge.errors import RecordNotHeldError, UsageError
from mediabridge.kinds import Kind
from mediabridge.locale import text
from mediabridge.locale.spoken import Spoken
from mediabridge.records.fields import FIELDS
from mediabridge.stations.registry import RegistryStation
from mediabridge.stations.station import OpenStation

if TYPE_CHECKING:
    from mediabridge.apply.journal import HeldNotice


@dataclass(frozen=True)
class Item:
    """One item of a notice beside the same item of the register."""

    identifier: str
    """The field of an ``isa_notice``."""

    notice: str
    """As it arrived, not folded or converted; ``""`` where the notice has none."""

    register: str | None
    """As the register has it; None where it keeps no such item, or nobody was found."""

    @property
    def differs(self) -> bool:
        """Whether the register has another spelling or value, or none."""
        return self.register is not None and self.notice != self.register


@dataclass(frozen=True)
class Held:
    """One notice that waits, and why."""

    record: str
    event: str
    bundle: str
    held_at: str
    reason: Spoken
    found: bool
    """Whether one of its card numbers is, or was, a resident's."""

    items: tuple[Item, ...]


def waiting(station: OpenStation) -> Iterator[Held]:
    """Yield what waits at the registry *station*, oldest bundle first.

    Raises:
        UsageError: the station has no register.
    """
    if not isinstance(station, RegistryStation):
        detail = text("held notices are looked at on the registry station")
        raise UsageError(detail=detail)
    yield from (_view(each) for each in station.registry.held())


def chosen(station: OpenStation, record: str) -> Held:
    """Return the notice that waits under the number *record*; the newest, if it came twice.

    Raises:
        RecordNotHeldError: none does.
        UsageError: the station has no register.
    """
    fitting = [each for each in waiting(station) if each.record == record]
    if not fitting:
        raise RecordNotHeldError(record=record[:40])
    return fitting[-1]


def _view(held: HeldNotice) -> Held:
    notice, resident = held.notice, held.resident
    known = {} if resident is None else resident._asdict()
    items = []
    for identifier in FIELDS[Kind.ISA_NOTICE]:
        arrived = _shown(notice.get(identifier))
        register = _shown(known[identifier]) if identifier in known else None
        if arrived or register:
            items.append(Item(identifier, arrived, register))
    return Held(
        notice.record_id,
        _shown(notice.event_code),
        held.bundle_id,
        held.held_at,
        held.reason,
        resident is not None,
        tuple(items),
    )


def _shown(value: object) -> str:
    return "" if value is None else str(value)
