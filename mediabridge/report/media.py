"""Media as a report counts them: their trips, what was written on them, and what failed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from mediabridge.media.trips import MediumRow
from mediabridge.report.lines import Lines, Refs
from mediabridge.report.model import LongTrip, MediumUse, Ref
from mediabridge.report.pending import Read
from mediabridge.report.transfers import seconds_between
from mediabridge.translog.events import Event

_SPOILT: Final = frozenset(
    {Event.MEDIUM_FAILED, Event.MEDIUM_REFUSED, Event.MEDIUM_LOST, Event.MEDIUM_RETIRED}
)
_MINUTE: Final = 60


@dataclass(slots=True)
class _Use:
    trips: int = 0
    bundles: int = 0
    bytes: int = 0
    failures: int = 0
    refs: Refs = field(default_factory=Refs)


@dataclass(slots=True)
class _Trip:
    issued: Read
    holder: str


class Media:
    """Follows trips in the order of time, and counts what media were used for in the period."""

    def __init__(self) -> None:
        """Begin with no medium."""
        self._uses: dict[str, _Use] = {}
        self._trips: dict[tuple[str, str, int], _Trip] = {}
        self._long: Lines[LongTrip] = Lines()

    def take(self, read: Read) -> None:
        """Note what *read* says of its medium, if of any."""
        if not read.medium:
            return
        trip = read.medium, read.route.sender, read.count("trip")
        match read.event:
            case Event.MEDIUM_ISSUED:
                self._trips[trip] = _Trip(read, str(read.facts.get("holder", "")))
            case Event.MEDIUM_HANDED_OVER if trip in self._trips:
                self._trips[trip].holder = str(read.facts.get("holder", ""))
            case Event.MEDIUM_RETURNED if trip in self._trips:
                self._end(self._trips.pop(trip), read)
            case Event.MEDIUM_LOST | Event.MEDIUM_RETIRED:
                for key in [each for each in self._trips if each[0] == read.medium]:
                    del self._trips[key]
        if read.inside:
            self._count(read)

    def _count(self, read: Read) -> None:
        use = self._uses.setdefault(read.medium, _Use())
        if read.event == Event.MEDIUM_ISSUED:
            use.trips += 1
        elif read.event == Event.BUNDLE_WRITTEN:
            use.bundles += 1
            use.bytes += read.count("bytes")
        elif read.event in _SPOILT:
            use.failures += read.event in {Event.MEDIUM_FAILED, Event.MEDIUM_REFUSED}
            use.refs.add(read.ref)

    def _end(self, trip: _Trip, returned: Read) -> None:
        if returned.inside:
            self._note(trip, returned.time, returned.time, (trip.issued.ref, returned.ref))

    def _note(self, trip: _Trip, until: str, returned: str, refs: tuple[Ref, ...]) -> None:
        issued = trip.issued
        planned = issued.count("planned_minutes")
        took = seconds_between(issued.time, until) // _MINUTE
        if planned and took > planned:
            route, number = issued.route, issued.count("trip")
            who = issued.medium, route, number, trip.holder
            self._long.add(LongTrip(*who, issued.time, returned, planned, took, refs))

    def long_trips(self, as_of: str) -> Lines[LongTrip]:
        """Return the trips that took longer than planned, and at last those still under way."""
        for trip in self._trips.values():
            self._note(trip, as_of, "", (trip.issued.ref,))
        return self._long

    def uses(self, register: Iterable[MediumRow]) -> tuple[MediumUse, ...]:
        """Return every medium that was used, or that the *register* has, by number."""
        rows = {row.medium: row for row in register}
        return tuple(
            _use(medium, rows.get(medium), self._uses.get(medium, _Use()))
            for medium in sorted(rows.keys() | self._uses.keys())
        )


def _use(medium: str, row: MediumRow | None, use: _Use) -> MediumUse:
    label = product = state = ""
    if row is not None:
        label = row.label or ""
        product = " ".join(each for each in (row.vendor, row.product) if each)
        state = row.state.value
    counts = use.trips, use.bundles, use.bytes, use.failures
    return MediumUse(medium, label, product, state, *counts, use.refs.first)
