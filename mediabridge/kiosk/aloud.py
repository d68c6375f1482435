"""A page as sentences, one a line, for whoever has them read out or feels them in Braille.

Nothing is drawn: a row of a table is a sentence with its headings in it, a frame is the words that
stand in it. How wide a line is nobody knows, so none is broken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from mediabridge.kiosk import layout
from mediabridge.locale.printing import printable
from mediabridge.shown.table import Table

if TYPE_CHECKING:
    from mediabridge.kiosk.page import Line, Page
    from mediabridge.media.states import Handling

_PART_LINES: Final = 15
"""As many lines are heard in one go of what has to be read before it is answered."""
_PAIR: Final = 2


def head(page: Page, handling: Handling | None) -> list[str]:
    """Return what is asked, and what the hands do meanwhile."""
    return [page.title(), *layout.words(handling)]


def body(lines: Sequence[Line]) -> list[str]:
    """Return *lines* without anything that is drawn; none is empty."""
    return [each for line in lines for each in _sentences(line)]


def parts(page: Page) -> list[list[str]]:
    """Return the body of *page*: in parts where it has to be read; at least one."""
    found = body(page.lines())
    if not page.must_be_read:
        return [found]
    return [found[at : at + _PART_LINES] for at in range(0, len(found), _PART_LINES)] or [[]]


def _sentences(line: Line) -> Iterator[str]:
    if isinstance(line, Table):
        yield from (_row(line.headings, row) for row in line.rows)
        return
    yield from (printable(each).strip() for each in line.split("\n") if each.strip())


def _row(headings: Sequence[str], cells: Sequence[str]) -> str:
    """Return one row as a sentence; of a pair the first cell is the heading of the second."""
    if len(cells) == _PAIR:
        return f"{printable(cells[0]).strip()}: {printable(cells[1])}"
    named = zip(headings, cells, strict=True)
    said = [f"{heading}: {printable(cell)}" if heading else cell for heading, cell in named if cell]
    return "; ".join(said)
