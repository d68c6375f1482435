"""The visit of a medium as the pages show it: what the watcher told last."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from mediabridge.errors import StationBusyError
from mediabridge.media.states import MediumState
from mediabridge.records.result import Result
from mediabridge.stations.watching import Watcher

if TYPE_CHECKING:
    from mediabridge.errors import MediabridgeError
    from mediabridge.kiosk.pace import Pace
    from mediabridge.kiosk.session import Session
    from mediabridge.media.device import UsbDevice
    from mediabridge.media.states import StateReport
    from mediabridge.media.watching import Snapshot
    from mediabridge.stations.desk import Desk
    from mediabridge.stations.serving import Served


class Attendance:
    """Serves media by :class:`~mediabridge.stations.watching.Watcher`, as ``watch`` does.

    It outlives a page: a medium that waits for its answer is gone on with when an officer has
    approved it on another page.
    """

    def __init__(self, session: Session) -> None:
        """Attend to nothing yet, for whoever is signed in at *session*."""
        self.changed: Callable[[], None] = lambda: None
        self.pace: Pace | None = None
        self.seen: StateReport | None = None
        self.served: Served | None = None
        self.error: MediabridgeError | None = None
        """Why the visit ended otherwise."""
        self.is_over = False
        """Whether the visit is, or its medium waits plugged in."""
        self.waiting: Mapping[str, int] | None = None
        """How many notices wait for a decision, by their bundle; None as long as nobody looked."""
        self._session = session
        self._media: Sequence[UsbDevice] = ()
        self._watcher = Watcher(session.means.home, self._opened, self, operator=session.name)

    @property
    def is_out(self) -> bool:
        """Whether its medium was let go of, and nothing is plugged in any more."""
        served = self.served
        safe = served is not None and served.safe and self.is_over and self.error is None
        return safe and self._session.bus.is_empty

    def notice(self, snapshot: Snapshot) -> None:
        """Do what the media that are plugged in came for; see :meth:`Watcher.notice`."""
        self._media = snapshot.media
        self._watcher.notice(snapshot)

    def brought_held(self) -> bool:
        """Tell whether something that came with this medium was held for people here."""
        taken = self.served.taken if self.served else []
        return any(each.outcomes.get(Result.HELD) for each in taken if not each.compared)

    def count_held(self) -> bool:
        """Look how many still wait of what it brought; tell whether the station was free for it."""
        from mediabridge.stations import held

        with suppress(StationBusyError), self._session.station() as station:
            self.waiting = held.waiting_of(station) if held.keeps_register(station) else None
            return True
        return False

    def _opened(self) -> Desk:
        return self._session.station(show=self.state, progress=self.pace)

    # --- what the watcher tells: stations.watching.Screen ------------------------------

    def state(self, seen: StateReport) -> None:
        """Note what a medium is now; a new visit ends what was said of the one before."""
        if self.is_over and seen.state is not MediumState.NO_MEDIUM:
            self.is_over, self.served, self.error, self.waiting = False, None, None, None
        self.seen = seen
        self._session.hands.note(seen.state, self._media)
        self._session.medium = str(seen.facts.get("medium", ""))
        self.changed()

    def done(self, served: Served) -> None:
        """Note what was done for a medium, also when it failed afterwards."""
        self.served = served
        self.changed()

    def ended(self, served: Served, station: str) -> None:
        """Note that its visit is over, or that it waits plugged in."""
        del station
        self.served, self.is_over = served, True
        self.changed()

    def refused(self, error: MediabridgeError) -> None:
        """Note why it ended otherwise."""
        self.error, self.is_over = error, True
        self.changed()
