"""The report as sheets of a workbook, one for each list, behind the ledger of media."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from mediabridge.locale import text
from mediabridge.report import heading, layout
from mediabridge.report.layout import Grid, shown
from mediabridge.report.model import Report
from mediabridge.report.sections import sections
from mediabridge.report.workbook import Cell, Column, Sheet

_NARROWEST: Final = 8
_WIDEST: Final = 48
_NAME: Final = 24
"""Characters of the name of a sheet; Excel has a few more, for the number of a second one."""


def of(report: Report) -> Iterator[Sheet]:
    """Yield the head of *report*, and each of its lists, as a sheet."""
    about = [text("what"), text("value")]
    rows: list[list[Cell]] = [list(each) for each in heading.about(report)]
    if report.training:
        rows.append([text("TRAINING"), heading.training_mark(report)])
    yield Sheet(heading.title()[:_NAME], [Column(about[0], 24), Column(about[1], 60)], rows)
    number = 0
    for section in sections(report):
        for grid in section.grids:
            number += 1
            yield _sheet(number, section.title, grid)


def _sheet(number: int, title: str, grid: Grid) -> Sheet:
    rows: list[Sequence[Cell]] = [[_cell(cell) for cell in row] for row in grid.rows]
    if grid.more:
        more = text("{count} more are not listed.", count=grid.more)
        rows.append([more, *(None for _ in grid.headings[1:])])
    columns = [
        Column(name, _width([name, *(_long(cell) for cell in column)]))
        for name, column in zip(
            grid.headings, zip(*grid.rows, strict=True) if grid.rows else _empty(grid), strict=True
        )
    ]
    name = "".join(" " if each in "[]:*?/\\'" else each for each in grid.caption)
    return Sheet(f"{number} {name}"[:_NAME], columns, rows, title)


def _empty(grid: Grid) -> list[tuple[layout.Cell, ...]]:
    return [() for _ in grid.headings]


def _cell(cell: layout.Cell) -> Cell:
    """Return what a sheet has for *cell*: counts and times as such, links as texts."""
    if isinstance(cell, datetime) or cell is None:
        return cell
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - a day of the office
    if isinstance(cell, tuple | timedelta):
        return shown(cell)
    return cell


def _long(cell: layout.Cell) -> str:
    # As a sheet shows a time, whatever a page has for it.
    return "0" * 14 if isinstance(cell, date) else shown(cell)


def _width(texts: Sequence[str]) -> int:
    wide = max(sum(1 + (each > "\xff") for each in one) for one in texts)
    return min(_WIDEST, max(_NARROWEST, wide + 2))
