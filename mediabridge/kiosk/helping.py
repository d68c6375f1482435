"""What the keys do, and whom to ask."""

from __future__ import annotations

from collections.abc import Sequence

from mediabridge.kiosk.page import Line, Page
from mediabridge.locale import text


class Help(Page):
    """Lies over whatever was shown before; any way back leads there."""

    def title(self) -> str:
        """Say what it is."""
        return text("Help")

    def lines(self) -> Sequence[Line]:
        """Return the few rules of the whole screen."""
        return [
            text("Press the digit before an answer, click on it, or go to it with Tab and Enter."),
            text("Where something is typed, Esc goes back."),
            text("Pull a medium out only when the screen says that you may."),
            text("A medium that cannot be found: press F8 at once, whatever the screen shows."),
            text("When something is refused, tell the security officer the code below it."),
            text("F2 changes the language. F4 locks the screen; do so when you leave the desk."),
            text("F6 shows how the kanji are read, and takes it away again."),
        ]


class HelpAloud(Help):
    """The same for whoever has the pages read out."""

    def lines(self) -> Sequence[Line]:
        """Return the few rules of the dialogue."""
        return [
            text("Type the number of an answer and press Enter. Enter alone says the page again."),
            text("Pull a medium out only when you are told that you may."),
            text("A medium that cannot be found: type f8 at once, then Enter."),
            text("When something is refused, tell the security officer the code below it."),
            text("What you type before a question is asked is thrown away."),
            text("f2 changes the language. f4 locks; do so when you leave the desk."),
        ]
