"""How a table becomes lines, and what becomes of it on a screen that is too narrow.

A row keeps the columns that fit beside each other. Those that do not stand below it, each
with its heading, so that nothing is cut off and nothing needs sideways scrolling. A last
column of words is wrapped where it stands, as long as there is room to read it.
Widths are columns of the screen: a Japanese character takes two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Final

from mediabridge.locale.printing import printable
from mediabridge.shown.table import Table
from mediabridge.shown.wrapping import wrapped

NEW_PART: Final = "\f"
"""A line below which a new part begins, where not all has room in one; shown as an empty one."""

_GAP: Final = "  "
_BELOW: Final = "      "
"""Before what stands below its row."""

_WHOLE: Final = 32
"""The longest word that is kept whole: an id of 32 characters has to be copied by somebody."""

_READABLE: Final = 22
"""Columns below which wrapping a column makes it harder to read than putting it below."""


def lines_of(table: Table, width: int | None) -> list[str]:
    """Return the lines of *table*; see :func:`laid`."""
    head, rows = laid(table, width)
    return [*head, *(line for row in rows for line in row)]


def laid(table: Table, width: int | None) -> tuple[list[str], list[list[str]]]:
    """Return the headings of *table* with the rule below them, and the lines of each row.

    None is wider than *width* columns; None is wide enough for all. A single word that is wider
    than the screen stays whole in no place: it is broken.
    """
    given = [table.headings, *table.rows]
    grid = [[printable(cell) for cell in row] for row in given]
    widths = [max(map(_columns, column)) for column in zip(*grid, strict=True)]
    if width is not None:
        widths = _beside(widths, width, [_narrowest(column) for column in zip(*grid, strict=True)])
    layout = _Layout(widths, table.right, width or 0)
    heading, *rows = grid
    rule = _GAP.join("-" * each for each in layout.widths)
    below = list(enumerate(heading))[len(layout.widths) :]
    head = [*layout.beside(heading), rule]
    return head, [
        [
            *layout.beside(row),
            *(line for i, title in below if row[i] for line in layout.below(title, row[i])),
        ]
        for row in rows
    ]


def folded(lines: Iterable[str | Table], width: int) -> list[str]:
    """Return *lines* as a screen of *width* columns has them, an empty one before each table.

    What steers a terminal is escaped. No line is wider, and none ends within a character that
    is written as several, such as a kanji with a variation selector.
    """
    shown: list[str] = []
    for each in lines:
        if isinstance(each, Table):
            shown += ["", *lines_of(each, width)] if shown else lines_of(each, width)
        elif each == NEW_PART:
            shown.append("")
        else:
            pieces = (_broken(printable(piece), width) for piece in each.split("\n"))
            shown += (piece for broken in pieces for piece in broken)
    return shown


def width_of(line: str) -> int:
    """Return how many columns of a screen *line* takes: two for a kanji, none for its selector."""
    return _columns(line)


def _columns(cell: str) -> int:
    from rich.cells import cell_len

    return cell_len(cell)


def _taken(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * max(0, len(widths) - 1)


def _narrowest(column: Sequence[str]) -> int:
    """Return how narrow *column* may become: readable, and no number in it broken."""
    pieces = (_columns(piece) for cell in column for piece in wrapped(cell, 1))
    return max([_READABLE, *(each for each in pieces if each <= _WHOLE)])


def _beside(widths: Sequence[int], width: int, narrowest: Sequence[int]) -> list[int]:
    """Return the widths of the columns that stand beside each other on a screen of *width*.

    All of them, the widest wrapped but none below its *narrowest*, if that fits; otherwise
    those from the left that fit as they are.
    """
    for cap in range(max(widths), _READABLE - 1, -1):
        tried = [min(each, max(cap, least)) for each, least in zip(widths, narrowest, strict=True)]
        if _taken(tried) <= width:
            return tried
    # The first column says what a row is about: it stands there, even if it has to be wrapped.
    first = min(widths[0], max(_READABLE, width // 2), width)
    others = widths[1:]
    fits = [count for count in range(len(widths)) if _taken([first, *others[:count]]) <= width]
    return [first, *others[: max(fits)]]


class _Layout:
    """The columns that stand beside each other; the others go below."""

    def __init__(self, widths: Sequence[int], right: frozenset[int], width: int) -> None:
        self.widths = widths
        self._right = right
        self._width = width

    def beside(self, cells: Sequence[str]) -> Iterator[str]:
        """Yield what of *cells* stands side by side, in as many lines as its longest needs."""
        pieces = [_broken(cell, width) for cell, width in zip(cells, self.widths, strict=False)]
        for line in zip_longest(*pieces, fillvalue=""):
            yield _GAP.join(self._padded(i, cell) for i, cell in enumerate(line)).rstrip()

    def below(self, heading: str, cell: str) -> Iterator[str]:
        """Yield a cell that stands below its row."""
        said = f"{heading}: {cell}" if heading else cell
        for number, line in enumerate(_broken(said, self._width - len(_BELOW) - len(_GAP))):
            yield _BELOW + _GAP * bool(number) + line

    def _padded(self, column: int, cell: str) -> str:
        space = " " * (self.widths[column] - _columns(cell))
        return space + cell if column in self._right else cell + space


def _broken(cell: str, width: int) -> list[str]:
    """Return *cell* in lines of at most *width* columns, at least one."""
    if _columns(cell) <= width:
        return [cell]
    return [piece for line in wrapped(cell, width) for piece in _cut(line, width)] or [""]


def _cut(line: str, width: int) -> Iterator[str]:
    """Yield *line* in pieces of at most *width* columns, for a word that is wider by itself."""
    piece = ""
    for character in line:
        if piece and _columns(piece + character) > max(width, 2):
            yield piece
            piece = ""
        piece += character
    yield piece
