"""What a person does at the screen: by mouse, by digit and function keys, and by Tab.

What the keyboard sends goes through :meth:`Kiosk.on_event`, which throws away what was typed
before the page stood there.
"""

from __future__ import annotations

import time
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Static

from mediabridge.kiosk.board import Looks
from mediabridge.kiosk.helping import Help
from mediabridge.kiosk.keys import DRAWN
from mediabridge.kiosk.lost import lost
from mediabridge.kiosk.page import Choice, Live, Page
from mediabridge.kiosk.sheet import BACK, MORE
from mediabridge.kiosk.signin import SignIn
from mediabridge.kiosk.stage import Stage
from mediabridge.kiosk.widgets import Answer, Typed, plain
from mediabridge.locale import Language, language, set_language, text

if TYPE_CHECKING:
    from mediabridge.kiosk.session import Session


class Kiosk(Stage, inherit_bindings=False):
    """The screen, with somebody before it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"key('{key}')", priority=True) for key, _ in DRAWN),
        Binding("escape", "back", priority=True),
        Binding("ctrl+c", "leave", priority=True),
        Binding("tab", "app.focus_next"),
        Binding("shift+tab", "app.focus_previous"),
        Binding("down,right", "app.focus_next"),
        Binding("up,left", "app.focus_previous"),
    ]

    def __init__(self, session: Session, **looks: bool) -> None:
        """Prepare the screen of *session*; for *looks* see :class:`Looks`."""
        super().__init__(session, SignIn(session), Looks(**looks))

    async def on_event(self, event: events.Event) -> None:
        """Throw away what was typed or clicked before the page stood there."""
        if isinstance(event, events.InputEvent) and not event.is_forwarded:
            moved = isinstance(event, events.MouseMove)
            if not moved and self.heed.came_too_early(event.time):
                return
            self.heed.touched = time.monotonic()
        await super().on_event(event)

    def on_key(self, event: events.Key) -> None:
        """Take a digit, in whatever width, for the answer that has it."""
        pressed = unicodedata.normalize("NFKC", event.character or "")
        if self.heard(event):
            self._press(pressed, event.key)

    def _press(self, digit: str, key: str) -> None:
        for each in self.answers:
            if each.key == digit:
                self._choose(each, key)
                return

    def on_answer_given(self, message: Answer.Given) -> None:
        """Take a click, or Enter."""
        self._choose(message.choice, message.key, message.clicks)

    def on_input_submitted(self, message: Typed.Submitted) -> None:
        """Take what was typed."""
        field = self.shown.field()
        if field is not None and message.value.strip():
            self.show(field.entered(message.value.strip()))

    def _choose(self, choice: Choice, key: str, clicks: int = 1) -> None:
        if choice not in self.answers:
            return
        if choice.confirms and (self.heed.is_held_down(key) or clicks > 1):
            said = text("That was the key pressed before. Press another key first, then it.")
            self.query_one("#title", Static).update(plain(said))
            return
        page = self.shown
        if isinstance(page, Live) and not page.leave():
            return
        self._follow(choice, page)

    def _follow(self, choice: Choice, page: Page) -> None:
        if choice.key == MORE and choice.then() is page:
            self.turn_to((self.part + 1) % len(self.sheet().parts()))
        elif page is self.standing.over and choice.key == BACK:
            self.uncover()
        else:
            self.show(choice.then())

    async def action_back(self) -> None:
        """Take the way back of the page, if it has one."""
        self._press(BACK, "escape")

    def action_key(self, key: str) -> None:
        """Do what a function key stands for."""
        self.heed.note(key)
        match key:
            case "f1":
                self.cover(Help(self.session))
            case "f2":
                set_language(Language.EN if language() is Language.JA else Language.JA)
                self.redraw()
            case "f4":
                self.lock(idle=False)
            case "f6":
                self.look(replace(self.looks, furigana=not self.looks.furigana))
                self.redraw()
            case "f8":
                self.cover(lost(self.session))

    def action_leave(self) -> None:
        """End, unless something is being done."""
        self.end()
