"""A card that is shown at the counter: what to go by, and what the register says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mediabridge.accounts import Role
from mediabridge.errors import UsageError
from mediabridge.kiosk.errand import Errand
from mediabridge.kiosk.page import Choice, Field, Line, Page
from mediabridge.locale import language, n_, text
from mediabridge.shown.lookup import answer_lines, asked_lines

if TYPE_CHECKING:
    from mediabridge.kiosk.session import Session
    from mediabridge.stations.lookup import Answer, Asked


class Card(Page):
    """Asks for the number of the card."""

    def __init__(self, session: Session, error: UsageError | None = None) -> None:
        """Ask; *error* is what was wrong with what was typed before."""
        super().__init__(session)
        self._error = error

    def title(self) -> str:
        """Ask."""
        return text("Which card is it?")

    def lines(self) -> Sequence[Line]:
        """Say how it is typed, and that the question is noted."""
        error = [] if self._error is None else [f"! {self._error.facts['detail']}"]
        return [
            *error,
            text("Type the number of the card and press Enter. Width and case make no difference."),
            text("That you asked is noted; the number is not. Let nobody else see the answer."),
        ]

    def field(self) -> Field | None:
        """Return the number."""
        return Field(text("Number of the card"), self._entered)

    def choices(self) -> Sequence[Choice]:
        """Return the way back."""
        return [Choice("0", text("Back to the beginning"), self.session.home)]

    def _entered(self, typed: str) -> Page:
        from mediabridge.stations.lookup import card_number

        try:
            number = card_number(typed)
        except UsageError as error:
            return Card(self.session, error)
        return looking(self.session, number)


def looking(session: Session, number: str) -> Page:
    """Return what looks the card of that *number* up."""

    def step() -> Page:
        from mediabridge.stations.lookup import look_up

        session.means.require(Role.CLERK, "lookup")
        with session.station() as station:
            found = look_up(station, number, operator=session.name)
        return Answered(session, number, found)

    return Errand(session, n_("Looking into the register"), lambda _: step())


class Answered(Page):
    """What is known of whoever has the card."""

    def __init__(self, session: Session, number: str, answer: Answer) -> None:
        """Show the *answer* about the card *number*."""
        super().__init__(session)
        self._number = number
        self._answer = answer

    def title(self) -> str:
        """Say what to go by."""
        return text("Go by: {source}", source=self._answer.advice.source)

    def lines(self) -> Sequence[Line]:
        """Return why, the record, and how new it is; what to go by is the title."""
        return list(answer_lines(self._answer, language(), by_commands=False))[1:]

    def choices(self) -> Sequence[Choice]:
        """Return what somebody may want to know next."""
        from mediabridge.kiosk.held import walk

        waiting = [each.held.notice.record_id for each in self._answer.waiting]
        label = text("Decide on what waits for this card")
        decide = [Choice("5", label, lambda: walk(self.session, waiting))] if waiting else []
        return [
            Choice("1", text("Another card"), lambda: Card(self.session)),
            Choice("2", text("Who asked for it before"), self._earlier),
            *decide,
            Choice("0", text("Back to the beginning"), self.session.home),
        ]

    def _earlier(self) -> Page:
        def step() -> Page:
            from mediabridge.stations.lookup import earlier

            self.session.means.require(Role.CLERK, "lookup")
            with self.session.station() as station:
                found = earlier(station, self._number, operator=self.session.name)
            return AskedBefore(self, found)

        return Errand(self.session, n_("Looking who asked before"), lambda _: step())


class AskedBefore(Page):
    """Who asked for the same card, and when."""

    def __init__(self, answered: Answered, found: Sequence[Asked]) -> None:
        """Show what was *found*, and go back to what was *answered*."""
        super().__init__(answered.session)
        self._answered = answered
        self._found = found

    def title(self) -> str:
        """Say what it is."""
        return text("Who asked for this card before?")

    def lines(self) -> Sequence[Line]:
        """Return time and name of each."""
        return asked_lines(self._found)

    def choices(self) -> Sequence[Choice]:
        """Return the way back."""
        return [Choice("0", text("Back"), lambda: self._answered)]
