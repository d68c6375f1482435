"""What stands on the desk: the sticks that are plugged in, and what is left to do for them.

Each stick is served once when it is plugged in. One that has to stay, because its answer
is not written yet, is gone on with as soon as another command has changed the books.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from mediabridge.errors import MediabridgeError, StationBusyError, machine_error
from mediabridge.media import policy
from mediabridge.media.device import UsbDevice
from mediabridge.media.states import MediumState, StateReport, report
from mediabridge.media.watching import Snapshot
from mediabridge.stations.desk import Desk
from mediabridge.stations.home import Home
from mediabridge.stations.serving import Served, go_on, serve
from mediabridge.stations.sticks import choosing, finding, visits


class Screen(Protocol):
    """Where it is told what happens at the desk."""

    def state(self, seen: StateReport) -> None:
        """Tell what a medium is now."""

    def done(self, served: Served) -> None:
        """Tell what was done for a stick; also when it failed afterwards."""

    def ended(self, served: Served, station: str) -> None:
        """Tell that the visit of a stick at *station* is over, or that it waits plugged in."""

    def refused(self, error: MediabridgeError) -> None:
        """Tell why it ended otherwise."""


class Watcher:
    """Does for every stick what it came for; :meth:`notice` is called with every snapshot."""

    def __init__(
        self, home: Home, opened: Callable[[], Desk], screen: Screen, *, operator: str | None = None
    ) -> None:
        """Watch over the station at *home*, which *opened* returns, not entered yet.

        The station is entered only while there is something to do; others may use it
        meanwhile.
        """
        self._home = home
        self._opened = opened
        self._screen = screen
        self._operator = operator
        self._seen: Snapshot | None = None
        self._refused_before: frozenset[UsbDevice] = frozenset()
        self._waiting: Served | None = None
        self._books = 0
        self._let_go = False
        """Whether the last stick was switched off: it vanishes before anybody pulls it out."""
        self.is_busy = False
        """Whether something is being done with a stick; only then is stopping an interruption."""

    def notice(self, snapshot: Snapshot) -> None:
        """Act on what is plugged in now; to be called also when nothing has changed."""
        self.is_busy = True
        try:
            if snapshot != self._seen:
                before, self._seen = self._seen, snapshot
                self._refuse_newcomers(snapshot.newcomers)
                # A mouse beside a stick that waits is no reason to read the stick again.
                if before is None or before.media != snapshot.media or not snapshot.media:
                    self._waiting = None
                    self._serve(snapshot)
            elif self._waiting is not None and self._books_changed():
                self._go_on(self._waiting)
        except StationBusyError:
            # Another command works here; this stick's turn comes at the next tick.
            self._seen, self._books = (self._seen if self._waiting else None), 0
        except (MediabridgeError, OSError) as error:
            # A full disk ends this stick's turn, not the watch: with room, the stick comes again.
            self._waiting = None
            told = machine_error(error, self._home.root) if isinstance(error, OSError) else error
            self._screen.refused(told)
        self.is_busy = False

    def _serve(self, snapshot: Snapshot) -> None:
        if not snapshot.media:
            if not (snapshot.newcomers or self._let_go):
                self._screen.state(report(MediumState.NO_MEDIUM))
            return
        self._let_go = False
        with self._opened() as station:
            visit = choosing.choose(station, finding.slots_for(snapshot.media))
            self._attend(station, Served(visit), serve)

    def _refuse_newcomers(self, devices: Sequence[UsbDevice]) -> None:
        """Say and log what was plugged in and is no stick at all, such as a keyboard; once."""
        for device in devices:
            seen = policy.judge_device(device)
            if seen is not None and device not in self._refused_before:
                with self._opened() as station:
                    visits.note_refused(station, device, seen)
        self._refused_before = frozenset(devices)

    def _go_on(self, waiting: Served) -> None:
        with self._opened() as station:
            if station.for_sticks():
                self._attend(station, Served(waiting.visit), go_on)

    def _attend(self, station: Desk, served: Served, step: Callable[..., None]) -> None:
        """Take *step* for the stick and tell what came of it, as far as it got."""
        try:
            step(station, served, operator=self._operator)
        finally:
            self._let_go = served.safe
            self._screen.done(served)
        self._waiting = None if served.safe else served
        self._books_changed()
        self._screen.ended(served, station.id)

    def _books_changed(self) -> bool:
        """Tell whether another command has worked at this station meanwhile."""
        before, self._books = self._books, self._home.books.stat().st_mtime_ns
        return before != self._books
