"""Excel workbooks of plain values, laid out for paper, the same bytes each time.

A cell is what it was given: nothing is read as a formula, a link or a number. Times are cells
of a date, so that they can be sorted; in Japanese they are shown in the era, as an office files.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from mediabridge.clock import from_rfc3339
from mediabridge.locale import Language, language, n_, text, translate
from mediabridge.report.extra import library

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

Cell = str | int | datetime | None
"""A text, a count, a time in the zone it is to be shown in, or a cell to be written into."""

ROWS_PER_SHEET: Final = 1_048_575
"""Below the headings; Excel has one line more."""

_OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "constant_memory": True,
    "remove_timezone": True,
}
_A4: Final = 9
_LINE: Final = 15.0
"""Points of one line."""
_HIGHEST: Final = 408.0
"""Points of a row, at most."""
_TIMES: Final = {
    Language.JA: "[$-411]ge.m.d h:mm",
    Language.EN: "yyyy-mm-dd hh:mm",
}
_CONTINUED: Final = n_("{name} ({number})")


@dataclass(frozen=True)
class Column:
    """One column: what it is called, and its width in half-width characters."""

    heading: str
    width: int


@dataclass(frozen=True)
class Sheet:
    """One sheet; its rows are asked for once, when it is written."""

    name: str
    """At most 24 characters, none of ``[]:*?/\\``."""
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    about: str = ""
    """What stands at the top of each printed page, beside the name."""


def write(file: BinaryIO, sheets: Iterable[Sheet], *, title: str, made: str) -> int:
    """Write *sheets* to *file* as one workbook; return how many rows it has.

    *made*, RFC 3339 in UTC, is the time that the file gives as its own.

    Raises:
        ReportLibraryError: the library is not installed.
        ValueError: a text is longer than a cell holds.
    """
    with library():
        import xlsxwriter  # noqa: PLC0415 - of an extra: who makes no report needs none
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        book.set_properties({"title": title, "created": from_rfc3339(made).replace(tzinfo=None)})
        styles = _Styles(book)
        return sum(_add(book, sheet, styles) for sheet in sheets)


class _Styles:
    """The three looks of a cell."""

    def __init__(self, book: Workbook) -> None:
        base = {"border": 1, "valign": "top", "text_wrap": True, "font_size": 10}
        self.heading = book.add_format({**base, "bold": True, "bg_color": "#E7E6E6"})
        self.plain = book.add_format(base)
        self.time = book.add_format({**base, "num_format": _TIMES[language()], "align": "left"})


def _add(book: Workbook, sheet: Sheet, styles: _Styles) -> int:
    page, count = _page(book, sheet, 1, styles), 0
    for count, row in enumerate(sheet.rows, 1):
        pages, at = divmod(count - 1, ROWS_PER_SHEET)
        if pages and not at:
            page = _page(book, sheet, pages + 1, styles)
        # Before the cells: what is written row by row is not gone back to.
        page.set_row(at + 1, min(_HIGHEST, _LINE * max(map(_lines, row, sheet.columns), default=1)))
        for column, cell in enumerate(row):
            _put(page, at + 1, column, cell, styles)
    return count


def _page(book: Workbook, sheet: Sheet, number: int, styles: _Styles) -> Worksheet:
    name = sheet.name
    if number > 1:
        name = translate(_CONTINUED).format(name=name, number=number)
    page = book.add_worksheet(name)
    page.set_paper(_A4)
    page.set_landscape()
    page.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.freeze_panes(1, 0)
    # An ampersand begins a code of the header's own.
    top, about = (each.replace("&", "&&") for each in (name, sheet.about))
    page.set_header(f'&L&"-,Bold"&12{top}&R{about}')
    page.set_footer("&R&P / &N")
    for column, each in enumerate(sheet.columns):
        page.set_column(column, column, each.width)
        _done(page.write_string(0, column, each.heading, styles.heading))
    return page


def _put(page: Worksheet, row: int, column: int, cell: Cell, styles: _Styles) -> None:
    match cell:
        case None | "":
            _done(page.write_blank(row, column, None, styles.plain))
        case str():
            _done(page.write_string(row, column, cell, styles.plain))
        case int():
            _done(page.write_number(row, column, cell, styles.plain))
        case datetime():
            _done(page.write_datetime(row, column, cell, styles.time))


def _lines(cell: Cell, column: Column) -> int:
    """Return on how many lines *cell* is shown, about: some programs do not find out themselves."""
    if not isinstance(cell, str):
        return 1
    wide = (sum(1 + (each > "\xff") for each in line) for line in cell.split("\n"))
    return sum(max(1, -(-each // column.width)) for each in wide)


def _done(answer: Any) -> None:
    """Refuse what the library left out: it answers with a number where others raise."""
    if answer:
        msg = text("a text is longer than a cell of a workbook holds")
        raise ValueError(msg)
