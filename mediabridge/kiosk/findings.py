"""Findings of one kind, one after the other: what the extract says beside the register."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from mediabridge.accounts import Role
from mediabridge.kiosk.errand import Errand
from mediabridge.kiosk.page import Choice, Line, Page
from mediabridge.kiosk.settling import Because, Settling, error_lines
from mediabridge.locale import language, n_, text
from mediabridge.shown.population import newer_line, shown_lines, two_line, waiting_line

if TYPE_CHECKING:
    from mediabridge.errors import MediabridgeError
    from mediabridge.kiosk.session import Session
    from mediabridge.stations.population.deciding import Asked, FindingsDecided
    from mediabridge.stations.population.looking import FindingKind, Shown


@dataclass(frozen=True)
class Through:
    """Somebody on the way through the findings of one kind, behind the one numbered *after*."""

    session: Session
    seq: int
    kind: FindingKind
    after: int = 0
    taken: int = 0
    """How many were decided on on the way."""

    def look(self, error: MediabridgeError | None = None) -> Page:
        """Return what shows the next one; *error* is why the decision before was none."""

        def step() -> Page:
            from mediabridge.stations.population import deciding, looking

            self.session.means.require(Role.CLERK, "population show")
            with self.session.station() as station:
                population = looking.named(station, self.seq)
                found = next(looking.report(station, population, self.kind, self.after), None)
                if found is None:
                    return NoMore(self.session, looking.waiting(station), self.taken)
                asked = deciding.asked(station, population, None, found.number)
            return Finding(self, found, asked, error)

        return Errand(self.session, n_("Looking into the register"), lambda _: step())

    def behind(self, found: Shown, decided: FindingsDecided | None = None) -> Page:
        """Return what shows the one after *found*, on which somebody *decided*, or not."""
        taken = self.taken + (decided is not None)
        return replace(self, after=found.number, taken=taken).look()


class Finding(Page):
    """One of them."""

    must_be_read = True

    def __init__(
        self, through: Through, found: Shown, asked: Asked, error: MediabridgeError | None = None
    ) -> None:
        """Show what was *found*, and what may be decided as it is *asked*."""
        super().__init__(through.session)
        self._through = through
        self._found = found
        self._asked = asked
        self._error = error

    def title(self) -> str:
        """Ask."""
        return text("What becomes of this finding?")

    def lines(self) -> Sequence[Line]:
        """Return both sides, and what stands against entering it."""
        return list(self._lines())

    def _lines(self) -> Iterator[Line]:
        yield from error_lines(self._error)
        yield from shown_lines(self._found, language())
        if self._asked.newer is not None:
            yield newer_line(self._asked.newer)
        elif self._asked.two:
            yield two_line()

    def choices(self) -> Sequence[Choice]:
        """Return what may be decided, and to leave it."""
        through, found = self._through, self._found
        one = Settling(self.session, self._asked, through.look, partial(through.behind, found))
        enter = Choice("1", one.enter_called, one.ask)
        return [
            *([enter] if one.may_enter else []),
            Choice("3", text("Leave the register as it is"), lambda: Because(one)),
            Choice("9", text("Leave it for later"), lambda: through.behind(found)),
            Choice("0", text("Back to the beginning"), self.session.home),
        ]


class NoMore(Page):
    """The end of the way: how many were decided on, and what comes next."""

    def __init__(self, session: Session, left: int, taken: int = 0) -> None:
        """Show that so many were *taken* decisions on, and *left* wait in all."""
        super().__init__(session)
        self._left = left
        self._taken = taken

    def title(self) -> str:
        """Say whether anything is left."""
        return text("These were all for now.") if self._left else text("No finding waits.")

    def lines(self) -> Sequence[Line]:
        """Return how many were decided on, and how many wait."""
        taken = [text("Findings decided on: {count}", count=self._taken)] if self._taken else []
        told = [text("The answers travel with the next bundle.")] if taken else []
        return [*taken, *told, waiting_line(self._left)]

    def choices(self) -> Sequence[Choice]:
        """Return the next steps."""
        return list(self._choices())

    def _choices(self) -> Iterator[Choice]:
        from mediabridge.kiosk.population import compared
        from mediabridge.kiosk.prepare import Preparing

        if self._left:
            yield Choice("1", text("Other findings"), lambda: compared(self.session))
        if self._taken:
            label = text("Make ready the answer")
            yield Choice("2", label, lambda: Preparing(self.session))
        yield Choice("0", text("Back to the beginning"), self.session.home)
