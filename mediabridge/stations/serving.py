"""Everything a stick came for, in one go: put in order, take in, write, let go.

This is what ``mediabridge watch`` does when somebody plugs a stick in, so that a clerk
types nothing: what an interrupted journey left is cleaned up first, then what came in is
taken, what has arrived is erased, what is approved is written, and the stick is switched
off. At the far end of a trip, and while a bundle waits for approval, the stick stays in:
the answer is written as soon as it is approved (:func:`go_on`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from mediabridge.errors import (
    AlreadyAppliedError,
    BundleParkedError,
    MediabridgeError,
    MediumError,
    NothingOnMediumError,
    StationRestoredError,
)
from mediabridge.stations.books import BundleRow
from mediabridge.stations.clerks import AtDesk, at_desk
from mediabridge.stations.desk import Desk
from mediabridge.stations.incoming import importing
from mediabridge.stations.incoming.taking import Taken
from mediabridge.stations.outgoing import recovering, releasing
from mediabridge.stations.outgoing.riding import ride_again
from mediabridge.stations.sticks import leaving, tidying, visits
from mediabridge.stations.sticks.visits import Visit


@dataclass
class Served:
    """What one stick's visit came to."""

    visit: Visit
    cleaned: list[str] = field(default_factory=list)
    """Bundles of which an unfinished copy was removed."""
    taken: list[Taken] = field(default_factory=list)
    written: list[BundleRow] = field(default_factory=list)
    again: list[BundleRow] = field(default_factory=list)
    """Written once more, since no receipt for them is in."""
    continued: list[BundleRow] = field(default_factory=list)
    """Those among the written whose writing had broken off, here or on another stick."""
    repeated: bool = False
    """Whether something on it had been taken before."""
    safe: bool = False
    """Whether it may be pulled out now."""

    @property
    def is_empty(self) -> bool:
        """Whether it brought nothing and nothing was written to it."""
        done = self.cleaned or self.taken or self.written or self.again
        return not (done or self.repeated)


def serve(station: Desk, served: Served, *, operator: str | None = None) -> None:
    """Do for the recognised stick everything there is to do; see the module.

    *served* is filled in as it is done, so that what was taken is told even when the
    stick fails afterwards.

    Raises:
        MediumError: the stick failed; plugging it in again continues.
        MediabridgeError: a bundle on it was refused; the stick is switched off all the same.
    """
    with _let_go_if_refused(station, served):
        _take_and_write(station, served, at_desk(station, operator))


def _take_and_write(station: Desk, served: Served, clerk: AtDesk) -> None:
    served.cleaned = tidying.remove_unfinished(station, served.visit)
    early: BundleParkedError | None = None
    try:
        importing.take_all(station, station, served.visit, clerk, note=served.taken.append)
    except NothingOnMediumError:
        pass
    except AlreadyAppliedError:
        served.repeated = True
    except BundleParkedError as error:
        # It is kept; the stick goes on as if it had brought nothing else.
        early = error
    try:
        _write_and_let_go(station, served, clerk)
    except StationRestoredError:
        # What it waits for may be what came early: the number before that comes first.
        if early is None:
            raise
    if early is not None:
        raise early


def go_on(station: Desk, served: Served, *, operator: str | None = None) -> None:
    """Write what is approved; let the stick go unless an answer is still to come."""
    with _let_go_if_refused(station, served):
        _write_and_let_go(station, served, at_desk(station, operator))


def _write_and_let_go(station: Desk, served: Served, clerk: AtDesk) -> None:
    recovering.review_approvals(station)
    kept: list[MediabridgeError] = []
    for row in station.for_sticks():
        broke_off = tidying.broke_off(station, row.bundle)
        try:
            releasing.examine(station, row)
        except MediabridgeError as error:
            # It stays, and is told when the others are on the stick.
            kept.append(error)
            continue
        served.written.append(releasing.write_bundle(station, row, served.visit, clerk))
        if broke_off:
            served.continued.append(served.written[-1])
    served.again = ride_again(station, served.visit, clerk)
    if kept:
        raise kept[0]
    served.safe = leaving.let_go(station, served.visit, done=bool(served.written or served.again))


@contextmanager
def _let_go_if_refused(station: Desk, served: Served) -> Iterator[None]:
    """Switch the stick off when what it carries is refused: nothing more is done with it.

    A stick that failed itself has been told as what it is.
    """
    try:
        yield
    except MediumError:
        raise
    except MediabridgeError:
        with suppress(MediumError):
            served.safe = visits.finish(station, served.visit)
        raise
