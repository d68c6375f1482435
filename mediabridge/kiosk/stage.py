"""Which page follows which, what goes on behind them, and what comes by itself with time.

Long work is done in a worker thread; it leaves a mark, and the screen looks for marks ten times a
second.
"""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Final

from textual.app import ScreenStackError
from textual.css.query import NoMatches
from textual.message import Message

from mediabridge.kiosk.board import Board, Looks
from mediabridge.kiosk.doing import followed
from mediabridge.kiosk.ending import let_go_of_dead_terminal
from mediabridge.kiosk.page import Live, Page
from mediabridge.locale import show_readings

if TYPE_CHECKING:
    from mediabridge.kiosk.session import Session

_DRAWN_SECONDS: Final = 0.1


class Stage(Board, inherit_bindings=False):
    """One page at a time, and one that may lie over it."""

    class Followed(Message):
        """A live page came to its end."""

        def __init__(self, page: Live, following: Page) -> None:
            """Say what follows *page*."""
            super().__init__()
            self.page = page
            self.following = following

    def __init__(self, session: Session, first: Page, looks: Looks) -> None:
        """Prepare the screen of *session*, with *first* on it."""
        super().__init__(session, first, looks)
        self._marked = Event()

    async def on_mount(self) -> None:
        """Show the first page, and look for marks from now on."""
        self.look(self.looks)
        self.session.bus.changed = self._marked.set
        self.session.bus.start()
        self.set_interval(_DRAWN_SECONDS, self._look_for_marks)
        self.show(self.shown)

    def show(self, page: Page) -> None:
        """Let *page* stand there; what was typed until it does is thrown away."""
        self.standing.put(page)
        self._stands(page)

    def cover(self, page: Page) -> None:
        """Let *page* lie over what stands there, unless what lies there is at work."""
        if self.standing.cover(page):
            self._stands(page)

    def uncover(self) -> None:
        """Take away what lies over the page."""
        self.standing.uncover()
        self.turn_to(0)

    def turn_to(self, part: int) -> None:
        """Show a part of the page, from 0."""
        self.part = part
        self.redraw()

    def _stands(self, page: Page) -> None:
        if page is self.shown:
            self.turn_to(0)
        if isinstance(page, Live):
            self.run_worker(partial(self._carry_out, page), thread=True, exit_on_error=False)

    def _carry_out(self, page: Live) -> None:
        following = followed(page, self._marked.set, self.standing.asked)
        if following is not None:
            self.post_message(self.Followed(page, following))

    def on_stage_followed(self, message: Followed) -> None:
        """Show what follows, where the page that led there still stands."""
        if self.standing.replace(message.page, message.following):
            self._stands(message.following)

    def lock(self, *, idle: bool) -> None:
        """Ask anew who is there; not while something is being done with a medium."""
        if self.session.worker is not None and self.standing.leave():
            self.standing.uncover()
            self.show(self.session.sign_out(idle=idle))

    def end(self) -> None:
        """End, unless something is being done."""
        if self.standing.leave():
            self.exit(0)

    def on_unmount(self) -> None:
        """Let nothing go on behind a screen that is gone."""
        show_readings(shown=False)
        for each in self.standing.live():
            each.end()
        self.session.bus.close()

    def _look_for_marks(self) -> None:
        if self.session.ending.is_set():
            let_go_of_dead_terminal()
            self.end()
            return
        # A screen that is being taken down has nothing left to draw on.
        with suppress(NoMatches, ScreenStackError):
            self._look()

    def _look(self) -> None:
        if time.monotonic() - self.heed.touched > self.session.means.idle_seconds:
            self.heed.touched = time.monotonic()
            self.lock(idle=True)
        if self._marked.is_set() and self.heed.is_armed:
            self._marked.clear()
            if self.answers_now() != self.answers:
                self.redraw()
            else:
                self.say()

    def on_resize(self) -> None:
        """Fit the page into another size."""
        self.redraw()

    def _fatal_error(self) -> None:
        # Textual's own shows every local variable: a PIN may be among them.
        self._close_messages_no_wait()

    @property
    def failed(self) -> Exception | None:
        """What ended the screen, where nobody had foreseen it."""
        return self._exception
