"""What is to be decided on: what is held, what was found, once more what was decided before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mediabridge.accounts import Role
from mediabridge.errors import RecordNotHeldError
from mediabridge.kiosk.errand import Errand
from mediabridge.kiosk.held import Walk, walk
from mediabridge.kiosk.page import Choice, Field, Line, Page
from mediabridge.kiosk.population import compared
from mediabridge.locale import n_, sentence_of, text
from mediabridge.shown.population import waiting_line

if TYPE_CHECKING:
    from mediabridge.kiosk.session import Session


class Decisions(Page):
    """Which of them."""

    def __init__(self, session: Session, held: int, findings: int) -> None:
        """Ask; so many notices are *held*, and *findings* of populations wait."""
        super().__init__(session)
        self._held = held
        self._findings = findings

    def title(self) -> str:
        """Ask."""
        return text("What is decided on?")

    def lines(self) -> Sequence[Line]:
        """Return how much waits."""
        held = text("Still waiting for a decision: {count}", count=self._held)
        return [held, *([waiting_line(self._findings)] if self._findings else [])]

    def choices(self) -> Sequence[Choice]:
        """Return what waits, and what was decided before."""
        return list(self._choices())

    def _choices(self) -> Iterator[Choice]:
        session = self.session
        if self._held:
            yield Choice("1", text("The notices that are held"), lambda: walk(session))
        if self._findings:
            yield Choice("2", text("What a comparison found"), lambda: compared(session))
        yield Choice("3", text("A notice decided on before"), lambda: Anew(session))
        yield Choice("0", text("Back to the beginning"), session.home)


class Anew(Page):
    """Asks for the number of a notice on which somebody has decided already."""

    def __init__(self, session: Session, error: RecordNotHeldError | None = None) -> None:
        """Ask; *error* is what was wrong with what was typed before."""
        super().__init__(session)
        self._error = error

    def title(self) -> str:
        """Ask."""
        return text("Which notice is decided on anew?")

    def lines(self) -> Sequence[Line]:
        """Say what follows."""
        error = [] if self._error is None else [f"! {sentence_of(self._error)}"]
        return [
            *error,
            text("Type the number of the notice and press Enter."),
            text("The earlier decision is kept, and the sender is told the new one as well."),
            text("What the earlier one changed in the register is shown before it is put back."),
        ]

    def field(self) -> Field | None:
        """Return the number."""
        return Field(text("Number of the notice"), self._entered)

    def choices(self) -> Sequence[Choice]:
        """Return the way back."""
        return [Choice("0", text("Back to the beginning"), self.session.home)]

    def _entered(self, typed: str) -> Page:
        def step() -> Page:
            from mediabridge.stations import held

            self.session.means.require(Role.CLERK, "held resolve")
            try:
                with self.session.station() as station:
                    held.chosen(station, typed)
            except RecordNotHeldError as error:
                return Anew(self.session, error)
            return Walk(self.session, (typed,), again=True).look()

        return Errand(self.session, n_("Looking into the register"), lambda _: step())
