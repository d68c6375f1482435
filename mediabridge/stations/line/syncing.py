"""One time over the line: fetch what waits, take it, hand over what is due, and leave.

The station is entered three times, and never while bytes are on the wire: to see what is known, to
take and to seal, and to note what has gone. What a cut line, or a crash, leaves undone is done the
next time, from where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from mediabridge.errors import LineError, LineUntrueError, MediabridgeError
from mediabridge.line import trust
from mediabridge.line.client import Client
from mediabridge.progress import NullProgress, Progress
from mediabridge.stations.books import BundleRow
from mediabridge.stations.clerks import at_desk
from mediabridge.stations.desk import Desk
from mediabridge.stations.line import fetching, sending
from mediabridge.stations.line.connecting import connect, operator_of
from mediabridge.stations.line.fetching import Fetched
from mediabridge.stations.line.sending import Sent
from mediabridge.stations.line.spool import Spool

Connect = Callable[[Desk], Client]
"""Returns the hub of a station that is open."""


@dataclass
class Synced:
    """What one time over the line came to."""

    fetched: Fetched = field(default_factory=Fetched)
    sent: Sent = field(default_factory=Sent)
    cut: LineError | None = None
    """Why the line was left before everything was done."""

    @property
    def problems(self) -> list[MediabridgeError]:
        """What somebody has to know of, the line first."""
        return [*([self.cut] if self.cut else []), *self.fetched.refused, *self.sent.refused]

    @property
    def is_empty(self) -> bool:
        """Whether nothing came, nothing went, and nothing was wrong."""
        came = self.fetched.taken or self.fetched.early or self.fetched.trust
        went = self.sent.written or self.sent.again or self.sent.sealed
        return not (came or went or self.problems)


def sync(
    opened: Callable[[], Desk],
    *,
    operator: str | None = None,
    connected: Connect = connect,
    progress: Progress | None = None,
) -> Synced:
    """Do everything there is to do over the line of the station that *opened* returns.

    Raises:
        LineNotSetError, SettingsError: no line leads from this station.
        LineNotFromHereError: none leads from this process.
        ClerkKeyMissingError, UsageError: as :func:`~mediabridge.stations.clerks.at_desk`.
        StationBusyError: another command works here.
    """
    return _Sync(opened, operator, connected, progress or NullProgress()).run()


@dataclass
class _Sync:
    opened: Callable[[], Desk]
    operator: str | None
    connected: Connect
    progress: Progress
    done: Synced = field(default_factory=Synced)

    def run(self) -> Synced:
        with self.opened() as station:
            self.operator = self.operator or operator_of(station)
            at_desk(station, self.operator)
            client, name = self.connected(station), station.id
            spool = Spool(station.home.line)
            spool.make()
            spool.copy_trust(station.trust_copy)
        try:
            newer = self._fetch_trust(client, spool)
            self._fetch(client, name, spool)
            due, gone = self._at_station(spool, newer=newer)
            self._settle(client, spool)
            again = self._hand_over(client, due, gone, spool)
            self._note(client, due, again, spool)
        finally:
            client.close()
            spool.let_go()
        return self.done

    def _fetch_trust(self, client: Client, spool: Spool) -> bool:
        """Fetch newer trust data; what of it cannot be followed keeps no bundle."""
        with self._cut_noted():
            try:
                return trust.fetch_newer(client, spool.trust)
            except LineUntrueError as untrue:
                self.done.fetched.refused.append(untrue)
        return False

    def _fetch(self, client: Client, station: str, spool: Spool) -> None:
        done = self.done.fetched
        with self._cut_noted():
            if self.done.cut is not None:
                return
            entries = fetching.offered(client, station, done)
            with self.opened() as here:
                known = fetching.known(here, entries)
            done.settled += sorted(known)
            new = [each for each in entries if each.bundle not in known]
            fetching.fetch(client, new, spool, done, self.progress)

    def _at_station(self, spool: Spool, *, newer: bool) -> tuple[list[BundleRow], list[BundleRow]]:
        """Take in, seal, and return what is to go, and what went before and has no receipt."""
        with self.opened() as station:
            if newer:
                fetching.take_trust(station, spool, self.done.fetched)
            clerk = at_desk(station, self.operator)
            fetching.take_in(station, spool, clerk, self.done.fetched)
            sending.seal_due(station, clerk, self.done.sent)
            return sending.due(station, spool, self.done.sent), sending.unanswered(station)

    def _settle(self, client: Client, spool: Spool) -> None:
        """Tell the hub what it need not keep for this station; only then it goes here, too."""
        with self._cut_noted():
            for bundle in self.done.fetched.settled if self.done.cut is None else ():
                client.taken(bundle)
                spool.drop(bundle)

    def _hand_over(
        self, client: Client, due: list[BundleRow], gone: list[BundleRow], spool: Spool
    ) -> list[BundleRow]:
        with self._cut_noted():
            if self.done.cut is None:
                sending.hand_over(client, due, spool, self.progress)
                return sending.forgotten(client, gone)
        return []

    def _note(
        self, client: Client, due: list[BundleRow], again: list[BundleRow], spool: Spool
    ) -> None:
        sent = self.done.sent
        for rows, into in ((due, sent.written), (again, sent.again)):
            for row in rows if self.done.cut is None else ():
                into.extend(self._write(client, row, spool))

    def _write(self, client: Client, row: BundleRow, spool: Spool) -> list[BundleRow]:
        """Write one bundle, as onto a stick; return its row, or nothing where it stays."""
        with self._cut_noted(), self.opened() as station:
            clerk = at_desk(station, self.operator)
            try:
                return [sending.write(station, client, row, spool, clerk)]
            except LineError:
                raise
            except MediabridgeError as error:
                self.done.sent.refused.append(error)
        return []

    @contextmanager
    def _cut_noted(self) -> Iterator[None]:
        try:
            yield
        except LineError as error:
            self.done.cut = error
