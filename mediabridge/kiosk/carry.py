"""A medium is plugged in: all that it came for is done, and it says when it may be taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from mediabridge.accounts import Role
from mediabridge.kiosk.attendance import Attendance
from mediabridge.kiosk.hints import state_hint, without_commands
from mediabridge.kiosk.page import Choice, Line, Live, Page
from mediabridge.kiosk.refused import refusal_lines
from mediabridge.locale import text
from mediabridge.media.states import Handling, MediumState
from mediabridge.shown.served import served_lines

if TYPE_CHECKING:
    from mediabridge.kiosk.session import Session
    from mediabridge.media.states import StateReport


def carrying(session: Session) -> Choice:
    """Return the way to a medium: to the one that is plugged in, or to one that is asked for."""
    plugged = text("Go on with the medium that is in")
    label = plugged if session.hands.may_go_on else text("Plug in a medium")
    return Choice("1", label, lambda: Carry(session))


class Carry(Live):
    """Waits for a medium and attends to it; see :class:`Attendance`."""

    def __init__(self, session: Session) -> None:
        """Go on with the visit before, unless its medium is out."""
        super().__init__(session)
        before = session.attendance
        self._follows_one = before is not None and before.is_out
        """Whether the one before was let go of: it may be in the slot still, switched off."""
        if before is None or before.is_out:
            session.medium, before = "", Attendance(session)
        self._attendance = session.attendance = before
        self._at_work = self._is_counted = False

    def title(self) -> str:
        """Say what the hands do."""
        match self.handling():
            case Handling.LEAVE_IN:
                return text("Leave the medium plugged in")
            case Handling.TAKE_OUT:
                return text("Take the medium out")
            case Handling.PLUG_IN:
                return text("Plug in a registered medium")
        return text("Something is wrong with the medium")

    def lines(self) -> Sequence[Line]:
        """Return what is going on, then what was done for the medium."""
        return [*self._going_on(), *self._done()]

    def _going_on(self) -> Iterator[Line]:
        seen, error = self._attendance.seen, self._attendance.error
        if error is not None:
            yield from refusal_lines(error)
            yield ""
        elif self._is_looked_at:
            yield text("A medium is plugged in. It is looked at now.")
        elif seen is not None:
            yield from self._out()
            yield seen.sentence
            yield state_hint(seen)
        yield from self.pace.lines()

    @property
    def _is_looked_at(self) -> bool:
        """Whether something is plugged in of which nothing was told yet."""
        told = self._attendance.error is not None or not _is_none(self._attendance.seen)
        return bool(self.session.bus.media) and not told

    def _out(self) -> Iterator[Line]:
        """Yield what is known of the medium that is asked for."""
        served, seen = self._attendance.served, self._attendance.seen
        if not _is_none(seen):
            return
        if served is not None and not served.safe:
            yield text("The medium was pulled out before its answer was on it. Nothing is lost.")
        elif self._follows_one:
            yield text("One that is still in was switched off: pull it out first, then plug it in.")

    def _done(self) -> Iterator[Line]:
        served = self._attendance.served
        if served is not None:
            # First, as the checks of what came may take several parts.
            if self._waits():
                yield text("The medium waits for its answer: make it ready and have it approved.")
            if served.safe and (served.written or served.again):
                to = ", ".join(self.session.destinations)
                yield text("Carry the medium to {to} now.", to=to)
            yield from without_commands(served_lines(served, self._attendance.waiting))

    def handling(self) -> Handling | None:
        """Return what the hands do now, by what was told last of the medium."""
        if self._is_looked_at:
            return Handling.LEAVE_IN
        seen = self._attendance.seen
        return Handling.PLUG_IN if seen is None else Handling.of(seen.state)

    def choices(self) -> Sequence[Choice]:
        """Return the ways on; none while something is done with the medium."""
        if self._at_work:
            return []
        return [*self._next(), Choice("0", text("Back to the beginning"), self.session.home)]

    def _next(self) -> Iterator[Choice]:
        from mediabridge.kiosk.held import walk
        from mediabridge.kiosk.slip import slips

        if self._undecided():
            yield Choice("5", text("Decide now on what is held"), lambda: walk(self.session))
        if self._waits():
            yield Choice("2", text("Make ready the answer"), self._answer)
        served = self._attendance.served
        if self.session.means.tray and served and served.safe and (served.written or served.again):
            medium = served.visit.medium
            yield Choice(
                "3", text("Write the carrying slip"), lambda: slips(self.session, [medium])
            )

    def _undecided(self) -> bool:
        """Tell whether what came with this medium left something to decide on here."""
        attendance, served = self._attendance, self._attendance.served
        if served is None or self.session.means.config.role != "registry":
            return False
        if attendance.waiting is None:
            return attendance.brought_held()
        return any(attendance.waiting.get(taken.bundle) for taken in served.taken)

    def _waits(self) -> bool:
        """Tell whether the medium stays in for what is still to be written."""
        attendance = self._attendance
        served, seen = attendance.served, attendance.seen
        plugged = seen is not None and Handling.of(seen.state) is Handling.LEAVE_IN
        over = attendance.is_over and attendance.error is None
        return plugged and over and served is not None and not served.safe

    def _answer(self) -> Page:
        from mediabridge.kiosk.prepare import Preparing

        return Preparing(self.session)

    def run(self, changed: Callable[[], None]) -> Page | None:
        """Attend to what is plugged in until the person goes elsewhere."""
        self.session.means.require(Role.CLERK, "watch")
        self.pace.changed = self._attendance.changed = changed
        self._attendance.pace = self.pace
        for snapshot in self.session.bus.snapshots(self._left):
            with self._gate:
                if self._left.is_set():
                    return None
                self._at_work = True
                try:
                    self._attendance.notice(snapshot)
                    self._count_once()
                finally:
                    self._at_work = False
            changed()
        return None

    def _count_once(self) -> None:
        """Count anew what is held, as people may have decided since this page stood there last."""
        if not self._is_counted and self._undecided():
            self._is_counted = self._attendance.count_held()


def _is_none(seen: StateReport | None) -> bool:
    return seen is None or seen.state is MediumState.NO_MEDIUM
