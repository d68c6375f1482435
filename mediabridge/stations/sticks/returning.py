"""A stick that comes back: does it still hold what was written to it, by the books?

Reading back proves what a stick answers while it has power. One whose cache lies answers
well and forgets everything when it is pulled out; only the next insertion can tell (ADR
0007). Then the copy counts no more, and the bundle is written again.
"""

from __future__ import annotations

from typing import NoReturn

from mediabridge.config import LIMITS
from mediabridge.errors import ReadBackError
from mediabridge.locale import text
from mediabridge.media.trips import Carriage, CarriageState
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks.visits import Visit, note_failure
from mediabridge.translog.events import Event
from mediabridge.translog.recovery import Recovery


def copies(station: OpenStation, visit: Visit) -> list[Carriage]:
    """Return the whole copies that are on the stick as far as the books know."""
    # A folder without a number may be another one every time.
    if not visit.medium:
        return []
    return station.books.media.carriages(medium=visit.medium, state=CarriageState.WRITTEN)


def compare(station: OpenStation, visit: Visit, whole: set[str], parts: set[str]) -> None:
    """Bring the books in line with a stick that holds *whole* bundles, and *parts* of some.

    What is on its way has to be whole: a stick that forgot only the last rename brings
    nothing either. What has arrived is gone when no part of it is left.

    Raises:
        ReadBackError: it forgot one that has not arrived yet; another stick gets it.
    """
    known = [station.books.bundle(each.bundle) for each in copies(station, visit)]
    rows = [row for row in known if row is not None and row.bundle not in whole]
    for row in rows:
        if row.state is BundleState.DELIVERED and row.bundle not in parts:
            _note_gone(station, visit, row)
    forgotten = [row for row in rows if row.state is BundleState.WRITTEN]
    if forgotten:
        _refuse_forgetful(station, visit, forgotten)


def _note_gone(station: OpenStation, visit: Visit, row: BundleRow) -> None:
    """Close the copy on a stick that was pulled out at the very end of an erasing."""
    station.record(
        Event.JOURNEY_RECOVERED,
        bundle=row.bundle,
        reason=Recovery.DELIVERED_COPY_GONE,
        **visit.facts,
    )
    with station.books.transaction():
        station.books.media.erase_carriage(row.bundle, visit.medium, station.now())


def _refuse_forgetful(station: OpenStation, visit: Visit, rows: list[BundleRow]) -> NoReturn:
    """Say and log it first; whoever is interrupted in between finds it again."""
    error = ReadBackError(
        name=text("bundle number {seq}", seq=", ".join(str(row.seq) for row in rows))
    )
    bundles = [row.bundle for row in rows][: LIMITS.log_list_items]
    note_failure(station, visit, error, {"bundles": bundles, "bundle_count": len(rows)})
    with station.books.transaction():
        for row in rows:
            _write_again(station, visit, row)
    raise error


def _write_again(station: OpenStation, visit: Visit, row: BundleRow) -> None:
    """Take the copy off the books."""
    register = station.books.media
    register.fail_carriage(row.bundle, visit.medium, station.now(), ReadBackError.reason)
    await_writing(station, row.bundle)


def await_writing(station: OpenStation, bundle: str) -> None:
    """Have *bundle* written to the next stick if it has not arrived and no copy is whole.

    To be called, in the same transaction, wherever a whole copy comes off the books.
    """
    row = station.books.bundle(bundle)
    if row is None or row.state is not BundleState.WRITTEN:
        return
    if not station.books.media.carriages(bundle=bundle, state=CarriageState.WRITTEN):
        station.books.set_state(bundle, BundleState.APPROVED)
