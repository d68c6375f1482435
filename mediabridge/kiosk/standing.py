"""Which page stands there, and which one lies over it, in whatever way they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediabridge.kiosk.page import Live, Page

if TYPE_CHECKING:
    from mediabridge.media.states import Handling


class Standing:
    """One page, and one that may lie over it; nothing is drawn here, and nothing begun."""

    def __init__(self, first: Page) -> None:
        """Let *first* stand there."""
        self.page = first
        self.over: Page | None = None
        """What lies over it: help, or the report of a lost medium, with what follows on it."""
        self.asked = first
        """The page that asked last: from it, one may try once more."""

    @property
    def shown(self) -> Page:
        """The page that a person sees."""
        return self.over or self.page

    def put(self, page: Page) -> None:
        """Let *page* take the place of the one that a person sees."""
        if self.over is not None:
            self.over = page
        else:
            self.page = page
        if not isinstance(page, Live):
            self.asked = page

    def replace(self, page: Live, following: Page) -> bool:
        """Let *following* stand where *page* still stands; False where it does no more."""
        if page is self.shown:
            self.put(following)
        elif page is self.page:
            self.page = following
        else:
            return False
        return True

    def cover(self, page: Page) -> bool:
        """Let *page* lie over what stands there; False where what lies there is at work."""
        if isinstance(self.over, Live) and not self.over.leave():
            return False
        self.over = page
        self.put(page)
        return True

    def uncover(self) -> None:
        """Take away what lies over the page."""
        self.over = None
        self.asked = self.page

    def live(self) -> list[Live]:
        """Return what may be at work, whether it is seen or not."""
        return [each for each in (self.over, self.page) if isinstance(each, Live)]

    def leave(self) -> bool:
        """Let nothing more begin, unless something is being done; tell whether one may leave."""
        return all(each.leave() for each in self.live())

    def handling(self, page: Page) -> Handling | None:
        """Return what the hands do; what lies over a page hides nothing of a medium in use."""
        below = self.page.handling() if page is self.over else None
        return page.handling() or below or page.session.hands.now
