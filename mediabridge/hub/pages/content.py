"""What each page says, in the language in use: figures, lists and bars that know no layout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mediabridge.clock import to_rfc3339
from mediabridge.config import HUB_PAGE_ROWS
from mediabridge.hub.hub import Hub
from mediabridge.hub.pages import looking
from mediabridge.hub.pages.looking import Some, Use
from mediabridge.hub.pages.used import by_day
from mediabridge.locale import moment, n_, text, translate
from mediabridge.report.layout import Cell, Grid, Section
from mediabridge.trust.trust_data import Duty

FAULT_DAYS: Final = 30
"""Days of which faults are added up."""


@dataclass(frozen=True)
class Asked:
    """What a request asks a page for."""

    hub: Hub
    now: datetime
    page: int = 1
    find: str = ""

    def before(self, hours: int) -> str:
        """Return the time *hours* ago."""
        return to_rfc3339(self.now - timedelta(hours=hours))

    @property
    def silent_hours(self) -> int:
        """After so many hours an office is silent."""
        return self.hub.settings.operators.silent_hours

    @property
    def unfetched_hours(self) -> int:
        """After so many hours a bundle lies there for long."""
        return self.hub.settings.operators.unfetched_hours


@dataclass(frozen=True)
class Page:
    """One page."""

    sections: tuple[Section, ...]
    facts: tuple[tuple[str, Cell], ...] = ()
    """Figures that stand before everything else."""
    pages: int | None = None
    """How many pages its list has; None: it has no list that is cut."""
    searched: bool = False
    """Whether there is a field to look for a city in."""


def overview(asked: Asked) -> Page:
    """Show what somebody has to look at, and the versions in use."""
    uses = looking.uses(asked.hub.database, asked.hub.cities)
    silent = _silent(asked, uses)
    late = looking.unfetched(asked.hub.database, asked.before(asked.unfetched_hours), 1)
    owed = looking.unanswered(asked.hub.database, asked.before(asked.unfetched_hours), 1)
    faults = looking.codes(asked.hub.database, asked.before(24 * FAULT_DAYS))
    hours = asked.unfetched_hours
    facts: tuple[tuple[str, Cell], ...] = (
        (text("Cities that are served"), len(asked.hub.cities)),
        (text("Stations with a line"), len(uses)),
        (text("Silent for more than {hours} hours", hours=asked.silent_hours), len(silent)),
        (text("Bundles not fetched for {hours} hours", hours=hours), late.count),
        (text("The oldest of them"), moment(late.oldest) if late.oldest else "-"),
        (text("No bundle back for {hours} hours", hours=hours), owed.count),
        (text("Kinds of fault (days: {days})", days=FAULT_DAYS), len(faults)),
    )
    return Page((_versions(uses),), facts)


def _versions(uses: Sequence[Use]) -> Section:
    counted = Counter(use.version or _no_version(use) for use in uses)
    rows = tuple(sorted(counted.items(), key=lambda each: (-each[1], each[0])))
    grid = Grid(text("Versions in use"), (text("Version"), text("Stations")), rows[:HUB_PAGE_ROWS])
    line = text("The version that each station named when it was here last.")
    return Section("versions", text("Versions in use"), (line,), grids=(grid,))


def _no_version(use: Use) -> str:
    return text("not named") if use.seen_at else text("never here")


def stations(asked: Asked) -> Page:
    """Show who was here when."""
    uses = looking.uses(asked.hub.database, asked.hub.cities)
    lines = (text("The station that has been silent for the longest time stands first."),)
    return _listed(asked, uses, lines)


def silent(asked: Asked) -> Page:
    """Show who has not been here for long."""
    uses = _silent(asked, looking.uses(asked.hub.database, asked.hub.cities))
    lines = (
        text("Stations that have not asked for {hours} hours.", hours=asked.silent_hours),
        text("An office whose line is down can always carry its bundles on a medium."),
    )
    return _listed(asked, uses, lines)


def _silent(asked: Asked, uses: Sequence[Use]) -> list[Use]:
    before = asked.before(asked.silent_hours)
    return [use for use in uses if use.seen_at is None or use.seen_at < before]


def _listed(asked: Asked, uses: Sequence[Use], lines: tuple[str, ...]) -> Page:
    found = [use for use in uses if asked.find in use.city or asked.find in use.municipality]
    begin = (asked.page - 1) * HUB_PAGE_ROWS
    before = asked.before(asked.silent_hours)
    headings = (
        text("City"), text("Code"), text("Station"), text("Role"), text("Last here"),
        text("State"), text("Version"),
    )  # fmt: skip
    rows = tuple(
        (
            *(use.city, use.municipality, use.station, translate(Duty.of(use.role).sentence)),
            *(moment(use.seen_at) if use.seen_at else "-", _state(use, before), use.version or "-"),
        )
        for use in found[begin : begin + HUB_PAGE_ROWS]
    )
    title = text("Stations: {count}", count=len(found))
    section = Section("list", title, lines, grids=(Grid(title, headings, rows),))
    return Page((section,), pages=_pages(len(found)), searched=True)


def _state(use: Use, before: str) -> str:
    if use.seen_at is None:
        return text("never here")
    return text("silent") if use.seen_at < before else text("in use")


def unfetched(asked: Asked) -> Page:
    """Show what lies here for long."""
    hours = asked.unfetched_hours
    found = looking.unfetched(asked.hub.database, asked.before(hours), asked.page)
    headings = (
        text("City"), text("Sender"), text("Receiver"), text("Number"), text("KiB"),
        text("Here since"),
    )  # fmt: skip
    rows = [
        (each.city, each.sender, each.receiver, each.seq, -(-each.size // 1024), moment(each.since))
        for each in found.rows
    ]
    lines = (
        text(
            "Bundles that have been complete for {hours} hours and were not fetched.", hours=hours
        ),
        _blind(),
    )
    return _page(
        text("Bundles not fetched: {count}", count=found.count), lines, headings, rows, found
    )


def unanswered(asked: Asked) -> Page:
    """Show who took bundles and sent none back."""
    hours = asked.unfetched_hours
    found = looking.unanswered(asked.hub.database, asked.before(hours), asked.page)
    headings = (
        text("City"), text("Sender"), text("Receiver"), text("No bundle back since"),
        text("Fetched last"),
    )  # fmt: skip
    rows = [
        (each.city, each.sender, each.receiver, moment(each.since), moment(each.taken_at))
        for each in found.rows
    ]
    lines = (
        text(
            "The receiver fetched a bundle {hours} hours ago or earlier, and no bundle of it has"
            " come for the sender since.",
            hours=hours,
        ),
        _blind(),
    )
    return _page(
        text("Without a bundle back: {count}", count=found.count), lines, headings, rows, found
    )


def _blind() -> str:
    return text(
        "The hub cannot see receipts, which are sealed inside bundles: whether one is overdue is"
        " known to the two stations alone."
    )


def used(asked: Asked) -> Page:
    """Show what was done day by day."""
    sections, pages = by_day(asked.hub, asked.now, asked.page)
    return Page(sections, pages=pages)


def faults(asked: Asked) -> Page:
    """Show what stations reported."""
    since, found = asked.before(24 * FAULT_DAYS), looking.reports(asked.hub.database, asked.page)
    summed = tuple(
        (each.code, each.stations, each.times) for each in looking.codes(asked.hub.database, since)
    )
    title = text("Faults by code (days: {days})", days=FAULT_DAYS)
    columns = (text("Code"), text("Stations"), text("Times"))
    first = Section("codes", title, grids=(Grid(title, columns, summed),))
    headings = (
        text("Reported at"), text("City"), text("Station"), text("Program"), text("System"),
        text("Python"), text("Faults"),
    )  # fmt: skip
    rows = [
        (
            *(moment(each.received_at), each.city, each.station, each.program, each.system),
            *(each.python, _spelt(each.codes)),
        )
        for each in found.rows
    ]
    title = text("Reports that are kept: {count}", count=found.count)
    line = text("What `doctor` saw at the station: codes and versions, and nothing else.")
    second = Section("reports", title, (line,), grids=(Grid(title, headings, tuple(rows)),))
    return Page((first, second), pages=_pages(found.count))


def _spelt(codes: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{code} ({times})" for code, times in codes) or "-"


def _page(
    title: str,
    lines: tuple[str, ...],
    headings: tuple[str, ...],
    rows: Sequence[tuple[Cell, ...]],
    found: Some[looking.Unfetched] | Some[looking.Unanswered],
) -> Page:
    grid = Grid(title, headings, tuple(rows))
    return Page((Section("list", title, lines, grids=(grid,)),), pages=_pages(found.count))


def _pages(count: int) -> int:
    return max(1, -(-count // HUB_PAGE_ROWS))


PAGES: Final[dict[str, tuple[str, Callable[[Asked], Page]]]] = {
    "": (n_("Overview"), overview),
    "stations": (n_("Use by station"), stations),
    "silent": (n_("Silent offices"), silent),
    "unfetched": (n_("Bundles not fetched"), unfetched),
    "unanswered": (n_("No bundle back"), unanswered),
    "usage": (n_("Use by day"), used),
    "faults": (n_("Faults reported"), faults),
}
"""Every page by its address, with its name."""
