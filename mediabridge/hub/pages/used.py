"""Use by day: bars, and beside each drawing the same figures as a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import cast, get_args

from mediabridge.config import HUB_PAGE_DAYS, MIB
from mediabridge.hub.hub import Hub
from mediabridge.hub.pages import looking
from mediabridge.hub.pages.looking import Day
from mediabridge.hub.usage import day_of
from mediabridge.kinds import Role, kinds_between
from mediabridge.locale import text, translate
from mediabridge.report.layout import Bars, Grid, Section
from mediabridge.trust.trust_data import Duty

Days = Sequence[date]


def by_day(hub: Hub, now: datetime, page: int) -> tuple[tuple[Section, ...], int]:
    """Return the sections of one page of days, and how many pages there are.

    The first page ends with today; each further one with the day before.
    """
    last = date.fromisoformat(day_of(now)) - timedelta(days=(page - 1) * HUB_PAGE_DAYS)
    shown = [last - timedelta(days=back) for back in reversed(range(HUB_PAGE_DAYS))]
    found = looking.days(hub.database, shown[0].isoformat(), last.isoformat())
    ways = sorted({each.way for each in found if each.way})
    sections = (_asking(shown, found), *(_way(shown, found, way) for way in ways))
    return sections, -(-hub.settings.keep.known // HUB_PAGE_DAYS)


def _asking(shown: Days, found: Iterable[Day]) -> Section:
    told = {(each.day, each.action): each for each in found if not each.way}
    rows = []
    for day in shown:
        asked, faults = (told.get((day.isoformat(), each)) for each in ("asked", "faults"))
        rows.append(
            (
                *(day.isoformat(), asked.stations if asked else 0, asked.times if asked else 0),
                faults.times if faults else 0,
            )
        )
    title = text("Stations that used the hub")
    headings = (text("Day"), text("Stations"), text("Times asked"), text("Fault reports"))
    return Section(
        *("stations", title, (text("A day is one of the hub's clock."),)),
        bars=(_bars(title, shown, [row[1] for row in rows]),),
        grids=(Grid(title, headings, tuple(rows)),),
    )


def _way(shown: Days, found: Iterable[Day], way: str) -> Section:
    told = {(each.day, each.action): each for each in found if each.way == way}
    rows = []
    for day in shown:
        sent, taken = (told.get((day.isoformat(), each)) for each in ("sent", "taken"))
        rows.append(
            (
                *(day.isoformat(), sent.times if sent else 0),
                *(-(-sent.size // MIB) if sent else 0, taken.times if taken else 0),
            )
        )
    ends = way.split(">")
    sender, receiver = map(_end, ends)
    title = text("Bundles: {sender} to {receiver}", sender=sender, receiver=receiver)
    headings = (text("Day"), text("Put there"), text("MiB"), text("Fetched"))
    return Section(
        *("way-" + "-".join(filter(str.isalpha, ends)), title, (_kinds(ends),)),
        bars=(_bars(title, shown, [row[1] for row in rows]),),
        grids=(Grid(title, headings, tuple(rows)),),
    )


def _end(role: str) -> str:
    if role in get_args(Role):
        return translate(Duty.of(role).sentence)
    return text("unknown station")


def _kinds(ends: Sequence[str]) -> str:
    known = all(role in get_args(Role) for role in ends)
    kinds = kinds_between(*cast("tuple[Role, Role]", tuple(ends))) if known else ()
    if not kinds:
        return text("Which kinds of record may go this way is not known here.")
    return text(
        "Kinds that may go this way: {kinds}. Which of them a bundle holds, the hub cannot see.",
        kinds=kinds,
    )


def _bars(title: str, shown: Days, counts: Sequence[int]) -> Bars:
    said = text(
        "{first} to {last}: {total} in all, {most} on the day with the most.",
        first=shown[0].isoformat(), last=shown[-1].isoformat(), total=sum(counts),
        most=max(counts),
    )  # fmt: skip
    names = (f"{day.month}/{day.day}" for day in shown)
    return Bars(title, said, tuple(zip(names, counts, strict=True)))
