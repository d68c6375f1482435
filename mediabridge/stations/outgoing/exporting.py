"""The clerk's one step at the end of the morning: everything that waits goes onto one stick.

The stages are those that can be taken one by one; what is particular here is that the
step goes on from wherever an earlier one ended, and uses one visit of the stick for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from mediabridge.errors import (
    ApprovalError,
    BundleError,
    HashMismatchError,
    MediabridgeError,
    NothingToSealError,
    OrderError,
    OutboxChangedError,
    SamePersonError,
)
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.clerks import AtDesk
from mediabridge.stations.outgoing.approving import Approver, approve_shown, look_at
from mediabridge.stations.outgoing.recovering import review_approvals
from mediabridge.stations.outgoing.releasing import examine, write_bundle
from mediabridge.stations.outgoing.riding import ride_again
from mediabridge.stations.outgoing.sealing import seal_bundle, still_waiting
from mediabridge.stations.outgoing.underway import under_way
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks import visits
from mediabridge.stations.sticks.visits import Medium


@dataclass
class Exported:
    """What one export came to."""

    written: list[BundleRow] = field(default_factory=list)
    """Written to the stick and read back."""
    again: list[BundleRow] = field(default_factory=list)
    """Written once more, since no receipt for them is in."""
    waiting: list[BundleRow] = field(default_factory=list)
    """Sealed, and still to be approved by an officer."""
    refused: list[Refused] = field(default_factory=list)
    """Could not be shown or could not go, each for a reason of its own."""


@dataclass(frozen=True)
class Refused:
    """A bundle that stays, and why."""

    row: BundleRow
    error: MediabridgeError


def seal_or_go_on(
    station: OpenStation, clerk: AtDesk, *, receiver: str | None = None, empty: bool = False
) -> None:
    """Seal what waits; with nothing to seal, go on with what was sealed earlier.

    Raises:
        NothingToSealError: nothing waits, and nothing is under way either.
    """
    try:
        row = seal_bundle(station, clerk, receiver=receiver, empty=empty)
        # What one bundle may not hold: a full population goes alone, after the news.
        while still_waiting(station, row.receiver):
            row = seal_bundle(station, clerk, receiver=row.receiver)
    except NothingToSealError:
        # A bundle sealed earlier may still wait for approval or for its medium.
        if not under_way(station):
            raise


def seal_everything(station: OpenStation, clerk: AtDesk) -> None:
    """Seal what waits for each receiver, by stick and by line.

    Raises:
        NothingToSealError: nothing waits for any, and nothing is under way either.
    """
    along = [each for each in station.receivers() if station.by_line(each)]
    for receiver in along:
        while still_waiting(station, receiver):
            seal_bundle(station, clerk, receiver=receiver)
    if len(along) < len(station.receivers()) or not (along and under_way(station)):
        seal_or_go_on(station, clerk)


def in_state(station: OpenStation, state: BundleState, named: str | None = None) -> list[BundleRow]:
    """Return the bundles in *state* that go onto a stick; those to *named*, if somebody did."""
    rows = station.books.bundles_in(state)
    return [row for row in rows if station.by_stick(row.receiver, named)]


def approve_all(
    station: OpenStation, approver: Approver, done: Exported, *, named: str | None = None
) -> None:
    """Have every sealed bundle approved, oldest first; the first that is declined ends it.

    One that cannot be shown, or that this officer may not approve, is noted in *done*.
    """
    for row in in_state(station, BundleState.SEALED, named):
        shown = None
        with _noted(done, row, BundleError, OutboxChangedError):
            shown = look_at(station, row.bundle)
        if shown is not None:
            officer = approver(shown)
            with _noted(done, row, OutboxChangedError, SamePersonError):
                approve_shown(station, shown, officer)


def write_all(
    station: OpenStation,
    find: Callable[[], Medium],
    done: Exported,
    clerk: AtDesk,
    *,
    named: str | None = None,
) -> None:
    """Write every approved bundle in one visit of the stick that *find* finds, and let it go.

    What has no receipt yet goes once more with them, as far as there is room.
    With nothing to write no stick is asked for. What cannot go is noted in *done*. What goes by the
    line stays, unless its receiver was *named*: then nothing else is written.
    """
    review_approvals(station)
    ready = []
    for row in in_state(station, BundleState.APPROVED, named):
        with _noted(done, row, ApprovalError, BundleError, OrderError):
            examine(station, row)
            ready.append(row)
    if not ready:
        return
    visit = visits.recognise(station, find())
    for row in ready:
        # Its own copy has gone bad; whatever else goes wrong now is the stick's.
        with _noted(done, row, HashMismatchError):
            done.written.append(write_bundle(station, row, visit, clerk))
    done.again = ride_again(station, visit, clerk, named=named)
    visits.finish(station, visit)


@contextmanager
def _noted(done: Exported, row: BundleRow, *reasons: type[MediabridgeError]) -> Iterator[None]:
    """Note what keeps this one bundle; what is wrong with officer or stick goes on upwards."""
    try:
        yield
    except reasons as error:
        done.refused.append(Refused(row, error))
