"""Everything that a stick brought: taken, its arrival noted, and what has arrived erased."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from mediabridge.errors import (
    AlreadyAppliedError,
    BundleParkedError,
    MediabridgeError,
    MediumError,
    NothingOnMediumError,
)
from mediabridge.media.states import MediumState
from mediabridge.stations import setback
from mediabridge.stations.clerks import AtDesk
from mediabridge.stations.incoming.sorting import import_medium
from mediabridge.stations.incoming.taking import Taken, Taker
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks import custody, tidying
from mediabridge.stations.sticks.visits import Visit

Note = Callable[[Taken], object]
"""Is told each bundle as soon as it is taken; what comes after it may still fail."""


def take_all(
    station: OpenStation, taker: Taker, visit: Visit, clerk: AtDesk, *, note: Note
) -> None:
    """Take every new bundle on the stick, then erase what has arrived at the other side.

    With nothing new, what an earlier visit did not come to is done all the same. What is to go on
    to a third station is passed on, also when a bundle after it is refused.

    Raises:
        NothingOnMediumError, AlreadyAppliedError: there was nothing new.
        BundleParkedError: what is on it is kept until the numbers before it come.
        StationSetBackError: all was taken, and this station lacks numbers that its peer has.
        MediabridgeError: as :func:`~mediabridge.stations.incoming.sorting.import_medium`.
    """
    try:
        _take_all(station, taker, visit, clerk, note)
    except MediabridgeError:
        station.pass_on()
        raise
    station.pass_on()


def _take_all(station: OpenStation, taker: Taker, visit: Visit, clerk: AtDesk, note: Note) -> None:
    try:
        # Closed whatever happens to the note: an import that is only suspended keeps its mount.
        with closing(import_medium(station, taker, visit, clerk)) as takes:
            for taken in takes:
                note(taken)
    except (AlreadyAppliedError, NothingOnMediumError) as nothing_new:
        if isinstance(nothing_new, AlreadyAppliedError):
            custody.note_missed_arrival(station, visit, operator=clerk.name)
        tidying.settle(station, visit, operator=clerk.name)
        raise
    except BundleParkedError:
        # What came early came all the same: the stick has done its work.
        custody.note_arrival(station, visit, operator=clerk.name)
        tidying.settle(station, visit, operator=clerk.name)
        raise
    custody.note_arrival(station, visit, operator=clerk.name)
    tidying.settle(station, visit, operator=clerk.name)
    setback.report(station)


@contextmanager
def left_plugged_in(station: OpenStation, visit: Visit) -> Iterator[None]:
    """Say that the stick is ready when what it carries is refused: it is not read any more.

    A stick that failed itself has been told as what it is.
    """
    try:
        yield
    except MediumError:
        raise
    except MediabridgeError:
        station.tell(MediumState.READY, medium=visit.shown)
        raise
