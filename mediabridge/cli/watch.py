"""``mediabridge watch``: plug a stick in, and what it came for is done."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from mediabridge.cli._context import Context
from mediabridge.cli._medium import slots_for
from mediabridge.cli._output import plain
from mediabridge.cli._result import Result
from mediabridge.cli._station import Operator, PassphraseFile, open_station, passphrases
from mediabridge.cli.import_ import taken_data, taken_lines
from mediabridge.cli.media_watch import show_state
from mediabridge.locale import hint_of, sentence_of, text

if TYPE_CHECKING:
    from mediabridge.errors import MediabridgeError
    from mediabridge.media.device import UsbDevice
    from mediabridge.media.watching import Snapshot
    from mediabridge.stations.desk import Desk
    from mediabridge.stations.serving import Served

SCHEMA = "mediabridge.watch/1"


def watch(
    context: Context, *, operator: Operator = None, passphrase_file: PassphraseFile = None
) -> Result:
    """Wait for media, and do everything that each of them came for, until interrupted."""
    from mediabridge.config import WATCH_TICK_SECONDS
    from mediabridge.media import watching

    # The passphrases of this station's keys are asked for once, not at every stick.
    source = cache(passphrases(context, passphrase_file, context.home))
    desk = _Desk(context, partial(open_station, context, source=source), operator)
    try:
        for snapshot in watching.watch(tick_seconds=WATCH_TICK_SECONDS):
            desk.notice(snapshot)
    except KeyboardInterrupt:
        if desk.is_busy:
            raise
    return Result([text("Watching has ended.")])


class _Desk:
    """What stands on the desk: the sticks that are plugged in, and what is left to do."""

    def __init__(self, context: Context, station: Any, operator: str | None) -> None:
        self._context = context
        self._open = partial(station, show=partial(show_state, context))
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
        """Act on what is plugged in now; called also when nothing has changed."""
        from mediabridge.errors import MediabridgeError, StationBusyError

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
        except MediabridgeError as error:
            self._waiting = None
            self._refused(error)
        self.is_busy = False

    def _refused(self, error: MediabridgeError) -> None:
        """Say why it ended, as every command does."""
        sentence, hint = sentence_of(error), hint_of(error)
        said = {"reason": error.reason, "sentence": sentence, "hint": hint, "facts": error.facts}
        self._say("refused", f"{sentence}\n  {hint}", **said)

    def _serve(self, snapshot: Snapshot) -> None:
        from mediabridge.media.states import MediumState, report
        from mediabridge.stations import serving
        from mediabridge.stations.sticks import choosing

        if not snapshot.media:
            if not (snapshot.newcomers or self._let_go):
                show_state(self._context, report(MediumState.NO_MEDIUM))
            return
        self._let_go = False
        with self._open() as station:
            served = serving.Served(choosing.choose(station, slots_for(snapshot.media)))
            try:
                serving.serve(station, served, operator=self._operator)
            finally:
                self._let_go = served.safe
                self._tell_done(served)
            self._tell_end(served, station)

    def _refuse_newcomers(self, devices: Sequence[UsbDevice]) -> None:
        """Say and log what was plugged in and is no stick at all, such as a keyboard; once."""
        from mediabridge.media import policy
        from mediabridge.stations.sticks import visits

        for device in devices:
            seen = policy.judge_device(device)
            if seen is not None and device not in self._refused_before:
                with self._open() as station:
                    visits.note_refused(station, device, seen)
        self._refused_before = frozenset(devices)

    def _go_on(self, served: Served) -> None:
        from mediabridge.stations import serving
        from mediabridge.stations.books import BundleState

        with self._open() as station:
            if station.books.bundles_in(BundleState.APPROVED):
                again = serving.Served(served.visit)
                try:
                    serving.go_on(station, again, operator=self._operator)
                finally:
                    self._let_go = again.safe
                    self._tell_done(again)
                self._tell_end(again, station)

    def _tell_done(self, served: Served) -> None:
        """Say what was done, bundle by bundle; also when the stick failed afterwards."""
        for bundle in served.cleaned:
            line = text("An unfinished copy from an interrupted journey was removed.")
            self._say("cleaned", line, bundle=bundle)
        for taken in served.taken:
            lines = "\n".join(plain(line) for line in taken_lines(taken))
            self._say("taken", lines, **taken_data(taken))
        for row in served.continued:
            line = text(
                "The interrupted writing of bundle number {seq} was done anew.", seq=row.seq
            )
            self._say("continued", line, bundle=row.bundle, seq=row.seq)
        for row in served.written:
            line = text("Bundle number {seq} is on the medium and was read back.", seq=row.seq)
            self._say("written", line, bundle=row.bundle, seq=row.seq)
        if served.repeated:
            self._say("repeated", text("What is on this medium was taken before."))

    def _tell_end(self, served: Served, station: Desk) -> None:
        """Say that the visit is over, and whether the stick waits for something."""
        self._waiting = None if served.safe else served
        self._books_changed()
        if served.safe and served.is_empty:
            line = text("Nothing on this medium is for this station, and nothing is to be written.")
            self._say("nothing", line)
        self._say("done", "", safe=served.safe, medium=served.visit.medium, station=station.id)

    def _books_changed(self) -> bool:
        """Tell whether another command has worked at this station meanwhile."""
        from mediabridge.stations.home import Home

        before, self._books = self._books, Home(self._context.home).books.stat().st_mtime_ns
        return before != self._books

    def _say(self, event: str, line: str, **data: Any) -> None:
        if line or self._context.json:
            self._context.emit(SCHEMA, line, event=event, **data)
