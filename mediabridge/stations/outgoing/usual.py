"""What of a bundle is unusual on its route: an officer has to see it beside the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from mediabridge.bundle.manifest import Summary
from mediabridge.config import USUAL_BUNDLES, USUAL_ENOUGH, USUAL_FACTOR
from mediabridge.records.events import ISA_EVENTS, MUNICIPAL_EVENTS
from mediabridge.records.values import Operation
from mediabridge.stations.books import BundleRow
from mediabridge.stations.station import OpenStation

_DELETING = frozenset(
    event.code
    for table in (ISA_EVENTS, MUNICIPAL_EVENTS)
    for event in table.values()
    if Operation.DELETION in event.operations
)


@dataclass(frozen=True)
class Unusual:
    """What an officer should not overlook; empty where nothing is."""

    deleting: Mapping[str, int]
    """How many records have a reason that can delete somebody from the register."""
    days: int
    """With how many earlier bundles of the route it was compared; 0 where there are too few."""
    events: Mapping[str, tuple[int, int]]
    """Reasons of which there are far more than ever among those days: how many, and the most."""
    records: tuple[int, int, int] | None
    """How many records, and the fewest and the most of those days, when far outside of them."""


def unusual(station: OpenStation, row: BundleRow, summary: Summary) -> Unusual:
    """Compare *summary* with what the route of *row* carried before it."""
    return compared(summary, [each.summary for each in _days_before(station, row)])


def compared(summary: Summary, before: Sequence[Mapping[str, Mapping[str, int]]]) -> Unusual:
    """Compare *summary* with the summaries *before* it, of bundles that held records."""
    if summary.software:
        # It holds no records, and no day is like it.
        return Unusual({}, len(before) or 1, {}, None)
    deleting = {code: n for code, n in sorted(summary.events.items()) if code in _DELETING and n}
    if len(before) < (USUAL_ENOUGH if summary.as_of is None else 1):
        return Unusual(deleting, 0, {}, None)
    events = {
        code: (count, most)
        for code, count in sorted(summary.events.items())
        for most in [max(day["events"].get(code, 0) for day in before)]
        if count > USUAL_FACTOR * most
    }
    days = [sum(day["records"].values()) for day in before]
    count, fewest, most = sum(summary.records.values()), min(days), max(days)
    far = count > USUAL_FACTOR * most or count * USUAL_FACTOR < fewest
    return Unusual(deleting, len(before), events, (count, fewest, most) if far else None)


def _days_before(station: OpenStation, row: BundleRow) -> list[BundleRow]:
    days = (
        each
        for each in station.books.before(row.sender, row.receiver, row.seq)
        if each.records
        # A full population is compared with those before it, and a day with days.
        and ("as_of" in each.summary) is ("as_of" in row.summary)
    )
    return list(islice(days, USUAL_BUNDLES))
