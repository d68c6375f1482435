"""Bundles as a report counts them: per day and route, how long they took, what is still open."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from heapq import nlargest
from typing import Final

from mediabridge.config import REPORT_LONGEST, REPORT_WAITS
from mediabridge.report.lines import Lines
from mediabridge.report.model import About, Answered, Day, Overdue, Ref, Route, Turnaround
from mediabridge.report.pending import AllPending, Pending, Read
from mediabridge.report.period import Period
from mediabridge.translog.events import Event

_SEALED, _RECORDS, _APPLIED, _ANSWERED = range(4)
_DAY: Final = timedelta(days=1)


def seconds_between(earlier: str, later: str) -> int:
    """Return how long it was from one instant to another; a clock that was set back gives 0."""
    taken = datetime.fromisoformat(later) - datetime.fromisoformat(earlier)
    return max(0, int(taken.total_seconds()))


class Days:
    """Counts what happened on each day of the period."""

    def __init__(self, period: Period, under_way: AllPending) -> None:
        """Count within *period*; *under_way* knows what an entry is about."""
        self._period, self._pending = period, under_way
        self._counts: dict[tuple[date, Route], list[int]] = defaultdict(lambda: [0, 0, 0, 0])

    def take(self, read: Read, pending: Pending | None) -> About:
        """Count *read*; return what it is about, as far as it can be known."""
        match read.event:
            case Event.BUNDLE_SEALED:
                self._add(read, read.route, _SEALED)
                self._add(read, read.route, _RECORDS, read.count("records"))
            case Event.BUNDLE_VERIFIED | Event.BUNDLE_PARKED | Event.BUNDLE_REFUSED:
                return self._pending.arrived(read)
            case Event.BUNDLE_APPLIED:
                about = self._pending.arrived(read)
                self._add(read, about.route, _APPLIED)
                return about
            case Event.RECEIPT_ACCEPTED if pending and not read.count("supplement"):
                self._add(read, pending.about.route, _ANSWERED)
        return read.about

    def days(self) -> tuple[Day, ...]:
        """Return the days on which something happened, in order."""
        return tuple(Day(*key, *counts) for key, counts in sorted(self._counts.items()))

    def _add(self, read: Read, route: Route, which: int, count: int = 1) -> None:
        if read.inside:
            self._counts[self._period.local(read.time).date(), route][which] += count


class Waits:
    """How long each bundle took that was answered in the period: a number each, and the longest."""

    def __init__(self) -> None:
        """Begin with none."""
        self._seconds: dict[Route, array[int]] = defaultdict(lambda: array("q"))
        self._longest: dict[Route, list[Answered]] = defaultdict(list)

    def take(self, read: Read, pending: Pending | None) -> None:
        """Note the answer in *read*, if it is one."""
        if read.event != Event.RECEIPT_ACCEPTED or read.count("supplement"):
            return
        if pending is None or not read.inside:
            return
        seconds = seconds_between(pending.sealed.time, read.time)
        route = pending.about.route
        self._seconds[route].append(seconds)
        refs = pending.sealed.ref, read.ref
        answered = Answered(pending.about, pending.sealed.time, read.time, seconds, refs)
        longest = self._longest[route]
        longest.append(answered)
        # Cut now and then, not every time: most of what comes is not among the longest.
        if len(longest) >= 2 * REPORT_LONGEST:
            self._longest[route] = _longest_of(longest)

    def turnarounds(self) -> tuple[Turnaround, ...]:
        """Return what each route took, by route."""
        return tuple(self._turnaround(route) for route in sorted(self._seconds))

    def _turnaround(self, route: Route) -> Turnaround:
        seconds = sorted(self._seconds[route])
        ends = [bisect_left(seconds, most + 1) for most in REPORT_WAITS]
        shares = (
            after - before for before, after in zip([0, *ends], [*ends, len(seconds)], strict=True)
        )
        return Turnaround(
            route,
            len(seconds),
            seconds[len(seconds) // 2],
            tuple(_longest_of(self._longest[route])),
            tuple(shares),
        )


def _longest_of(answered: Iterable[Answered]) -> list[Answered]:
    return nlargest(REPORT_LONGEST, answered, key=lambda each: (each.seconds, each.refs))


def overdue(
    under_way: AllPending, as_of: str, limits: Mapping[str, int], usual: int
) -> Lines[Overdue]:
    """Return the bundles without a receipt that are older than *limits* says, or *usual* days.

    What holds no record is not waited for: nothing acknowledges it by itself.
    """
    found: Lines[Overdue] = Lines()
    for pending in under_way.open():
        if not pending.sealed.count("records"):
            continue
        age = timedelta(seconds=seconds_between(pending.sealed.time, as_of))
        if age > timedelta(days=limits.get(pending.about.route.receiver, usual)):
            refs: tuple[Ref, ...] = (pending.sealed.ref,)
            found.add(Overdue(pending.about, pending.sealed.time, age // _DAY, pending.left, refs))
    return found
