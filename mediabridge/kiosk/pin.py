"""The PIN or passphrase of somebody's own key, whoever it is and whatever for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from mediabridge.kiosk.page import Choice, Field, Line, Page
from mediabridge.locale import text


class AskedPin(Page):
    """Asks one person, whom trust data knows by the number that was typed."""

    def __init__(self, asked: Page, name: str) -> None:
        """Ask *name*; somebody else goes back to *asked*."""
        super().__init__(asked.session)
        self._asked = asked
        self._name = name

    def title(self) -> str:
        """Ask for it."""
        return text("{name}: your PIN, please", name=self._name)

    def lines(self) -> Sequence[Line]:
        """Say what to type."""
        return [text("Type the PIN (passphrase) of your own key and press Enter.")]

    def field(self) -> Field | None:
        """Return the PIN, which nobody sees."""
        return Field(text("PIN"), self.typed, secret=True)

    def choices(self) -> Sequence[Choice]:
        """Return the way back."""
        return [Choice("0", text("Somebody else"), lambda: self._asked)]

    @abstractmethod
    def typed(self, pin: str) -> Page:
        """Return what opens the key with *pin*."""
