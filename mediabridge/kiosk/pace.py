"""How far a long step is, for a screen that is drawn by another thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from mediabridge.locale import text, translate
from mediabridge.shown.pace import minutes, percent
from mediabridge.stopping import Terminated

if TYPE_CHECKING:
    from mediabridge.kiosk.session import Session

_COLUMNS: Final = 40
_TOLD_PERCENT: Final = 20
"""How far it has to be for somebody who listens to be told again."""


class Pace:
    """A :class:`~mediabridge.progress.Progress`; it also ends a journey when it is told to."""

    def __init__(self, session: Session, seconds: Callable[[], float] = time.monotonic) -> None:
        """Tell nobody yet; *seconds* is any clock that only goes forward."""
        self.changed: Callable[[], None] = lambda: None
        self._session = session
        self._seconds = seconds
        self._label = ""
        self._total = self._done = 0
        self._began = 0.0
        self._told = ("", -1, "")

    def start(self, label_msgid: str, total: int, *, counted: bool = False) -> None:
        """Begin a step of *total* units; how many a second they are, nobody asks here."""
        del counted
        self._label, self._total, self._done = label_msgid, total, 0
        self._began = self._seconds()
        self.changed()

    def advance(self, n: int) -> None:
        """Add *n* to what is done.

        Raises:
            Terminated: the machine wants this program to end; the station then tidies up.
        """
        if self._session.ending.is_set():
            raise Terminated
        self._done += n
        self.changed()

    def finish(self) -> None:
        """End the step."""
        self._label = ""
        self.changed()

    def lines(self) -> list[str]:
        """Return the step with its bar and the time that is left, for any screen."""
        label, done, total = self._label, self._done, self._total
        if not label:
            return []
        percents = percent(done, total)
        if self._session.aloud:
            return [self._told_at(percents - percents % _TOLD_PERCENT, done, total)]
        filled = percents * _COLUMNS // 100
        return [
            translate(label),
            f"[{'#' * filled}{'.' * (_COLUMNS - filled)}] {percents:3d}%",
            self._left(done, total),
        ]

    def _left(self, done: int, total: int) -> str:
        left = (self._seconds() - self._began) * max(total - done, 0) / max(done, 1)
        return text("About {left} left (minutes:seconds)", left=minutes(left)) if done else ""

    def _told_at(self, percents: int, done: int, total: int) -> str:
        """Return how far it is as one sentence, which stays the same for a while."""
        label = translate(self._label)
        if self._told[:2] != (label, percents):
            left = self._left(done, total)
            self._told = (label, percents, f"{label}: {percents}%  {left}".rstrip())
        return self._told[2]
