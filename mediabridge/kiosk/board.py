"""A page as Textual draws it, and what was pressed before it stood there thrown away."""

from __future__ import annotations

import sys
import termios
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from textual.app import App, ComposeResult, ScreenStackError
from textual.containers import Grid, Horizontal
from textual.css.query import NoMatches
from textual.widgets import Static

from mediabridge.clock import to_rfc3339
from mediabridge.kiosk import layout
from mediabridge.kiosk.heed import Heed
from mediabridge.kiosk.keys import DRAWN
from mediabridge.kiosk.sheet import BACK, Sheet
from mediabridge.kiosk.standing import Standing
from mediabridge.kiosk.style import STYLE
from mediabridge.kiosk.widgets import Answer, Key, Typed, plain
from mediabridge.locale import moment, reading, show_readings, translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from mediabridge.kiosk.page import Choice, Page
    from mediabridge.kiosk.session import Session


@dataclass(frozen=True)
class Looks:
    """What a person chose: the names are classes of the style, too."""

    large: bool = False
    contrast: bool = False
    furigana: bool = False
    """Whether kanji have their readings; one key shows them and takes them away."""


class Board(App[int], inherit_bindings=False):
    """Draws the page that stands there; what is pressed has no effect here."""

    CSS = STYLE
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    AUTO_FOCUS = None

    def __init__(self, session: Session, first: Page, looks: Looks) -> None:
        """Prepare to draw *first*, of *session*."""
        super().__init__()
        self.session = session
        self.standing = Standing(first)
        self.heed = Heed()
        self.part = 0
        """Which part of the page is shown."""
        self.answers: list[Choice] = []
        """The answers that stand on the screen."""
        self.looks = looks

    @property
    def shown(self) -> Page:
        """The page that stands there."""
        return self.standing.shown

    @property
    def takes_keys(self) -> bool:
        """Whether what is pressed now is taken as an answer to the page that is shown."""
        return self.heed.takes_keys

    def heard(self, event: events.Key) -> bool:
        """Note a key, and tell whether it is for the page that stands there now."""
        return self.heed.heard(event.key, event.time)

    def compose(self) -> ComposeResult:
        """Yield the places of everything that a page may have."""
        for name in ("whose", "where", "title", "body", "notice", "label"):
            yield Static(id=name, markup=False)
        yield Typed(id="field")
        yield Grid(id="choices")
        yield Horizontal(*(Key(name) for name, _ in DRAWN), id="keys")

    def look(self, looks: Looks) -> None:
        """Look like this from now on."""
        self.looks = looks
        show_readings(shown=looks.furigana)
        live = self.session.means.config.mode == "live"
        for name, wanted in {**asdict(looks), "live": live}.items():
            self.screen.set_class(wanted, name)

    def sheet(self) -> Sheet:
        """Return the page that is shown, as this screen has room for it."""
        page, standing = self.shown, self.standing
        return Sheet(
            page,
            *self.size,
            handling=standing.handling(page),
            covers=page is standing.over,
            large=self.looks.large,
        )

    def body(self, sheet: Sheet) -> list[str]:
        """Return the part of *sheet* that is shown; the last one, where there are fewer now."""
        parts = sheet.parts()
        self.part = min(self.part, len(parts) - 1)
        return parts[self.part]

    def answers_now(self) -> list[Choice]:
        """Return what may be answered now."""
        sheet = self.sheet()
        count = len(sheet.parts())
        self.part = min(self.part, count - 1)
        return sheet.answers(self.part, count)

    def redraw(self) -> None:
        """Draw the page anew; until it stands there, no key is for it."""
        self.call_next(self._draw, self.heed.disarm())

    async def _draw(self, drawing: int) -> None:
        with suppress(NoMatches, ScreenStackError):
            await self._put(self.shown)
            self.call_after_refresh(self._arm, drawing)

    async def _put(self, page: Page) -> None:
        field = page.field()
        self.screen.set_class(field is not None, "asks")
        self.answers = self.answers_now()
        answers = self.query_one("#choices", Grid)
        await answers.remove_children()
        sheet = self.sheet()
        drawn = [Answer(each, sheet.said(each)) for each in self.answers]
        await answers.mount_all(drawn)
        typed = self.query_one("#field", Typed)
        typed.clear_for(secret=bool(field and field.secret))
        self.screen.set_focus(typed if field else _safe_among(drawn))
        self.say()

    def _arm(self, drawing: int) -> None:
        if not self.is_headless and sys.__stdin__ is not None:
            with suppress(OSError, termios.error):
                termios.tcflush(sys.__stdin__.fileno(), termios.TCIFLUSH)
        self.heed.arm(drawing)

    def say(self) -> None:
        """Put the texts of the page where they belong; nothing else is drawn anew."""
        sheet = self.sheet()
        columns, lines = sheet.grid()
        self.screen.set_class(columns == 1, "one")
        self.screen.set_class(lines == 1, "tight")
        for name, said in self._texts(sheet).items():
            self.query_one(f"#{name}", Static).update(plain(said))
        # An empty one would still take a line from what has to be read.
        self.query_one("#notice").display = bool(sheet.notice())
        for each, (_, label) in zip(self.query(Key), DRAWN, strict=True):
            each.name_it(translate(label))

    def _texts(self, sheet: Sheet) -> dict[str, str]:
        about = self.session.medium_of(sheet.handling)
        medium, to = layout.where(about, self.session.destinations)
        field = sheet.page.field()
        return {
            "whose": self._whose(sheet.width),
            "where": layout.row(f" {medium}", f"{to} ", sheet.width),
            "title": "\n".join(sheet.title()),
            "notice": "\n".join(sheet.notice()),
            "label": field.label if field else "",
            "body": "\n".join(self.body(sheet)),
        }

    def _whose(self, width: int) -> str:
        """Return the first line; its readings give way to the time of day."""
        said = self._said_of_whose()
        if not layout.fits(*said, width):
            with reading(shown=False):
                said = self._said_of_whose()
        return layout.row(*said, width)

    def _said_of_whose(self) -> tuple[str, str]:
        now = moment(to_rfc3339(self.session.means.clock.now()))
        return layout.whose(self.session), now


def _safe_among(drawn: Sequence[Answer]) -> Answer | None:
    """Return the answer that Enter takes, where another one does what cannot be taken back."""
    if not any(each.choice.confirms for each in drawn):
        return None
    return next((each for each in drawn if each.choice.key == BACK), None)
