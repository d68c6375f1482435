"""The pages as Textual draws them: by mouse, by digit and function keys, and by Tab.

What the keyboard sends goes through :meth:`Kiosk.on_event`, which throws away what was typed
before the page stood there. Long work is done in a worker thread; it leaves a mark, and the
screen looks for marks ten times a second.
"""

from __future__ import annotations

import math
import sys
import termios
import time
import unicodedata
from contextlib import suppress
from datetime import datetime
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events
from textual.app import App, ComposeResult, ScreenStackError
from textual.binding import Binding, BindingType
from textual.containers import Grid, Horizontal
from textual.css.query import NoMatches
from textual.message import Message
from textual.widgets import Static

from mediabridge.bundle.terms import Mode
from mediabridge.clock import to_rfc3339
from mediabridge.kiosk import layout
from mediabridge.kiosk.doing import followed
from mediabridge.kiosk.ending import let_go_of_dead_terminal
from mediabridge.kiosk.helping import Help
from mediabridge.kiosk.lost import lost
from mediabridge.kiosk.page import Choice, Live, Page
from mediabridge.kiosk.signin import SignIn
from mediabridge.kiosk.style import STYLE
from mediabridge.kiosk.widgets import Answer, Key, Typed, plain
from mediabridge.locale import Language, language, moment, n_, set_language, text, translate

if TYPE_CHECKING:
    from mediabridge.kiosk.session import Session
    from mediabridge.media.states import Handling

_DRAWN_SECONDS: Final = 0.1
_QUIET_SECONDS: Final = 0.4
"""A person who types on and on has not looked at the new page yet."""
_MORE: Final = "8"
_BACK: Final = "0"
_KEYS: Final = (
    ("f1", n_("Help")),
    ("f2", n_("Language: 日本語")),
    ("f4", n_("Lock")),
    ("f8", n_("Medium lost")),
)


class Kiosk(App[int], inherit_bindings=False):
    """One page at a time, and one that may lie over it."""

    CSS = STYLE
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"key('{key}')", priority=True) for key, _ in _KEYS),
        Binding("escape", "back", priority=True),
        Binding("ctrl+c", "leave", priority=True),
        Binding("tab", "app.focus_next"),
        Binding("shift+tab", "app.focus_previous"),
        Binding("down,right", "app.focus_next"),
        Binding("up,left", "app.focus_previous"),
    ]

    class Followed(Message):
        """A live page came to its end."""

        def __init__(self, page: Live, following: Page) -> None:
            """Say what follows *page*."""
            super().__init__()
            self.page = page
            self.following = following

    def __init__(self, session: Session, *, large: bool = False, contrast: bool = False) -> None:
        """Prepare the screen of *session*."""
        super().__init__()
        self.session = session
        self._looks = {"large": large, "contrast": contrast}
        self._page: Page = SignIn(session)
        self._over: Page | None = None
        self._asked: Page = self._page
        self._part = 0
        self.answers: list[Choice] = []
        """The answers that stand on the screen."""
        self._marked = Event()
        self._armed = math.inf
        self._dropped = -math.inf
        self._touched = time.monotonic()
        self._keys = ("", "")

    # --- drawing -----------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Yield the places of everything that a page may have."""
        for name in ("whose", "where", "title", "body", "notice", "label"):
            yield Static(id=name, markup=False)
        yield Typed(id="field")
        yield Grid(id="choices")
        yield Horizontal(*(Key(name) for name, _ in _KEYS), id="keys")

    async def on_mount(self) -> None:
        """Show the first page, and look for marks from now on."""
        looks = {**self._looks, "live": self.session.means.config.mode == "live"}
        for name, wanted in looks.items():
            self.screen.set_class(wanted, name)
        self.session.bus.start()
        self.set_interval(_DRAWN_SECONDS, self._look_for_marks)
        self.show(self._page)

    @property
    def shown(self) -> Page:
        """The page that stands there."""
        return self._over or self._page

    @property
    def takes_keys(self) -> bool:
        """Whether what is pressed now is taken as an answer to the page that is shown."""
        now = time.monotonic()
        return self._armed <= now and now >= self._dropped + _QUIET_SECONDS

    def show(self, page: Page) -> None:
        """Let *page* stand there; what was typed until it does is thrown away."""
        if self._over is not None:
            self._over = page
        else:
            self._page = page
        if not isinstance(page, Live):
            self._asked = page
        self._part = 0
        self._begin(page)
        self._redraw()

    def _begin(self, page: Page) -> None:
        if isinstance(page, Live):
            self.run_worker(partial(self._carry_out, page), thread=True, exit_on_error=False)

    def _carry_out(self, page: Live) -> None:
        following = followed(page, self._marked.set, self._asked)
        if following is not None:
            self.post_message(self.Followed(page, following))

    def on_kiosk_followed(self, message: Followed) -> None:
        """Show what follows, where the page that led there still stands."""
        if message.page is self._over or (message.page is self._page and self._over is None):
            self.show(message.following)
        elif message.page is self._page:
            self._page = message.following
            self._begin(self._page)

    def _redraw(self) -> None:
        self._armed = math.inf
        self.call_next(self._draw)

    async def _draw(self) -> None:
        with suppress(NoMatches, ScreenStackError):
            await self._put(self.shown)

    async def _put(self, page: Page) -> None:
        field = page.field()
        self.screen.set_class(field is not None, "asks")
        self.answers = self._answers_of(page)
        answers = self.query_one("#choices", Grid)
        await answers.remove_children()
        await answers.mount_all(map(Answer, self.answers))
        typed = self.query_one("#field", Typed)
        typed.clear_for(secret=bool(field and field.secret))
        self.screen.set_focus(typed if field else None)
        self._say(page)
        self.call_after_refresh(self._arm)

    def _arm(self) -> None:
        if not self.is_headless and sys.__stdin__ is not None:
            with suppress(OSError, termios.error):
                termios.tcflush(sys.__stdin__.fileno(), termios.TCIFLUSH)
        self._armed = time.monotonic()

    def _say(self, page: Page) -> None:
        """Put the texts of *page* where they belong; nothing else is drawn anew."""
        columns, lines = self._grid(page)
        self.screen.set_class(columns == 1, "one")
        self.screen.set_class(lines == 1, "tight")
        width = self.size.width
        medium, to = layout.where(self.session.medium, self.session.destinations)
        handling = layout.notice(self._handling(page), width - 2, large=self._looks["large"])
        field = page.field()
        texts = {
            "whose": layout.row(self._whose(), moment(to_rfc3339(self._now())), width),
            "where": layout.row(f" {medium}", f"{to} ", width),
            "title": page.title(),
            "notice": "\n".join(handling),
            "label": field.label if field else "",
            "body": "\n".join(self._parts(page)[self._part]),
        }
        for name, said in texts.items():
            self.query_one(f"#{name}", Static).update(plain(said))
        # An empty one would still take a line from what has to be read.
        self.query_one("#notice").display = bool(handling)
        for each, (_, label) in zip(self.query(Key), _KEYS, strict=True):
            each.name_it(translate(label))

    def _handling(self, page: Page) -> Handling | None:
        """Return what the hands do; what lies over a page hides nothing of a medium in use."""
        return page.handling() or (self._page.handling() if page is self._over else None)

    def _whose(self) -> str:
        config = self.session.means.config
        side = text("LGWAN side") if config.role == "lgwan" else text("Registry side")
        mode = Mode.of(config.mode)
        said = text("[{mode}] station {station}", mode=mode, station=config.station)
        return f" {said}  {side}  {self.session.name or ''}"

    def _now(self) -> datetime:
        return self.session.means.clock.now()

    # --- parts of a page that is longer than the screen ----------------------------------

    def _parts(self, page: Page) -> list[list[str]]:
        width = self.size.width - 2
        found = layout.parts(page.lines(), width, self._room(page))
        self._part = min(self._part, len(found) - 1)
        return found

    def _room(self, page: Page) -> int:
        """Return how many lines the body has."""
        columns, lines = self._grid(page)
        return self._left(page) - lines * -(-len(self._labels(page)) // columns)

    def _grid(self, page: Page) -> tuple[int, int]:
        labels = self._labels(page)
        return layout.grid(
            labels, self.size.width - 2, self._left(page), large=self._looks["large"]
        )

    def _labels(self, page: Page) -> list[str]:
        """Return what answers may say, whichever part is shown: no part then has other places."""
        found = [f"{each.key}  {each.label}" for each in page.choices()]
        return [*found, f"{_MORE}  {text('Next part ({part} of {count})', part=1, count=10)}"]

    def _left(self, page: Page) -> int:
        """Return how many lines the body and the answers have together."""
        large = self._looks["large"]
        above = 4 + large + len(layout.notice(self._handling(page), 20, large=large))
        return self.size.height - above - 1 - (4 if page.field() else 0)

    def _answers_of(self, page: Page) -> list[Choice]:
        count = len(self._parts(page))
        last = self._part == count - 1
        found = list(page.choices())
        if page.must_be_read and not last:
            found = [each for each in found if each.key == _BACK]
        if count > 1:
            label = text("Next part ({part} of {count})", part=self._part + 1, count=count)
            found.insert(0, Choice(_MORE, label, lambda: page))
        if self._over is page and all(each.key != _BACK for each in found):
            found.append(Choice(_BACK, text("Back"), lambda: page))
        return found

    # --- what a person does ----------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Throw away what was typed or clicked before the page stood there."""
        if isinstance(event, events.InputEvent) and not event.is_forwarded:
            if self._came_too_early(event):
                return
            self._touched = time.monotonic()
        await super().on_event(event)

    def heard(self, event: events.Key) -> bool:
        """Note the key, and tell whether it is for the page that stands there now.

        Asked where a key has its effect: between its arrival and that, the one before it may have
        led to another page.
        """
        if event.time < self._armed:
            self._dropped = event.time
            return False
        self._keys = (self._keys[1], event.key)
        return True

    def _came_too_early(self, event: events.InputEvent) -> bool:
        """Tell whether *event* was meant for the page before.

        What follows it closely was, too: the rest of a PIN would be a wrong PIN.
        """
        if isinstance(event, events.MouseMove):
            return False
        early = event.time < self._armed or event.time < self._dropped + _QUIET_SECONDS
        if early:
            self._dropped = event.time
        return early

    def on_key(self, event: events.Key) -> None:
        """Take a digit, in whatever width, for the answer that has it."""
        pressed = unicodedata.normalize("NFKC", event.character or "")
        if not self.heard(event):
            return
        for each in self.answers:
            if each.key == pressed:
                self._choose(each, event.key)
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
        held_down = bool(key) and key == self._keys[0]
        if choice.confirms and (held_down or clicks > 1):
            self.query_one("#title", Static).update(
                plain(text("That was the key pressed before. Press another key first, then it."))
            )
            return
        page = self.shown
        if isinstance(page, Live) and not page.leave():
            return
        self._follow(choice, page)

    def _follow(self, choice: Choice, page: Page) -> None:
        if choice.key == _MORE and choice.then() is page:
            self._part = (self._part + 1) % len(self._parts(page))
            self._redraw()
        elif page is self._over and choice.key == _BACK:
            self._uncover()
        else:
            self.show(choice.then())

    def _uncover(self) -> None:
        self._over, self._part = None, 0
        self._asked = self._page
        self._redraw()

    async def action_back(self) -> None:
        """Take the way back of the page, if it has one."""
        for each in self.answers:
            if each.key == _BACK:
                self._choose(each, "escape")
                return

    def action_key(self, key: str) -> None:
        """Do what a function key stands for."""
        self._keys = (self._keys[1], key)
        match key:
            case "f1":
                self._cover(Help(self.session))
            case "f2":
                other = Language.EN if language() is Language.JA else Language.JA
                set_language(other)
                self._redraw()
            case "f4":
                self._lock(locked=False)
            case "f8":
                self._cover(lost(self.session))

    def _cover(self, page: Page) -> None:
        over = self._over
        if isinstance(over, Live) and not over.leave():
            return
        self._over = page
        self.show(page)

    def _lock(self, *, locked: bool) -> None:
        """Ask anew who is there; not while something is being done with a medium."""
        if self.session.worker is not None and all(each.leave() for each in self._live()):
            self._over = None
            self.session.sign_out()
            self.show(SignIn(self.session, locked=locked))

    def action_leave(self) -> None:
        """End, unless something is being done."""
        if all(each.leave() for each in self._live()):
            self.exit(0)

    def _live(self) -> list[Live]:
        return [each for each in (self._over, self._page) if isinstance(each, Live)]

    def on_unmount(self) -> None:
        """Let nothing go on behind a screen that is gone."""
        for each in self._live():
            each.end()
        self.session.bus.close()

    # --- time ------------------------------------------------------------------------------

    def _look_for_marks(self) -> None:
        if self.session.ending.is_set():
            let_go_of_dead_terminal()
            self.action_leave()
            return
        # A screen that is being taken down has nothing left to draw on.
        with suppress(NoMatches, ScreenStackError):
            self._look()

    def _look(self) -> None:
        if time.monotonic() - self._touched > self.session.means.idle_seconds:
            self._touched = time.monotonic()
            self._lock(locked=True)
        if self._marked.is_set() and self._armed != math.inf:
            self._marked.clear()
            if self._answers_of(self.shown) != self.answers:
                self._redraw()
            else:
                self._say(self.shown)

    def on_resize(self) -> None:
        """Fit the page into another size."""
        self._redraw()

    def _fatal_error(self) -> None:
        # Textual's own shows every local variable: a PIN may be among them.
        self._close_messages_no_wait()

    @property
    def failed(self) -> Exception | None:
        """What ended the screen, where nobody had foreseen it."""
        return self._exception
