"""Bundles by day and route, and how long they took."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Final

from mediabridge.config import REPORT_LONGEST, REPORT_WAITS
from mediabridge.locale import text
from mediabridge.report import words
from mediabridge.report.layout import Bars, Cell, Grid, Section, duration
from mediabridge.report.model import Report, Route
from mediabridge.report.parts.shared import bundle_headings, time
from mediabridge.report.period import short_day

_DAYS_DRAWN: Final = 62
"""A longer period is drawn by month."""


def transfers(report: Report) -> Section:
    """Return what was sealed, applied and answered, by month and by day."""
    routes = sorted({each.route for each in report.days})
    bars = tuple(_days_drawn(report, each) for each in routes)
    counts = text("bundles sealed"), text("records"), text("applied"), text("answered")
    return Section(
        "transfers",
        text("Transfers per day and route"),
        (
            text(
                "Sealed and answered are from the sender's log; applied is from the receiver's, as"
                " far as a bundle brought it here. Days on which nothing happened are left out."
            ),
        ),
        bars,
        (
            Grid(text("By month"), (text("month"), text("route"), *counts), _by_month(report)),
            Grid(
                text("By day"),
                (text("day"), text("route"), *counts),
                tuple(
                    (day.day, words.route(day.route), day.sealed, day.records, day.applied,
                     day.answered)
                    for day in report.days
                ),
            ),
        ),
    )  # fmt: skip


def turnaround(report: Report) -> Section:
    """Return how long bundles took from sealing to their receipt."""
    waits = [_length(each) for each in REPORT_WAITS]
    names = [
        *(text("up to {length}", length=each) for each in waits),
        text("longer than {length}", length=waits[-1]),
    ]
    routes: list[tuple[Cell, ...]] = []
    longest: list[tuple[Cell, ...]] = []
    for each in report.turnarounds:
        median = timedelta(seconds=each.median)
        routes.append((words.route(each.route), each.count, median, *each.shares))
        longest += [
            (*words.bundle(one.about), time(report, one.sealed), time(report, one.answered),
             timedelta(seconds=one.seconds), one.refs)
            for one in each.longest
        ]  # fmt: skip
    bars = tuple(
        Bars(
            text("How long bundles took: {route}", route=words.route(each.route)),
            text(
                "Half of them took {length} at most.",
                length=duration(timedelta(seconds=each.median)),
            ),
            tuple(zip(names, each.shares, strict=True)),
        )
        for each in report.turnarounds
    )
    return Section(
        "turnaround",
        text("Turnaround: from sealing to the accepted receipt"),
        (text("Of the bundles whose receipt was accepted in the period."),),
        bars,
        (
            Grid(
                text("By route"),
                (text("route"), text("bundles"), text("median"), *names),
                tuple(routes),
            ),
            Grid(
                text("The {count} longest of each route", count=REPORT_LONGEST),
                (
                    *bundle_headings(),
                    text("sealed"),
                    text("answered"),
                    text("took"),
                    text("entries"),
                ),
                tuple(longest),
            ),
        ),
    )


def _by_month(report: Report) -> tuple[tuple[Cell, ...], ...]:
    totals: dict[tuple[str, Route], list[int]] = {}
    for each in report.days:
        counts = totals.setdefault((_month(each.day), each.route), [0, 0, 0, 0])
        for at, count in enumerate((each.sealed, each.records, each.applied, each.answered)):
            counts[at] += count
    return tuple((month, words.route(route), *counts) for (month, route), counts in totals.items())


def _days_drawn(report: Report, route: Route) -> Bars:
    period = report.period
    length = (period.last - period.first).days + 1
    name = short_day if length <= _DAYS_DRAWN else _month
    counts = Counter[str]()
    for offset in range(length):
        # Days of nothing are drawn as well, so that a pause is seen.
        counts[name(period.first + timedelta(days=offset))] += 0
    for each in report.days:
        if each.route == route:
            counts[name(each.day)] += each.sealed
    title = text("Bundles sealed: {route}", route=words.route(route))
    most = max(counts, key=lambda each: counts[each])
    said = text("The most were {count}: {when}.", count=counts[most], when=most)
    return Bars(title, said, tuple(counts.items()))


def _month(day: date) -> str:
    return short_day(day.replace(day=1)).removesuffix("-01").removesuffix(".1")


def _length(seconds: int) -> str:
    return duration(timedelta(seconds=seconds))
