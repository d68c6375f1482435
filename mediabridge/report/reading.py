"""Makes a report of what a station has: its own log, its copies of others', its register of media.

One pass over all entries, those of several logs in the order of time. The root of each log is
computed again on the way, so that a report can never be of other entries than it says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from heapq import merge
from typing import Any, Final

from mediabridge.config import OVERDUE_DAYS
from mediabridge.errors import LogCorruptError
from mediabridge.locale import n_, text
from mediabridge.progress import counting
from mediabridge.report.anomalies import Anomalies
from mediabridge.report.lines import Lines
from mediabridge.report.media import Media
from mediabridge.report.model import Listed, LogRead, Ref, Report, Witness
from mediabridge.report.numbering import Numbering
from mediabridge.report.pending import AllPending, Read
from mediabridge.report.people import People
from mediabridge.report.period import Period
from mediabridge.report.refused import Refusals
from mediabridge.report.transfers import Days, Waits, overdue
from mediabridge.spelling import to_base64
from mediabridge.stations import settings
from mediabridge.stations.station import OpenStation
from mediabridge.stations.witnessed import witnessed
from mediabridge.translog import merkle
from mediabridge.translog.database import StoredLog

READING: Final = n_("Reading the transfer logs")

_NOT_LISTED: Final = frozenset({"signature", "checks"})
"""Facts that an entry is not listed with: lines of base64, and a table of its own."""


class Reading:
    """What all counters found in the entries of the logs."""

    def __init__(self, period: Period) -> None:
        """Count what happened in *period*."""
        self.period = period
        self.under_way = AllPending()
        self.days, self.waits = Days(period, self.under_way), Waits()
        self.numbering, self.people = Numbering(), People()
        self.media, self.refusals = Media(), Refusals()
        self.anomalies = Anomalies(period)

    def take(self, read: Read) -> None:
        """Have every counter look at *read*."""
        pending = self.under_way.take(read)
        self.numbering.take(read, self.days.take(read, pending))
        self.waits.take(read, pending)
        self.media.take(read)
        self.refusals.take(read)
        self.anomalies.take(read, self.people.take(read, pending))


def make(station: OpenStation, period: Period) -> Report:
    """Return what the logs that *station* has say of *period*; nothing is written anywhere.

    Raises:
        LogCorruptError: a log is not what was stored of it.
        SettingsError: ``station.toml`` cannot be used.
    """
    logs = [_OfLog(each) for each in (station.log, *station.mirrors())]
    limits = settings.load(station.home.settings_file).overdue
    reading = Reading(period)
    total = sum(each.size for each in logs)
    for ref, data in counting(_merged(logs), station.progress, READING, total):
        if data["time"] < period.ends:
            inside = data["time"] >= period.begins
            read = Read(ref, data["event"], data["time"], data["actor"], data["facts"], inside)
            reading.take(read)
    read_logs = tuple(each.checked(own=each.log is station.log) for each in logs)
    as_of = min(period.ends, max(each.last for each in read_logs))
    report = _report(station, reading, as_of, limits, read_logs)
    by_station = {each.log.station: each.log for each in logs}
    return replace(report, entries=tuple(_listed(by_station, linked(report))))


def _report(
    station: OpenStation,
    reading: Reading,
    as_of: str,
    limits: Mapping[str, int],
    logs: tuple[LogRead, ...],
) -> Report:
    late = overdue(reading.under_way, as_of, limits, OVERDUE_DAYS)
    long_trips = reading.media.long_trips(as_of)
    receivers = {each.receiver for each in station.seen_trust.routes}
    more: dict[str, Lines[Any]] = {
        "overdue": late,
        "long_trips": long_trips,
        "not_separated": reading.people.not_separated,
    }
    return Report(
        city=station.config.city,
        station=station.id,
        training=station.config.mode == "training",
        period=reading.period,
        as_of=as_of,
        logs=logs,
        days=reading.days.days(),
        turnarounds=reading.waits.turnarounds(),
        refusals=reading.refusals.refusals(),
        approvals=reading.people.approvals(),
        released=reading.people.released(),
        not_separated=reading.people.not_separated.kept(),
        media=reading.media.uses(station.books.media.all()),
        carried=reading.people.carried(),
        received=reading.people.received(),
        overdue_days={each: limits.get(each, OVERDUE_DAYS) for each in sorted(receivers)},
        overdue=late.kept(),
        long_trips=long_trips.kept(),
        gaps=tuple(reading.numbering.gaps()),
        witnesses=tuple(_witnesses(station, logs)),
        anomalies=tuple(reading.anomalies.found()),
        more={
            **{name: lines.more for name, lines in more.items()},
            "anomalies": reading.anomalies.more(),
        },
        entries=(),
    )


class _OfLog:
    """One log while it is read: its tree grows with what is read."""

    def __init__(self, log: StoredLog) -> None:
        self.log, self.size = log, log.size()
        self._frontier = merkle.Frontier()
        self._first = self._last = ""

    def __iter__(self) -> Iterator[tuple[str, Ref, dict[str, Any]]]:
        station = self.log.station
        for number, data in enumerate(self.log.entries(0, self.size)):
            self._frontier.append(merkle.leaf_hash(data))
            entry = _entry(data, number)
            self._first = self._first or entry["time"]
            self._last = entry["time"]
            yield entry["time"], Ref(station, number), entry

    def checked(self, *, own: bool) -> LogRead:
        """Return what was read, once it is what is stored of the tree."""
        got, wanted = self._frontier.root(), self.log.root(self.size)
        if got != wanted:
            detail = text(
                "the checkpoint of size {size} should have root {root}",
                size=self.size,
                root=wanted.hex(),
            )
            raise LogCorruptError(detail=detail)
        root = to_base64(got)
        return LogRead(self.log.station, own, self.size, root, self._first, self._last)


def _entry(data: bytes, number: int) -> dict[str, Any]:
    """Read an entry that was checked when it was kept; the root shows that it still is that one."""
    try:
        entry: dict[str, Any] = json.loads(data)
        _ = entry["event"], entry["actor"], entry["facts"].keys()
        datetime.fromisoformat(entry["time"])
    except (ValueError, KeyError, TypeError, AttributeError):
        detail = text("entry {index}: {problem}", index=number, problem=text("it cannot be read"))
        raise LogCorruptError(detail=detail) from None
    return entry


def _merged(logs: Iterable[_OfLog]) -> Iterator[tuple[Ref, dict[str, Any]]]:
    """Yield the entries of all logs in the order of time; those of one log stay in theirs."""
    for _time, ref, entry in merge(*logs, key=lambda each: each[:2]):
        yield ref, entry


def _witnesses(station: OpenStation, logs: tuple[LogRead, ...]) -> Iterator[Witness]:
    """Yield how far each peer and this station know each other, at the newest of its entries."""
    held = {each.station: each for each in logs}
    now = held[station.id].last
    for each in witnessed(station):
        mirror = held.get(each.peer)
        last = mirror.last if mirror else ""
        yield Witness(
            each.peer,
            each.seen,
            each.entries,
            each.time or "",
            _days(each.time or "", now),
            mirror.size if mirror else 0,
            last,
            _days(last, now),
        )


def _days(since: str, now: str) -> int | None:
    """Return the whole days from *since* to *now*; None where there is no *since*."""
    if not since or not now:
        return None
    silent = datetime.fromisoformat(now) - datetime.fromisoformat(since)
    return max(0, silent // timedelta(days=1))


def linked(value: object) -> set[Ref]:
    """Return all entries that *value*, a report or a part of it, rests on."""
    if isinstance(value, Ref):
        return {value}
    if isinstance(value, tuple):
        return {ref for each in value for ref in linked(each)}
    if is_dataclass(value):
        return {ref for each in fields(value) for ref in linked(getattr(value, each.name))}
    return set()


def _listed(logs: dict[str, StoredLog], refs: set[Ref]) -> Iterator[Listed]:
    for ref in sorted(refs):
        for data in logs[ref.station].entries(ref.number, ref.number + 1):
            entry = _entry(data, ref.number)
            facts = {name: fact for name, fact in entry["facts"].items() if name not in _NOT_LISTED}
            yield Listed(ref, entry["time"], entry["event"], entry["actor"], facts)
