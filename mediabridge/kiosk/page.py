"""What stands on the screen: a title, some lines, one question, and the answers to it.

Texts are made when they are shown, so that one key changes the language of everything.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import TYPE_CHECKING

from mediabridge.kiosk.pace import Pace
from mediabridge.media.states import Handling
from mediabridge.shown.table import Table

if TYPE_CHECKING:
    from mediabridge.kiosk.session import Session

Line = str | Table


@dataclass(frozen=True)
class Choice:
    """One answer: a digit key, and a place to touch."""

    key: str
    label: str
    then: Callable[[], Page] = field(compare=False)
    confirms: bool = False
    """Whether it does what cannot be taken back: then its key must not be the one before it."""


@dataclass(frozen=True)
class Field:
    """What is typed instead."""

    label: str
    entered: Callable[[str], Page]
    secret: bool = False


class Page(ABC):
    """One question."""

    must_be_read = False
    """Whether it is answered only below its last line."""

    def __init__(self, session: Session) -> None:
        """Make the page for whoever is signed in at *session*."""
        self.session = session

    @abstractmethod
    def title(self) -> str:
        """Return the question, or what is the matter."""

    def lines(self) -> Sequence[Line]:
        """Return what a person has to know before answering."""
        return ()

    def handling(self) -> Handling | None:
        """Return what the hands do with the medium now; None where it is about none."""
        return None

    def field(self) -> Field | None:
        """Return what is to be typed, if anything is."""
        return None

    def choices(self) -> Sequence[Choice]:
        """Return the answers."""
        return ()


class Live(Page):
    """A page that does something in a thread of its own while it is shown."""

    def __init__(self, session: Session) -> None:
        """Prepare to do it; nothing happens before :meth:`run`."""
        super().__init__(session)
        self.pace = Pace(session)
        self._gate = Lock()
        self._left = Event()

    @abstractmethod
    def run(self, changed: Callable[[], None]) -> Page | None:
        """Do it, and return the page that follows; None where the person has left meanwhile.

        *changed* is called whenever something else is to be shown. Called in a thread.

        Raises:
            MediabridgeError, OSError: it could not be done.
            KeyboardInterrupt: the machine wants this program to end.
        """

    def leave(self) -> bool:
        """Let nothing more begin, unless something is being done; tell whether one may leave."""
        if not self._gate.acquire(blocking=False):
            return False
        self._left.set()
        self._gate.release()
        return True

    def end(self) -> None:
        """Let nothing more begin; what is being done is done to its end."""
        self._left.set()

    def lines(self) -> Sequence[Line]:
        """Return how far it is."""
        return self.pace.lines()
