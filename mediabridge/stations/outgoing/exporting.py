"""The clerk's one step at the end of the morning: everything that waits goes onto one stick.

The stages are those that can be taken one by one; what is particular here is that the
step goes on from wherever an earlier one ended, and uses one visit of the stick for all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mediabridge.errors import NothingToSealError
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.outgoing.approving import Approver, have_approved
from mediabridge.stations.outgoing.releasing import write_bundle
from mediabridge.stations.outgoing.sealing import seal_bundle
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks import visits
from mediabridge.stations.sticks.visits import Medium

UNDER_WAY = (BundleState.SEALED, BundleState.APPROVED, BundleState.WRITTEN)
"""The states of an outgoing bundle that is not answered yet, in their order."""


@dataclass(frozen=True)
class Exported:
    """What one export came to."""

    written: list[BundleRow]
    """Written to the stick and read back."""
    waiting: list[BundleRow]
    """Sealed, and still to be approved by an officer."""


def under_way(station: OpenStation) -> list[BundleRow]:
    """Return the bundles that were sealed here and not answered yet, by state and number."""
    return [row for state in UNDER_WAY for row in station.books.bundles_in(state)]


def seal_or_go_on(station: OpenStation, *, operator: str, empty: bool = False) -> None:
    """Seal what waits; with nothing to seal, go on with what was sealed earlier.

    Raises:
        NothingToSealError: nothing waits, and nothing is under way either.
    """
    try:
        seal_bundle(station, operator=operator, empty=empty)
    except NothingToSealError:
        # A bundle sealed earlier may still wait for approval or for its medium.
        if not under_way(station):
            raise


def approve_all(station: OpenStation, approver: Approver) -> None:
    """Have every sealed bundle approved, oldest first; the first that is declined ends it."""
    for row in station.books.bundles_in(BundleState.SEALED):
        have_approved(station, row.bundle, approver)


def write_all(
    station: OpenStation, find: Callable[[], Medium], *, operator: str
) -> list[BundleRow]:
    """Write every approved bundle in one visit of the stick that *find* finds, and let it go.

    With nothing to write no stick is asked for.
    """
    ready = station.books.bundles_in(BundleState.APPROVED)
    if not ready:
        return []
    visit = visits.recognise(station, find())
    written = [write_bundle(station, row, visit, operator=operator) for row in ready]
    visits.finish(station, visit)
    return written
