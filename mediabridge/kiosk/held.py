"""Notices that are held, one after the other: what arrived beside what the register says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mediabridge.accounts import Role
from mediabridge.kiosk.errand import Errand
from mediabridge.kiosk.page import Choice, Line, Page
from mediabridge.locale import language, n_, said, sentence_of, text
from mediabridge.shown.held import nothing_line, sorted_lines

if TYPE_CHECKING:
    from mediabridge.errors import MediabridgeError
    from mediabridge.kiosk.session import Session
    from mediabridge.stations.held import Decided, Looked


def walk(session: Session, records: Sequence[str] = ()) -> Page:
    """Return what goes through *records*; through all that wait, where none is named."""

    def step() -> Page:
        from mediabridge.stations import held

        session.means.require(Role.CLERK, "held resolve")
        if records:
            return Walk(session, tuple(records)).look()
        with session.station() as station:
            waiting = tuple(each.record for each in held.listed(station))
        return Walk(session, waiting).look()

    return Errand(session, n_("Looking what waits for a decision"), lambda _: step())


@dataclass(frozen=True)
class Walk:
    """Somebody on the way through the notices *records*, at the one of the number *at*."""

    session: Session
    records: tuple[str, ...]
    at: int = 0
    taken: tuple[tuple[str, Decided], ...] = ()
    """What was decided on the way."""
    again: bool = False
    """Whether it may be decided anew on what was decided before."""

    @property
    def record(self) -> str:
        """The number of the notice that is looked at."""
        return self.records[self.at]

    def look(self, error: MediabridgeError | None = None) -> Page:
        """Return what shows the notice; *error* is why the decision before was none."""

        def step() -> Page:
            from mediabridge.stations import held

            with self.session.station() as station:
                if self.at == len(self.records):
                    return Settled(self, station.held())
                held.deciders(station, self.session.name, None)
                return Beside(self, held.chosen(station, self.record), error)

        return Errand(self.session, n_("Looking into the register"), lambda _: step())

    def on(self, decided: Decided | None = None) -> Page:
        """Return what shows the next notice, after a decision or without one."""
        taken = () if decided is None else ((self.record, decided),)
        return replace(self, at=self.at + 1, taken=(*self.taken, *taken)).look()

    def lines(self) -> Iterator[str]:
        """Yield what was decided so far."""
        for record, decided in self.taken:
            yield text("Notice {record}: {result}", record=record, result=str(said(decided.result)))


class Beside(Page):
    """The notice beside the register; what differs is marked by a word."""

    must_be_read = True

    def __init__(self, walk: Walk, found: Looked, error: MediabridgeError | None = None) -> None:
        """Show *found*, after a decision that came to nothing by *error*."""
        super().__init__(walk.session)
        self._walk = walk
        self._found = found
        self._error = error

    def title(self) -> str:
        """Say how many there are."""
        number, count = self._walk.at + 1, len(self._walk.records)
        return text("Notice {number} of {count}", number=number, count=count)

    def lines(self) -> Sequence[Line]:
        """Return why it is held, and each item in both spellings."""
        error = [] if self._error is None else [f"! {sentence_of(self._error)}", ""]
        nothing = [] if self._found.options else [nothing_line()]
        return [*error, *sorted_lines(self._found, language()), *nothing]

    def choices(self) -> Sequence[Choice]:
        """Return to decide, unless somebody else has, and to leave it."""
        from mediabridge.kiosk.deciding import Which

        walk, found = self._walk, self._found
        open_ = found.options and (walk.again or found.decided is None)
        decide = [Choice("1", text("Decide on it"), lambda: Which(walk, found))] if open_ else []
        leave = text("Leave it for later") if open_ else text("Go on")
        return [
            *decide,
            Choice("9", leave, walk.on),
            Choice("0", text("Back to the beginning"), self.session.home),
        ]


class Settled(Page):
    """The end of the way: what was decided, and what comes next."""

    def __init__(self, walk: Walk, left: int) -> None:
        """Show what was decided on *walk*; *left* notices wait."""
        super().__init__(walk.session)
        self._walk = walk
        self._left = left

    def title(self) -> str:
        """Say whether anything is left."""
        if self._left:
            return text("These were all for now.")
        return text("Nothing waits for a decision.")

    def lines(self) -> Sequence[Line]:
        """Return each decision, and how many are left."""
        taken = list(self._walk.lines())
        told = [text("The answers travel with the next bundle.")] if taken else []
        return [*taken, *told, text("Still waiting for a decision: {count}", count=self._left)]

    def choices(self) -> Sequence[Choice]:
        """Return the way back to a medium that waits, and to its answer."""
        return [*self._next(), Choice("0", text("Back to the beginning"), self.session.home)]

    def _next(self) -> Iterator[Choice]:
        from mediabridge.kiosk.carry import Carry
        from mediabridge.kiosk.decisions import Anew
        from mediabridge.kiosk.prepare import Preparing

        if self.session.attendance is not None:
            yield Choice("1", text("Back to the medium"), lambda: Carry(self.session))
        if self._walk.taken:
            label = text("Make ready the answer")
            yield Choice("2", label, lambda: Preparing(self.session))
            yield Choice("3", text("Decide anew on a notice"), lambda: Anew(self.session))
