"""A step that takes a moment, and the page that follows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mediabridge.kiosk.page import Line, Live, Page
from mediabridge.locale import text, translate

if TYPE_CHECKING:
    from mediabridge.kiosk.session import Session
    from mediabridge.progress import Progress


class Errand(Live):
    """Does one thing and goes on; nobody can leave it in the middle."""

    def __init__(
        self, session: Session, title_msgid: str, step: Callable[[Progress], Page]
    ) -> None:
        """Prepare *step*, which is given a progress and returns the next page."""
        super().__init__(session)
        self._title = title_msgid
        self._step = step

    def title(self) -> str:
        """Return what is being done."""
        return translate(self._title)

    def lines(self) -> Sequence[Line]:
        """Return how far it is."""
        return super().lines() or [text("One moment.")]

    def run(self, changed: Callable[[], None]) -> Page | None:
        """Do it, unless the person left before it began."""
        self.pace.changed = changed
        with self._gate:
            if self._left.is_set():
                return None
            return self._step(self.pace)
