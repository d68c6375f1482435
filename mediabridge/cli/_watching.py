"""Where ``watch`` says what happens: lines, objects with ``--json``, or lines of the journal.

What is done last is kept for ``status``, and what a person at the desk has to know from afar is
told to a program for light or sound.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from mediabridge.cli import _journal, _screen
from mediabridge.cli._context import Context
from mediabridge.cli._journal import Priority
from mediabridge.cli._output import plain
from mediabridge.cli.import_ import taken_data, taken_lines
from mediabridge.cli.media_watch import show_state
from mediabridge.cli.sync import synced_data
from mediabridge.clock import to_rfc3339
from mediabridge.locale import hint_of, sentence_of, text
from mediabridge.media.states import MediumState
from mediabridge.notify import notify
from mediabridge.stations import watched
from mediabridge.stations.books import BundleState
from mediabridge.stations.home import Home
from mediabridge.stations.signals import Hook, Signal

if TYPE_CHECKING:
    from mediabridge.errors import MediabridgeError
    from mediabridge.media.states import StateReport
    from mediabridge.stations.books import BundleRow
    from mediabridge.stations.line.syncing import Synced
    from mediabridge.stations.serving import Served
    from mediabridge.stations.transport.picking import Picked

SCHEMA: Final = "mediabridge.watch/1"


class Screen:
    """What happens at the desk, and who has to know of it."""

    def __init__(self, context: Context, hook: Hook) -> None:
        """Speak as *context* does; *hook* is told the words of :class:`Signal`."""
        self._context = context
        self._hook = hook
        # With --json somebody reads the objects, wherever they go.
        self._journal = not context.json and _journal.is_journal(sys.stderr)

    # --- sticks -------------------------------------------------------------------------

    def state(self, seen: StateReport) -> None:
        """Tell what a medium is now."""
        if seen.state is MediumState.READY:
            self._hook.tell(Signal.WORKING)
        if self._journal:
            medium = seen.as_dict()["facts"].get("medium")
            line = _journal.line_of(f"state={seen.state}", {"medium": medium})
            _journal.record(Priority.INFO, line)
        else:
            show_state(self._context, seen)

    def done(self, served: Served) -> None:
        """Tell what was done for a stick; also when it failed afterwards."""
        for bundle in served.cleaned:
            line = text("An unfinished copy from an interrupted journey was removed.")
            self._say("cleaned", line, bundle=bundle)
        width = _screen.columns(sys.stdout)
        for taken in served.taken:
            lines = "\n".join(plain(line, width) for line in taken_lines(taken))
            self._say("taken", lines, **taken_data(taken))
        for row in served.continued:
            line = text(
                "The interrupted writing of bundle number {seq} was done anew.", seq=row.seq
            )
            self._say("continued", line, bundle=row.bundle, seq=row.seq)
        for row in served.written:
            line = text("Bundle number {seq} is on the medium and was read back.", seq=row.seq)
            self._say("written", line, bundle=row.bundle, seq=row.seq)
        for row in served.again:
            line = text(
                "Bundle number {seq} went once more, since no receipt is in yet.", seq=row.seq
            )
            self._say("again", line, bundle=row.bundle, seq=row.seq)
        if served.repeated:
            self._say("repeated", text("What is on this medium was taken before."))

    def ended(self, served: Served, station: str) -> None:
        """Tell that the visit of a stick is over, or that it waits plugged in."""
        if served.safe and served.is_empty:
            line = text("Nothing on this medium is for this station, and nothing is to be written.")
            self._say("nothing", line)
        self._say("done", "", safe=served.safe, medium=served.visit.medium, station=station)
        self._hook.tell(Signal.TAKE_OUT if served.safe else Signal.ATTENTION)

    def refused(self, error: MediabridgeError) -> None:
        """Tell why something ended otherwise."""
        sentence, hint = sentence_of(error), hint_of(error)
        said = {"reason": error.reason, "sentence": sentence, "hint": hint, "facts": error.facts}
        self._say("refused", f"{sentence}\n  {hint}", priority=Priority.ERROR, **said)
        self._hook.tell(Signal.REFUSED)

    # --- between sticks -----------------------------------------------------------------

    def picked(self, picked: Picked) -> None:
        """Tell that a file of the door was taken in, or refused."""
        if picked.collected is not None:
            done = picked.collected
            line = text("A file from the door was taken in; records: {count}.", count=done.records)
            facts: dict[str, Any] = {
                "kind": str(done.kind),
                "records": done.records,
                "file": done.file,
            }
            self._say("collected", line, **facts, known=done.known)
        if picked.error is not None:
            reason, errors = picked.error.reason, picked.error.facts.get("count")
            line = text(
                "A file from the door was refused, for {reason}; it lies in the folder failed,"
                " beside its report.",
                reason=reason,
            )
            self._say("failed", line, priority=Priority.WARNING, reason=reason, errors=errors)
            self._hook.tell(Signal.ATTENTION)

    def sealed(self, row: BundleRow) -> None:
        """Tell that a bundle was sealed."""
        waits = row.state is BundleState.SEALED
        line = text(
            "Bundle number {seq} for {receiver} is sealed.", seq=row.seq, receiver=row.receiver
        )
        facts: dict[str, Any] = {
            "bundle": row.bundle,
            "seq": row.seq,
            "to": row.receiver,
            "records": row.records,
        }
        self._say("sealed", line, **facts, state=row.state)
        if waits:
            self._hook.tell(Signal.ATTENTION)

    def put_out(self, name: str) -> None:
        """Tell that what came for the other system lies in the door."""
        sender, _, number = name.rpartition("-")
        line = text("What came with bundle number {seq} lies in the door.", seq=int(number))
        facts: dict[str, Any] = {"from": sender, "seq": int(number)}
        self._say("put_out", line, **facts)

    def synced(self, done: Synced) -> None:
        """Tell what one time over the line came to."""
        data = synced_data(done)
        moved = len(done.fetched.taken), len(done.sent.written) + len(done.sent.again)
        line = text("Over the line: {taken} came, {sent} went.", taken=moved[0], sent=moved[1])
        self._say("synced", line, **data)
        # That the line was cut is told as what went wrong.
        for problem in [*done.fetched.refused, *done.sent.refused]:
            self.refused(problem)
        if done.sent.waiting:
            self._hook.tell(Signal.ATTENTION)

    def _say(
        self, event: str, line: str, *, priority: Priority = Priority.NOTICE, **data: Any
    ) -> None:
        # A hint for whoever asks for the status is worth no journey.
        with suppress(OSError):
            now = to_rfc3339(self._context.clock.now())
            reason = str(data.get("reason") or "")
            watched.note(Home(self._context.home), time=now, event=event, reason=reason)
        notify(f"STATUS={event} {data.get('reason') or ''}".rstrip())
        if self._journal:
            _journal.record(priority, _journal.line_of(event, data))
        elif line or self._context.json:
            self._context.emit(SCHEMA, line, event=event, **data)
