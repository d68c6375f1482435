"""A page on a screen of so many columns and lines: its parts, and the answers below each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediabridge.kiosk import layout
from mediabridge.kiosk.page import Choice, Page
from mediabridge.locale import reading, text
from mediabridge.shown.fold import folded, width_of

if TYPE_CHECKING:
    from mediabridge.media.states import Handling

MORE: Final = "8"
BACK: Final = "0"
_BACK_WHILE_TYPING: Final = "Esc"
"""Where something is typed, a digit goes into the field."""

_ABOVE_LINES: Final = 4
"""Whose screen it is, what it is about, and the title with a line below it."""
_TITLE_LINES: Final = 2
_KEYS_LINES: Final = 1
_FIELD_LINES: Final = 4


@dataclass(frozen=True)
class Sheet:
    """*page*, as it has room; no part of it changes the places of the others."""

    page: Page
    width: int
    height: int
    handling: Handling | None = None
    """What the hands do while it is shown."""
    covers: bool = False
    """Whether it lies over another page, so that there is always a way back."""
    large: bool = False

    def title(self) -> list[str]:
        """Return the question; where it has no room with its readings, without them."""
        said = folded([self.page.title()], self._inner)
        if len(said) <= _TITLE_LINES:
            return said
        with reading(shown=False):
            return folded([self.page.title()], self._inner)

    def notice(self) -> list[str]:
        """Return what the hands do, in its frame."""
        return layout.notice(self.handling, self._inner, large=self.large)

    def parts(self) -> list[list[str]]:
        """Return the lines of the body, part by part; at least one."""
        columns, lines = self.grid()
        room = self._left - lines * -(-len(self._labels()) // columns)
        return layout.parts(self.page.lines(), self._inner, room)

    def grid(self) -> tuple[int, int]:
        """Return in how many columns the answers stand, and how many lines each takes."""
        body = len(folded(self.page.lines(), self._inner))
        return layout.grid(self._labels(), self._inner, self._left, body, large=self.large)

    def answers(self, part: int, count: int) -> list[Choice]:
        """Return what may be answered below *part*, from 0, of *count* parts."""
        found: Sequence[Choice] = self._choices()
        if self.page.must_be_read and part + 1 < count:
            found = [each for each in found if each.key == BACK]
        return [*self._more(part, count), *found, *self._back(found)]

    def _choices(self) -> Sequence[Choice]:
        """Return the answers of the page; readings give way where a label has no room for them."""
        found = self.page.choices()
        if all(map(self._has_room, found)):
            return found
        with reading(shown=False):
            plain = self.page.choices()
        return [
            one if self._has_room(one) else other for one, other in zip(found, plain, strict=True)
        ]

    def said(self, choice: Choice) -> str:
        """Return what stands on *choice*: the key that takes it here, and its label."""
        typing = choice.key == BACK and self.page.field() is not None
        return f"{_BACK_WHILE_TYPING if typing else choice.key}  {choice.label}"

    def _has_room(self, choice: Choice) -> bool:
        return width_of(self.said(choice)) <= self._inner - layout.AROUND

    def _more(self, part: int, count: int) -> list[Choice]:
        if count == 1:
            return []
        return [Choice(MORE, _more_of(part + 1, count), lambda: self.page)]

    def _back(self, found: Sequence[Choice]) -> list[Choice]:
        if not self.covers or any(each.key == BACK for each in found):
            return []
        return [Choice(BACK, text("Back"), lambda: self.page)]

    def _labels(self) -> list[str]:
        """Return what answers may say, whichever part is shown: no part then has other places."""
        found = [self.said(each) for each in self._choices()]
        more = max((_more_of(part, 10) for part in (1, 10)), key=width_of)
        return [*found, f"{MORE}  {more}"]

    @property
    def _inner(self) -> int:
        return self.width - 2

    @property
    def _left(self) -> int:
        """How many lines the body and the answers have together."""
        above = _ABOVE_LINES + self.large + len(self.notice())
        return self.height - above - _KEYS_LINES - (_FIELD_LINES if self.page.field() else 0)


def _more_of(part: int, count: int) -> str:
    if part == count:
        return text("Read it from the beginning ({part} of {count})", part=part, count=count)
    return text("Next part ({part} of {count})", part=part, count=count)
