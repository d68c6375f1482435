"""What ``watch`` does between two sticks: take in from the door, seal, use the line, put out.

Nothing of it needs a person: files are collected, what waits is sealed for an officer to approve,
what came is put where another system fetches it. Each is tried by itself, so that one that cannot
be done, such as sealing at a station that came from a backup, keeps no other; and is left alone
for a while afterwards. The schedule goes by the machine's clock: a wrong one lets something be
sealed at another time, and order comes from numbers.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from mediabridge.clock import Clock, to_rfc3339
from mediabridge.config import WATCH_RETRY_SECONDS
from mediabridge.errors import MediabridgeError, StationBusyError, machine_error
from mediabridge.stations import watched
from mediabridge.stations.books import BundleRow
from mediabridge.stations.desk import Desk
from mediabridge.stations.home import Home, zone_of_screens
from mediabridge.stations.outgoing.sealing import still_waiting
from mediabridge.stations.schedule import newest_moment
from mediabridge.stations.settings import Settings
from mediabridge.stations.transport.door import Door
from mediabridge.stations.transport.handing import put_out
from mediabridge.stations.transport.picking import Picked, pick_up

if TYPE_CHECKING:
    from mediabridge.stations.line.syncing import Synced


class Told(Protocol):
    """Where it is told what was done."""

    def picked(self, picked: Picked) -> None:
        """Tell that a file of the door was taken in, or refused."""

    def sealed(self, row: BundleRow) -> None:
        """Tell that a bundle was sealed; it may wait for an officer."""

    def put_out(self, name: str) -> None:
        """Tell that what came for the other system lies in the door."""

    def synced(self, done: Synced) -> None:
        """Tell what one time over the line came to, where it came to anything."""

    def refused(self, error: MediabridgeError) -> None:
        """Tell why something could not be done; once, until it can be done again."""


@dataclass
class _Chore:
    """One thing that is done again and again."""

    do: Callable[[], None]
    later: float = 0.0
    """Until when it is left alone."""
    reason: str = ""
    """Why it could not be done last; empty if it could."""


class Chores:
    """Does what is to be done; :meth:`look` is called with every tick."""

    def __init__(
        self,
        home: Home,
        opened: Callable[[], Desk],
        told: Told,
        rules: Settings,
        *,
        clock: Clock,
        operator: str | None = None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Look after the station at *home*, which *opened* returns, not entered yet."""
        self._home, self._opened, self._told = home, opened, told
        self._rule = rules.watch
        self._clock, self._operator, self._seconds = clock, operator, seconds
        self._zone = zone_of_screens(home)
        self._books: dict[str, int] = {}
        door = Door(rules.transport) if rules.transport else None
        picking = [_Chore(partial(self._pick, door))] if door else []
        sealing = [_Chore(self._seal)] if rules.watch.seal != "never" else []
        putting = [_Chore(partial(self._put, door))] if door else []
        self._line, self._line_after = rules.line, 0.0
        speaking = [_Chore(self._sync)] if rules.line and rules.line.when != "asked" else []
        self._chores = picking + sealing + speaking + putting
        self.is_busy = False
        """Whether something is being done; only then is stopping an interruption."""

    def look(self) -> None:
        """Do whatever there is to do now."""
        self.is_busy = True
        for chore in self._chores:
            self._try(chore)
        self.is_busy = False

    def _try(self, chore: _Chore) -> None:
        if self._seconds() < chore.later:
            return
        try:
            chore.do()
        except StationBusyError:
            # Another command works here; the turn comes at the next tick.
            self._books.clear()
        except (MediabridgeError, OSError) as error:
            self._books.clear()
            chore.later = self._seconds() + WATCH_RETRY_SECONDS
            told = machine_error(error, self._home.root) if isinstance(error, OSError) else error
            if told.reason != chore.reason:
                chore.reason = told.reason
                self._told.refused(told)
        else:
            chore.reason = ""

    # --- the chores -----------------------------------------------------------------

    def _pick(self, door: Door) -> None:
        door.make()
        names = door.settled()
        if not (names or door.being_taken()):
            return
        with self._opened() as station:
            for picked in pick_up(station, door, names, operator=self._operator):
                self._told.picked(picked)

    def _seal(self) -> None:
        moment = self._moment()
        if moment is None:
            if not self._books_changed("seal"):
                return
        elif moment == watched.read(self._home).sealed_for:
            return
        with self._opened() as station:
            routes = [route for route in station.trust.routes if route.sender == station.id]
            for route in routes:
                self._seal_for(station, route.receiver, moment)
        if moment is not None:
            watched.note(self._home, sealed_for=moment)
        self._books_changed("seal")

    def _seal_for(self, station: Desk, peer: str, moment: str | None) -> None:
        while still_waiting(station, peer):
            self._told.sealed(station.seal(operator=self._operator, receiver=peer))
        if not self._rule.empty or moment is None:
            return
        newest = station.books.newest_on_route(station.id, peer)
        if newest is None or newest.created < moment:
            row = station.seal(operator=self._operator, receiver=peer, empty=True)
            self._told.sealed(row)

    def _sync(self) -> None:
        """Speak to the hub: once a day; or when the books have changed, and now and then anyway."""
        rule = self._line
        if rule is None:
            return
        moment = None
        if rule.at is not None:
            moment = to_rfc3339(newest_moment(self._clock.now(), rule.at, self._zone))
            if moment == watched.read(self._home).synced_for:
                return
        elif not self._books_changed("sync") and self._seconds() < self._line_after:
            return
        # Most stations have no line, and need nothing that speaks over one.
        from mediabridge.stations.line.syncing import sync  # noqa: PLC0415

        done = sync(self._opened, operator=rule.operator or self._operator)
        self._line_after = self._seconds() + rule.minutes * 60
        if not done.is_empty:
            self._told.synced(done)
        if done.cut is not None:
            raise done.cut
        if moment is not None:
            watched.note(self._home, synced_for=moment)
        # What it did itself is no reason to speak again at once.
        self._books_changed("sync")

    def _put(self, door: Door) -> None:
        if not self._books_changed("put"):
            return
        with self._opened() as station:
            for name in put_out(station, door):
                self._told.put_out(name)
        self._books_changed("put")

    def _moment(self) -> str | None:
        """Return the last moment of the schedule; None where what waits is sealed at once."""
        if self._rule.at is None:
            return None
        return to_rfc3339(newest_moment(self._clock.now(), self._rule.at, self._zone))

    def _books_changed(self, asks: str) -> bool:
        """Tell whether the books have changed since *asks* looked at them last."""
        before = self._books.get(asks)
        self._books[asks] = self._home.books.stat().st_mtime_ns
        return before != self._books[asks]
