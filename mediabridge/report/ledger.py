"""The 媒体管理簿 of an office: the register of its media, and the record of their use.

The columns are those that by-laws on removable media ask for: number, label, product and date of
registration; who took it along and when, from where to where, what for, by whose permission, when
it was back and when it was erased. What only people know is left to be written by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediabridge.clock import to_rfc3339
from mediabridge.kinds import Kind
from mediabridge.locale import n_, said, text, translate
from mediabridge.media.trips import CarriageState, MediumRow, ServiceState, Trip
from mediabridge.report.period import Period
from mediabridge.report.times import Times
from mediabridge.report.workbook import Cell, Column, Sheet
from mediabridge.translog import events
from mediabridge.translog.events import Event

if TYPE_CHECKING:
    from mediabridge.stations.station import OpenStation

SHORT: Final = 8
"""Characters of a bundle's id that commands take and papers show."""

_CODES_SHOWN: Final = 20
"""Of the bundles on one trip; what a line of a sheet can show."""

_REGISTER: Final = (
    (n_("no."), 5),
    (n_("medium"), 12),
    (n_("label"), 18),
    (n_("device"), 20),
    (n_("serial number"), 20),
    (n_("capacity (bytes)"), 15),
    (n_("registered"), 15),
    (n_("registered by"), 13),
    (n_("routes"), 24),
    (n_("state"), 12),
    (n_("since"), 15),
    (n_("trips"), 7),
    (n_("Remarks"), 20),
)
_USE: Final = (
    (n_("no."), 5),
    (n_("medium"), 9),
    (n_("label"), 13),
    (n_("trip"), 5),
    (n_("issued"), 14),
    (n_("taken along by"), 11),
    (n_("from"), 10),
    (n_("to"), 11),
    (n_("purpose"), 13),
    (n_("bundles"), 10),
    (n_("records"), 6),
    (n_("permitted by"), 11),
    (n_("due"), 14),
    (n_("handed over"), 14),
    (n_("arrived"), 14),
    (n_("returned"), 14),
    (n_("erased"), 14),
    (n_("checked by (seal)"), 9),
)


@dataclass(frozen=True)
class Carried:
    """What is known of a bundle that was on a trip."""

    records: dict[str, int]
    approvers: tuple[str, ...]


def sheets(station: OpenStation, period: Period | None = None) -> tuple[Sheet, Sheet]:
    """Return the register of all media, and their use in *period*, or ever.

    The rows are read from the books of *station* when the sheets are written, while it is open.
    """
    times = Times.of(station)
    made = times.written(everything_until(station))
    about = f"{text('Media of station {station}', station=station.id)}, {made}"
    return (
        Sheet(text("Register of media"), _columns(_REGISTER), _registered(station, times), about),
        Sheet(
            text("Use of media"), _columns(_USE), _numbered(_uses(station, times, period)), about
        ),
    )


def _columns(named: Iterable[tuple[str, int]]) -> tuple[Column, ...]:
    return tuple(Column(translate(name), width) for name, width in named)


def _numbered(rows: Iterable[Iterable[Cell]]) -> Iterator[tuple[Cell, ...]]:
    for number, row in enumerate(rows, 1):
        yield (number, *row)


def _registered(station: OpenStation, times: Times) -> Iterator[tuple[Cell, ...]]:
    for number, (row, trips) in enumerate(station.books.media.with_trips(), 1):
        device = " ".join(name for name in (row.vendor, row.product) if name)
        routes = "\n".join(f"{sender} > {receiver}" for sender, receiver in row.directions)
        known = row.serial is not None
        since = None if row.state is ServiceState.IN_SERVICE else times.local(row.state_at)
        yield (
            *(number, row.medium, row.label, device, row.serial, row.capacity),
            *(times.local(row.registered_at), row.registered_by),
            routes or (text("every route") if known else None),
            *(translate(row.state.sentence), since, len(trips), None),
        )


def _uses(station: OpenStation, times: Times, period: Period | None) -> Iterator[tuple[Cell, ...]]:
    carried = knowing(station)
    for row, trips in station.books.media.with_trips():
        for trip in reversed(trips):
            if period is None or _within(period, trip):
                erased = times.local(_erased(station, row.medium, trip))
                yield (*_use(row, trip, map(carried, trip.bundles), times), erased, None)


def _within(period: Period, trip: Trip) -> bool:
    """Tell whether any of *trip* lies within *period*."""
    begun = trip.issued_at or trip.arrived_at or ""
    return begun < period.ends and (trip.returned_at or period.ends) >= period.begins


def _use(row: MediumRow, trip: Trip, carried: Iterable[Carried], times: Times) -> tuple[Cell, ...]:
    records: Counter[str] = Counter()
    approvers: set[str] = set()
    for each in carried:
        records.update(each.records)
        approvers.update(each.approvers)
    purpose = "\n".join(str(said(Kind(kind))) for kind in sorted(records) if records[kind])
    local = times.local
    return (
        *(row.medium, row.label, trip.trip or None, local(trip.issued_at), trip.holder),
        *(trip.route_from, trip.route_to, purpose or None, codes(trip.bundles)),
        *(records.total(), "\n".join(sorted(approvers)), local(_due(trip))),
        *(local(trip.handed_over_at), local(trip.arrived_at), local(trip.returned_at)),
    )


def knowing(station: OpenStation) -> Callable[[str], Carried]:
    """Return what tells of a bundle what the books and the logs of both stations know."""
    logs = [(log, log.size()) for log in (station.log, *station.mirrors())]

    def tell(bundle: str) -> Carried:
        known = station.books.bundle(bundle)
        records = dict(known.summary.get("records", {})) if known else {}
        about = (
            events.parse(data, log.station)
            for log, size in logs
            for data in log.about(bundle, size)
        )
        approvers = {each.actor for each in about if each.event is Event.BUNDLE_APPROVED}
        return Carried(records, tuple(sorted(approvers)))

    return tell


def codes(bundles: Iterable[str]) -> str:
    """Return the short codes of *bundles*, one a line; of very many the first."""
    short = [bundle[:SHORT] for bundle in bundles]
    more = len(short) - _CODES_SHOWN
    if more > 0:
        short[_CODES_SHOWN:] = [text("and {count} more", count=more)]
    return "\n".join(short)


def _due(trip: Trip) -> str | None:
    return to_rfc3339(trip.due) if trip.due else None


def _erased(station: OpenStation, medium: str, trip: Trip) -> str | None:
    """Return when the last of what the trip carried was erased; None while any is there."""
    copies = [
        copy
        for bundle in trip.bundles
        for copy in station.books.media.carriages(bundle=bundle, medium=medium)
    ]
    if not copies or any(copy.state is not CarriageState.ERASED for copy in copies):
        return None
    return max(copy.finished_at or "" for copy in copies) or None


def everything_until(station: OpenStation) -> str:
    """Return the time of the newest entry of the log of *station*: when its papers were made.

    So the same log makes the same papers, whenever it is asked.
    """
    size = station.log.size()
    newest = next(iter(station.log.entries(size - 1, size)))
    return events.parse(newest, station.id).time
