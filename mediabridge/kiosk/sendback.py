"""Why a bundle goes back to whoever prepared it: one of a few reasons, or an own remark."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from mediabridge.errors import UsageError
from mediabridge.kiosk.page import Choice, Field, Line, Page
from mediabridge.locale import said, text
from mediabridge.stations.outgoing.rejection import Rejection, require_remark

if TYPE_CHECKING:
    from mediabridge.kiosk.approve import Summary


class Reject(Protocol):
    """What sends the bundle back that was looked at."""

    def __call__(self, why: Rejection, remark: str = "", /) -> Page:
        """Return the page that does it."""


class SendBack(Page):
    """Asks for the reason."""

    def __init__(self, asked: Summary, reject: Reject) -> None:
        """Ask, then *reject*."""
        super().__init__(asked.session)
        self.asked = asked
        self.reject = reject

    def title(self) -> str:
        """Ask."""
        return text("Why shall it be sent back?")

    def lines(self) -> Sequence[Line]:
        """Say what follows."""
        return [text("Its files are set aside; whoever prepared it collects the right ones.")]

    def choices(self) -> Sequence[Choice]:
        """Return the reasons; the last one needs a remark."""
        reasons = [each for each in Rejection if each is not Rejection.OTHER]
        return [
            *(
                Choice(key, str(said(why)), partial(self.reject, why), confirms=True)
                for key, why in zip("123", reasons, strict=True)
            ),
            Choice("4", text("For another reason: write it"), lambda: Remark(self)),
            Choice("0", text("Back to the summary"), lambda: self.asked),
        ]


class Remark(Page):
    """What whoever prepared it should know."""

    def __init__(self, asked: SendBack, error: UsageError | None = None) -> None:
        """Ask; *error* is what was wrong with what was typed before."""
        super().__init__(asked.session)
        self._asked = asked
        self._error = error

    def title(self) -> str:
        """Ask."""
        return text("What should whoever prepared it know?")

    def lines(self) -> Sequence[Line]:
        """Say what was wrong, and where it stays."""
        error = [] if self._error is None else [f"! {self._error.facts['detail']}"]
        return [
            *error,
            text("Write it and press Enter. It stays at this station."),
            text("Write no name of a resident."),
        ]

    def field(self) -> Field | None:
        """Return the remark."""
        return Field(text("Remark"), self._entered)

    def _entered(self, typed: str) -> Page:
        try:
            require_remark(Rejection.OTHER, typed)
        except UsageError as error:
            return Remark(self._asked, error)
        return Remarked(self._asked, typed)

    def choices(self) -> Sequence[Choice]:
        """Return the way back."""
        return [Choice("0", text("Back to the reasons"), lambda: self._asked)]


class Remarked(Page):
    """The remark as it was written, before it is given."""

    def __init__(self, asked: SendBack, remark: str) -> None:
        """Show *remark*."""
        super().__init__(asked.session)
        self._asked = asked
        self._remark = remark

    def title(self) -> str:
        """Ask."""
        return text("Send it back with this remark?")

    def lines(self) -> Sequence[Line]:
        """Return it."""
        return [text("Remark: {remark}", remark=self._remark)]

    def choices(self) -> Sequence[Choice]:
        """Return yes and no."""
        reject = partial(self._asked.reject, Rejection.OTHER, self._remark)
        return [
            Choice("7", text("Yes, send it back"), reject, confirms=True),
            Choice("1", text("Write it anew"), lambda: Remark(self._asked)),
            Choice("0", text("Back to the reasons"), lambda: self._asked),
        ]
