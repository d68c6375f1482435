"""The few things that a page is drawn with; their frames need no ambiguous character."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast

from rich.text import Text
from textual import events
from textual.message import Message
from textual.widgets import Input, Static

if TYPE_CHECKING:
    from mediabridge.kiosk.app import Kiosk
    from mediabridge.kiosk.page import Choice


_VARIED: Final = re.compile(r"[^\s\U000e0100-\U000e01ef][\U000e0101-\U000e01ef]")
"""A kanji with a variation that the upright type of the machine's own screen mostly lacks.

A terminal takes the first of its fonts that has the kanji, whether or not that one has the
variation. There the slanted type is the font that has them (``system/screen/screen``).
"""


def plain(lines: str) -> Text:
    """Return *lines* as they are: no markup, and nothing wrapped a second time."""
    drawn = Text(lines, no_wrap=True, overflow="crop")
    drawn.highlight_regex(_VARIED, style="italic")
    return drawn


class Answer(Static, can_focus=True):
    """One choice: to press, to click on, to go to with Tab."""

    class Given(Message):
        """It was chosen, by *key*; ``""`` for the mouse."""

        def __init__(self, choice: Choice, key: str, clicks: int) -> None:
            """Say how it was chosen."""
            super().__init__()
            self.choice = choice
            self.key = key
            self.clicks = clicks

    def __init__(self, choice: Choice, said: str) -> None:
        """Show *choice* as what is *said* of it."""
        super().__init__(plain(said), markup=False)
        self.choice = choice

    @property
    def _kiosk(self) -> Kiosk:
        return cast("Kiosk", self.app)

    def on_click(self, event: events.Click) -> None:
        """Take a click for the answer."""
        event.stop()
        self.post_message(self.Given(self.choice, "", event.chain))

    def on_key(self, event: events.Key) -> None:
        """Take Enter and the space bar for it."""
        if event.key in {"enter", "space"}:
            event.stop()
            if not self._kiosk.heard(event):
                return
            self.post_message(self.Given(self.choice, event.key, 1))


class Typed(Input):
    """A line to type in; of what is secret only the number of characters is seen."""

    def __init__(self, **more: Any) -> None:
        """Make an empty line."""
        super().__init__(select_on_focus=False, **more)
        self._given = False

    def clear_for(self, *, secret: bool) -> None:
        """Be empty again, for another question."""
        self.value, self.password, self._given = "", secret, False

    async def on_event(self, event: events.Event) -> None:
        """Take no key that was meant for another page; with Enter the line is given, as it is."""
        if isinstance(event, events.Key):
            if self._given or not cast("Kiosk", self.app).heard(event):
                return
            if event.key == "enter":
                self._given = bool(self.value.strip())
                self.post_message(self.Submitted(self, self.value))
                return
        await super().on_event(event)

    @property
    def _value(self) -> Text:
        # Textual's own mask is a character that many a Japanese terminal draws twice as wide.
        if self.password:
            return Text("*" * len(self.value), no_wrap=True, overflow="ignore", end="")
        return Text(self.value, no_wrap=True, overflow="ignore", end="")


class Key(Static):
    """What a function key does, and a place to click on for the same."""

    def __init__(self, key: str) -> None:
        """Stand for *key*."""
        super().__init__(markup=False)
        self._key = key

    def name_it(self, label: str) -> None:
        """Show the key and what it does."""
        self.update(plain(f" {self._key.upper()} {label}"))

    async def on_click(self, event: events.Click) -> None:
        """Take a click for the key."""
        event.stop()
        await self.app.run_action(f"key('{self._key}')")
