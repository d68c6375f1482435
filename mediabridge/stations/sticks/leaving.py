"""Whether a stick may leave, or stays plugged in for the answer that is still to be written."""

from __future__ import annotations

from mediabridge.media.states import MediumState
from mediabridge.stations.books import BundleState
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks.visits import Visit, finish


def let_go(station: OpenStation, visit: Visit, *, done: bool = False) -> bool:
    """Switch the stick off unless an answer is still to come; return whether it is safe now.

    *done* says that the answer was just written.
    """
    if done or not _awaits_answer(station, visit):
        return finish(station, visit)
    station.tell(MediumState.READY, medium=visit.shown)
    return False


def _awaits_answer(station: OpenStation, visit: Visit) -> bool:
    """Tell whether something is still to be written to this stick before it goes on."""
    sealed = station.books.bundles_in(BundleState.SEALED)
    if any(station.by_stick(row.receiver) for row in sealed):
        return True
    trip = station.books.media.open_trip(visit.medium) if visit.medium else None
    if trip is None or trip.route_to != station.id:
        return False
    return bool(station.books.due_receipts(trip.route_from))
