"""Which page follows which in a dialogue, what goes on behind it, and what comes with time.

Only the main thread talks; what is done with a medium is done in a thread of its own, which leaves
marks.
"""

from __future__ import annotations

import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from mediabridge.kiosk.doing import followed
from mediabridge.kiosk.ending import let_go_of_dead_terminal
from mediabridge.kiosk.page import Live, Page
from mediabridge.kiosk.teller import Teller

if TYPE_CHECKING:
    from mediabridge.kiosk.session import Session
    from mediabridge.kiosk.terminal import Terminal

LOOK_SECONDS: Final = 0.1


class Talk(Teller):
    """One page at a time, and one that may lie over it."""

    def __init__(self, session: Session, terminal: Terminal) -> None:
        """Prepare to talk about *session* at *terminal*."""
        super().__init__(session, terminal)
        self.touched = time.monotonic()
        """When somebody was there last."""
        self.is_over = False
        self._marked = Event()
        self._ended: SimpleQueue[tuple[Live, Page]] = SimpleQueue()
        self._workers: list[Thread] = []

    def begin(self) -> None:
        """Say the first page."""
        self.session.bus.changed = self._marked.set
        self.session.bus.start()
        self._stands(self.shown)

    def close(self) -> None:
        """Let nothing go on behind a terminal that nobody reads any more."""
        for each in self.standing.live():
            each.end()
        for worker in self._workers:
            worker.join()
        self.session.bus.close()
        self.wipe()

    def show(self, page: Page) -> None:
        """Let *page* stand there."""
        self.standing.put(page)
        self._stands(page)

    def cover(self, page: Page) -> None:
        """Let *page* lie over what stands there, unless what lies there is at work."""
        if self.standing.cover(page):
            self._stands(page)

    def turn_to(self, part: int) -> None:
        """Say a part of the page, from 0."""
        self.part = part
        self.tell()

    def lock(self, *, idle: bool) -> None:
        """Ask anew who is there; not while something is being done with a medium."""
        if self.session.worker is not None and self.standing.leave():
            self.standing.uncover()
            self.show(self.session.sign_out(idle=idle))

    def leave(self) -> None:
        """End, unless something is being done."""
        self.is_over = self.standing.leave()

    def look(self) -> None:
        """Tell what came meanwhile by itself."""
        if self.session.ending.is_set():
            let_go_of_dead_terminal()
            self.leave()
        with suppress(Empty):
            self._follow(*self._ended.get_nowait())
        if self._marked.is_set():
            self._marked.clear()
            self.tell_news()
        if time.monotonic() - self.touched > self.session.means.idle_seconds:
            self.touched = time.monotonic()
            self.lock(idle=True)

    def _follow(self, page: Live, following: Page) -> None:
        if self.standing.replace(page, following):
            self._stands(following)

    def _stands(self, page: Page) -> None:
        """Begin what *page* does, if it does something, and say it, if it is heard."""
        if isinstance(page, Live):
            self._workers = [each for each in self._workers if each.is_alive()]
            self._workers.append(Thread(target=self._carry_out, args=[page]))
            self._workers[-1].start()
        if page is self.shown:
            self.turn_to(0)

    def _carry_out(self, page: Live) -> None:
        following = followed(page, self._marked.set, self.standing.asked)
        if following is not None:
            self._ended.put((page, following))
