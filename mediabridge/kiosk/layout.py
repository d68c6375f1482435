"""How a page becomes lines of a screen of so many columns; nothing here knows Textual.

Frames are of ``#``, ``=``, ``+``, ``-`` and ``|``: the characters with which a terminal usually
draws boxes are as wide as two of them on many a Japanese machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediabridge.bundle.terms import Mode
from mediabridge.kinds import Role
from mediabridge.locale import n_, text, translate
from mediabridge.media.states import Handling
from mediabridge.shown.fold import NEW_PART, folded, laid, width_of
from mediabridge.shown.table import Table

if TYPE_CHECKING:
    from mediabridge.kiosk.session import Session

LEAST_LINES: Final = 3
"""Lines that the body has on however small a screen."""

_SIDES: Final[Mapping[Role, str]] = {
    "agency": n_("Agency's side"),
    "lgwan": n_("LGWAN side"),
    "registry": n_("Registry side"),
}

_READABLE_LINES: Final = 8
"""Lines of the body below which the answers give up their frames; with large ones, nothing does."""


_RULE: Final = re.compile("-+(  -+)*")
"""The line below the headings of a table."""

_LEAST_SHARE: Final = 3
"""Headings are repeated where they take no more than this part of the lines."""

AROUND: Final = 4
"""Columns that the frame of an answer takes, with the space within it."""


@dataclass(frozen=True)
class _Frame:
    words: str
    edge: str
    marks: tuple[str, str]


_FRAMES: Final = {
    Handling.LEAVE_IN: _Frame(n_("DO NOT PULL IT OUT"), "#", ("####", "####")),
    Handling.TAKE_OUT: _Frame(n_("You may take it out now"), "-", ("<<<<", "<<<<")),
    Handling.PLUG_IN: _Frame(n_("Plug it in"), ".", (">>>>", ">>>>")),
    Handling.PUT_BACK: _Frame(
        n_("It was pulled out. Plug the same one in again"), "!", (">>>>", ">>>>")
    ),
}


def notice(handling: Handling | None, width: int, *, large: bool = False) -> list[str]:
    """Return what the hands do with the medium, in a frame that nobody confuses with another."""
    frame = _FRAMES.get(handling) if handling else None
    if frame is None:
        return []
    before, after = frame.marks
    words = f"{before}  {translate(frame.words)}  {after}"
    left = max(width - width_of(words) - 2, 0)
    middle = f"{frame.edge}{' ' * (left // 2)}{words}{' ' * (left - left // 2)}{frame.edge}"
    line = frame.edge * width
    space = [f"{frame.edge}{' ' * (width - 2)}{frame.edge}"] if large else []
    return [line, *space, middle, *space, line]


def words(handling: Handling | None) -> list[str]:
    """Return what stands in that frame, for whoever hears it."""
    frame = _FRAMES.get(handling) if handling else None
    return [translate(frame.words)] if frame else []


def parts(lines: Sequence[str | Table], width: int, height: int) -> list[list[str]]:
    """Return *lines* in parts of at most *height*; at least one part, and none is cut in width.

    What stands above a table is in the part in which its first row is, where there is room; what
    follows a table stands apart from it, unless that takes one more part. A part that begins within
    a table has its headings, and none begins within a row.
    """
    height = max(height, LEAST_LINES)
    for all_ in (list(_apart(lines)), lines):
        whole = folded(all_, width)
        if len(whole) <= height:
            return [whole]
    return [part for group in _groups(lines) for part in _parts_of(group, width, height)]


def _parts_of(group: Sequence[str | Table], width: int, height: int) -> list[list[str]]:
    apart, close = (
        list(_filled(_laid(each, width), height)) for each in (list(_apart(group)), group)
    )
    return apart if len(apart) <= len(close) else close


def _groups(lines: Sequence[str | Table]) -> Iterator[list[str | Table]]:
    """Yield what stands between two lines that say that a new part begins."""
    group: list[str | Table] = []
    for each in lines:
        if each == NEW_PART:
            yield group
            group = []
        else:
            group.append(each)
    yield group


@dataclass(frozen=True)
class _Shown:
    """A line as it is shown."""

    line: str
    head: Sequence[str] = ()
    """The headings of the table, for a row of one."""
    begins: bool = True
    """Whether a part may begin with it."""


def _laid(lines: Sequence[str | Table], width: int) -> list[_Shown]:
    """Return *lines* as :func:`~mediabridge.shown.fold.folded` shows them."""
    found: list[_Shown] = []
    for each in lines:
        if isinstance(each, Table):
            head, rows = laid(each, width)
            found += [_Shown("")] if found else []
            found += (_Shown(line, begins=not number) for number, line in enumerate(head))
            found += (_Shown(line, head, not at) for row in rows for at, line in enumerate(row))
        else:
            found += map(_Shown, folded([each], width))
    return found


def _filled(left: Sequence[_Shown], height: int) -> Iterator[list[str]]:
    """Yield *left* in parts of at most *height* lines; at least one."""
    while True:
        # Of a screen with little room headings would take most.
        head = left[0].head if left and _LEAST_SHARE * len(left[0].head) <= height else ()
        end = _parted(left, height - len(head))
        yield [*head, *(each.line for each in left[:end])]
        left = left[end:]
        while left and not left[0].line:
            left = left[1:]
        if not left:
            return


def _apart(lines: Sequence[str | Table]) -> Iterator[str | Table]:
    """Yield *lines*, with an empty one after each table: what follows looks like a row of it."""
    before: str | Table = ""
    for each in lines:
        if isinstance(before, Table) and isinstance(each, str) and each:
            yield ""
        yield each
        before = each


def _parted(shown: Sequence[_Shown], height: int) -> int:
    """Return after how many lines, at most *height*, the next part of *shown* begins."""
    if len(shown) <= height:
        return len(shown)
    end, lines = height, [each.line for each in shown]
    # Headings, their rule, and the words above them with an empty line between.
    while end and (
        not shown[end].begins
        or not lines[end - 1]
        or any(map(_RULE.fullmatch, lines[end - 1 : end + 3]))
    ):
        end -= 1
    return end if end >= height // 2 else height


def grid(
    labels: Sequence[str], width: int, height: int, body: int, *, large: bool
) -> tuple[int, int]:
    """Return in how many columns the answers stand, and how many lines each takes.

    Of *height* lines the body, which has *body* of them, keeps enough to be read,
    :data:`LEAST_LINES` in any case, and no label is cut.
    """
    beside = all(width_of(each) <= (width - 1) // 2 - AROUND for each in labels)
    wanted = ((1, 3), (2, 3), (1, 1), (2, 1)) if large else ((2, 3), (1, 3), (2, 1), (1, 1))
    enough = max(LEAST_LINES, min(body, _READABLE_LINES))
    for least in (LEAST_LINES,) if large else (enough, LEAST_LINES):
        for columns, lines in wanted:
            rows = -(-len(labels) // columns)
            if (beside or columns == 1) and rows * lines + least <= height:
                return columns, lines
    return 2 if beside else 1, 1


def row(left: str, right: str, width: int) -> str:
    """Return one line with *left* and *right* at its ends; what has no room is left out."""
    gap = width - width_of(left) - width_of(right)
    return f"{left}{' ' * gap}{right}" if fits(left, right, width) else left


def fits(left: str, right: str, width: int) -> bool:
    """Tell whether both have room in one line, with something between them."""
    return width_of(left) + width_of(right) < width


def whose(session: Session) -> str:
    """Return whose screen it is: of which station, in which mode, and who is signed in."""
    config = session.means.config
    side = translate(_SIDES[config.role])
    said = text("[{mode}] station {station}", mode=Mode.of(config.mode), station=config.station)
    return f" {said}  {side}  {session.name or ''}"


def where(medium: str, destinations: Sequence[str]) -> tuple[str, str]:
    """Return the number of the medium, and where what is sent goes."""
    to = ", ".join(destinations) or "-"
    return text("Medium: {medium}", medium=medium or "-"), text("To: {to}", to=to)
