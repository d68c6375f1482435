"""One of many: six at a time, each by a digit, and the others by one more key."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from copy import copy
from typing import Final

from mediabridge.kiosk.page import Choice, Page
from mediabridge.locale import text

ONES: Final = "123456"
_FURTHER: Final = "9"


class Several(Page):
    """Asks which one is meant."""

    first = 0
    """The number, from 0, of the first one that is shown."""

    @abstractmethod
    def every(self) -> Sequence[tuple[str, Callable[[], Page]]]:
        """Return all of them: what each is called, and the page that follows."""

    @property
    def shown(self) -> slice:
        """Which of them have a digit now."""
        return slice(self.first, self.first + len(ONES))

    def choices(self) -> Sequence[Choice]:
        """Return those that are shown, the way to the others, and the ways out."""
        every = self.every()
        found = [
            Choice(key, label, then)
            for key, (label, then) in zip(ONES, every[self.shown], strict=False)
        ]
        if len(every) > len(ONES):
            label = text("The others ({count} in all)", count=len(every))
            found.append(Choice(_FURTHER, label, lambda: self._further(len(every))))
        return [*found, *self.out()]

    def out(self) -> Sequence[Choice]:
        """Return the ways out."""
        return [Choice("0", text("Back to the beginning"), self.session.home)]

    def _further(self, count: int) -> Page:
        other = copy(self)
        other.first = self.first + len(ONES) if self.first + len(ONES) < count else 0
        return other
