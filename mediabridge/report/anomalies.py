"""What somebody should look at: no proof of a fault, but not to be overlooked either.

Groups are of one day, and let go when the day is over, so that they take no more memory than a
day has entries of different people.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from mediabridge.config import (
    REPORT_CLOSES,
    REPORT_FAILURES,
    REPORT_OPENS,
    USUAL_BUNDLES,
    USUAL_ENOUGH,
    USUAL_FACTOR,
)
from mediabridge.errors import (
    CosignatureError,
    LogForkedError,
    LogRewrittenError,
    LogSaysOtherwiseError,
    LogSectionError,
    LogTruncatedError,
    PeerMirrorDiffersError,
    WitnessStateLostError,
)
from mediabridge.report.lines import Lines, Refs
from mediabridge.report.model import Anomaly, AnomalyKind, NotSeparated, Ref, Route
from mediabridge.report.pending import Read
from mediabridge.report.period import Period, is_weekend
from mediabridge.translog.events import Event
from mediabridge.translog.scan import Scan

ALARMS: Final = frozenset(
    each.reason
    for each in (
        CosignatureError,
        LogForkedError,
        LogRewrittenError,
        LogSaysOtherwiseError,
        LogSectionError,
        LogTruncatedError,
        PeerMirrorDiffersError,
        WitnessStateLostError,
    )
)
"""Reasons for which a bundle is refused in step 8: one alone is to be looked at."""

FAILURES: Final = frozenset(
    {
        Event.BUNDLE_REFUSED,
        Event.FILE_REFUSED,
        Event.MEDIUM_FAILED,
        Event.MEDIUM_REFUSED,
        Event.PASSPHRASE_WRONG,
    }
)
"""What repeats when something is wrong, or when somebody tries."""

RARE: Final = frozenset(
    {
        Event.APPROVAL_REMOVED,
        Event.CLOCK_DOUBTED,
        Event.FOREIGN_PUT_ASIDE,
        Event.MEDIUM_LOST,
        Event.STATION_RESTORED,
        Event.STATION_SET_BACK,
        Event.TRUST_REROOTED,
        Event.VOID_DECLARED,
    }
)
"""What is right when somebody can say why, and should be asked about."""

SCANS: Final = frozenset({Event.BUNDLE_SCANNED, Event.FILE_SCANNED})
"""Of these one is rare where the virus scanner did not simply find nothing."""

_Group = tuple[AnomalyKind, str, str, str, str]
"""Kind, station, actor, event, and what it happened to."""


def _is_doubtful_scan(read: Read) -> bool:
    """Tell whether a scanner found something, or could not say, or its word was not waited for."""
    return read.event in SCANS and (read.facts.get("scan") != Scan.CLEAN or "warned" in read.facts)


def out_of_hours(moment: datetime) -> bool:
    """Tell whether nobody is expected at the office at the local time *moment*."""
    return is_weekend(moment.date()) or not REPORT_OPENS <= moment.hour < REPORT_CLOSES


class Anomalies:
    """Finds what to look at among the entries of the period."""

    def __init__(self, period: Period) -> None:
        """Judge hours by the clock of *period*."""
        self._period = period
        self._lines: dict[AnomalyKind, Lines[Anomaly]] = {kind: Lines() for kind in AnomalyKind}
        self._today: dict[str, date] = {}
        self._groups: dict[str, dict[_Group, tuple[str, Refs]]] = defaultdict(dict)
        self._usual: dict[Route, deque[int]] = defaultdict(lambda: deque(maxlen=USUAL_BUNDLES))

    def take(self, read: Read, two_roles: NotSeparated | None) -> None:
        """Look at *read*, which may have shown somebody in *two_roles*."""
        if read.event == Event.BUNDLE_SEALED:
            self._compare(read)
        if not read.inside:
            return
        if two_roles is not None:
            self._add(AnomalyKind.SAME_PERSON, read, two_roles.roles.value, refs=two_roles.refs)
        reason = str(read.facts.get("reason", ""))
        if read.event == Event.BUNDLE_REFUSED and reason in ALARMS:
            self._add(AnomalyKind.ALARM, read, reason)
        if read.event in RARE or _is_doubtful_scan(read):
            self._add(AnomalyKind.RARE, read, read.event)
        if read.event in FAILURES:
            about = read.medium or read.bundle or str(read.facts.get("key", ""))
            self._group(AnomalyKind.REPEATED_FAILURES, read, read.event, about)
        if read.actor != read.ref.station and out_of_hours(self._period.local(read.time)):
            self._group(AnomalyKind.OUT_OF_HOURS, read, "", "")

    def found(self) -> Iterator[Anomaly]:
        """Yield what was found, kind by kind, each in the order of time."""
        for station in list(self._groups):
            self._settle(station)
        for lines in self._lines.values():
            yield from sorted(lines.kept(), key=lambda each: (each.time, each.refs))

    def more(self) -> int:
        """Return how many were found beside those."""
        return sum(lines.more for lines in self._lines.values())

    def _compare(self, read: Read) -> None:
        """Compare the records of a bundle with those before it, as its officer was told."""
        records, before = read.count("records"), self._usual[read.route]
        if not records:
            return
        if len(before) >= USUAL_ENOUGH and read.inside:
            fewest, most = min(before), max(before)
            if records > USUAL_FACTOR * most or records * USUAL_FACTOR < fewest:
                self._add(AnomalyKind.UNUSUAL_SIZE, read, str(records), usual=(fewest, most))
        before.append(records)

    def _group(self, kind: AnomalyKind, read: Read, event: str, about: str) -> None:
        station, today = read.ref.station, self._period.local(read.time).date()
        if self._today.get(station) != today:
            self._settle(station)
            self._today[station] = today
        key = kind, station, read.actor, event, about
        self._groups[station].setdefault(key, (read.time, Refs()))[1].add(read.ref)

    def _settle(self, station: str) -> None:
        """Note the groups of a day that is over."""
        for (kind, _station, actor, event, _about), (time, refs) in self._groups[station].items():
            if kind is AnomalyKind.OUT_OF_HOURS or refs.count >= REPORT_FAILURES:
                found = Anomaly(kind, time, station, actor, event, (), refs.count, refs.first)
                self._lines[kind].add(found)
        self._groups[station].clear()

    def _add(
        self,
        kind: AnomalyKind,
        read: Read,
        what: str,
        *,
        usual: tuple[int, ...] = (),
        refs: tuple[Ref, ...] = (),
    ) -> None:
        linked = refs or (read.ref,)
        station = read.ref.station
        found = Anomaly(kind, read.time, station, read.actor, what, usual, len(linked), linked)
        self._lines[kind].add(found)
