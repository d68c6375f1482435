"""A page that is said instead of drawn, and the question at its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mediabridge.kiosk import aloud, layout
from mediabridge.kiosk.keys import KEYS
from mediabridge.kiosk.sheet import Sheet
from mediabridge.kiosk.signin import SignIn
from mediabridge.kiosk.standing import Standing
from mediabridge.locale import text, translate

if TYPE_CHECKING:
    from mediabridge.kiosk.page import Choice, Page
    from mediabridge.kiosk.session import Session
    from mediabridge.kiosk.terminal import Terminal


class Teller:
    """Says the page that stands there line by line; what is typed has no effect here."""

    def __init__(self, session: Session, terminal: Terminal) -> None:
        """Prepare to say the pages of *session*."""
        session.aloud = True
        self.session = session
        self.terminal = terminal
        self.standing = Standing(SignIn(session))
        self.answers: list[Choice] = []
        """The answers that were said."""
        self.part = 0
        """Which part of the page was said."""
        self.types = False
        """Whether a line is asked for that is no number of an answer."""
        self._said: list[str] = []
        self._where = ""
        self._is_private = False
        """Whether something was said that is for whoever has signed in alone."""

    @property
    def shown(self) -> Page:
        """The page that stands there."""
        return self.standing.shown

    def tell(self) -> None:
        """Say all of the page, then ask."""
        self.terminal.be_deaf()
        page = self.shown
        if isinstance(page, SignIn):
            self._greet()
        self._said = self._sayable(page)
        self._is_private |= self.session.worker is not None
        self.read_out(["", *self._where_now(), *self._said])
        self.ask()

    def tell_news(self) -> None:
        """Say what has changed of a page that does something; ask anew where that has, too."""
        before, self._said = self._said, self._sayable(self.shown)
        news = [each for each in self._said if each not in before]
        if news:
            # After a question that nobody has answered, on a line of their own.
            after = [""] * self.terminal.asks
            self.terminal.be_deaf()
            self.read_out([*after, *self._where_now(), *news])
        if news or self.answers_now() != self.answers:
            self.ask()

    def read_out(self, lines: Sequence[str]) -> None:
        """Say *lines*."""
        for each in lines:
            self.terminal.write(each)

    def answers_now(self) -> list[Choice]:
        """Return what may be answered now."""
        page = self.shown
        count = len(aloud.parts(page))
        covers = page is self.standing.over
        return Sheet(page, 0, 0, covers=covers).answers(min(self.part, count - 1), count)

    def ask(self) -> None:
        """Ask for what is to be typed, or for one of the answers; there may be neither."""
        self.answers, field = self.answers_now(), self.shown.field()
        if field is None:
            self.ask_for_answer()
            return
        if self.answers:
            self.read_out([text("Enter alone: other answers")])
        self.types = True
        self.terminal.ask(f"{field.label}: ", secret=field.secret)

    def ask_for_answer(self) -> None:
        """Ask for the number of an answer, if there are any."""
        self.types = False
        self.read_out([f"{each.key}: {each.label}" for each in self.answers])
        if self.answers:
            self.terminal.ask(f"{text('Your answer')}: ")
        else:
            self.terminal.be_deaf()

    def tell_keys(self) -> None:
        """Say what may be typed at any page."""
        named = ", ".join(f"{key} {translate(label)}" for key, label in KEYS)
        self.read_out([text("At any time, then Enter: {keys}", keys=named)])

    def wipe(self) -> None:
        """Let nothing of what was said to somebody be read by whoever comes next."""
        if self._is_private:
            self.terminal.wipe()
        self._is_private = False

    def _greet(self) -> None:
        """Begin anew: nothing of what was said to somebody else stays."""
        self.wipe()
        self._where = ""
        self.read_out([layout.whose(self.session).strip()])
        self.tell_keys()

    def _where_now(self) -> list[str]:
        """Return which medium it is about, and where to, whenever that is another."""
        about = self.session.medium_of(self.standing.handling(self.shown))
        medium, to = layout.where(about, self.session.destinations)
        before, self._where = self._where, f"{medium}; {to}"
        return [self._where] if self._where != before else []

    def _sayable(self, page: Page) -> list[str]:
        parts = aloud.parts(page)
        self.part = min(self.part, len(parts) - 1)
        return [*aloud.head(page, self.standing.handling(page)), *parts[self.part]]
