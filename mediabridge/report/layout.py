"""What a page, a sheet and a printed form are all laid out from: sections of lists and bars.

Texts are in the language in use, and a label or a name is as it is: whoever lays it out escapes
what its form asks for. Nothing here knows how a page looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from mediabridge.locale import text
from mediabridge.locale.printing import printable
from mediabridge.report.model import Ref
from mediabridge.report.period import short_day, short_moment

Cell = str | int | date | datetime | timedelta | tuple[Ref, ...] | None
"""What stands in one place of a list: a time is on the clock of the office, a tuple is links."""

_HOUR: Final = 3600
_MINUTE: Final = 60


@dataclass(frozen=True)
class Grid:
    """One list: as many cells in each row as there are headings."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    more: int = 0
    """Rows that are left out and only counted."""


@dataclass(frozen=True)
class Bars:
    """Counts to be drawn as bars; the same counts stand in a list beside it."""

    title: str
    said: str
    """What it shows, for whoever does not see it."""
    bars: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Section:
    """One part of the report."""

    name: str
    """ASCII, for an anchor or the name of a sheet; the same in every language."""
    title: str
    lines: tuple[str, ...] = ()
    """What the lists say, and what they do not."""
    bars: tuple[Bars, ...] = ()
    grids: tuple[Grid, ...] = ()


def shown(cell: Cell) -> str:
    """Return what a page has for *cell*, with everything that could steer a reader escaped."""
    if isinstance(cell, tuple):
        return ", ".join(map(place, cell))
    if isinstance(cell, int):
        return f"{cell:,}"
    if isinstance(cell, timedelta):
        return duration(cell)
    if isinstance(cell, date):
        return short_moment(cell) if isinstance(cell, datetime) else short_day(cell)
    return printable(cell or "")


def is_number(cell: Cell) -> bool:
    """Tell whether *cell* stands to the right of its column."""
    return isinstance(cell, int | timedelta)


def place(ref: Ref) -> str:
    """Return what names an entry on paper."""
    return f"{ref.station} #{ref.number}"


def duration(length: timedelta) -> str:
    """Return *length* in days, hours and minutes."""
    if length.days and not length.seconds:
        return text("{days} d", days=length.days)
    hours, seconds = divmod(length.seconds, _HOUR)
    clock = f"{hours}:{seconds // _MINUTE:02}"
    if not length.days:
        return clock
    return text("{days} d {clock}", days=length.days, clock=clock)
