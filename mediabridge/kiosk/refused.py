"""What went wrong: what happened, what to do now, and a code to tell the officer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mediabridge.kiosk.hints import hint_at_desk
from mediabridge.kiosk.page import Choice, Line, Page
from mediabridge.locale import sentence_of, text
from mediabridge.media.states import Handling, MediumState

if TYPE_CHECKING:
    from mediabridge.errors import MediabridgeError
    from mediabridge.kiosk.session import Session


class Refused(Page):
    """The end of an errand that did not do what was asked."""

    def __init__(
        self, session: Session, error: MediabridgeError, again: Page | None = None
    ) -> None:
        """Say *error*; *again* is the page from which one may try once more."""
        super().__init__(session)
        self.error = error
        self._again = again

    def title(self) -> str:
        """Say that it was not done."""
        return text("This was not done.")

    def lines(self) -> Sequence[Line]:
        """Return what stands in the refusal."""
        return refusal_lines(self.error)

    def handling(self) -> Handling | None:
        """Return what to do with the medium, where the refusal is about one."""
        reason = self.error.reason
        return Handling.of(MediumState(reason)) if reason in MediumState.__members__ else None

    def choices(self) -> Sequence[Choice]:
        """Return the ways on."""
        again = self._again
        more = [Choice("1", text("Try again"), lambda: again)] if again else []
        return [*more, Choice("0", text("Back to the beginning"), self.session.home)]


def refusal_lines(error: MediabridgeError) -> list[str]:
    """Return what happened, what to do, and the code that an officer looks up."""
    return [
        sentence_of(error),
        "",
        text("What to do: {hint}", hint=hint_at_desk(error)),
        "",
        text("Code for the security officer: {code}", code=error.reason),
    ]
