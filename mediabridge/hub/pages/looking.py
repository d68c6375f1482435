"""What the pages show, as the tables have it: added up there, a page of rows at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from mediabridge.config import HUB_PAGE_ROWS
from mediabridge.hub.cities import City
from mediabridge.hub.database import Database, Session

T = TypeVar("T")

CODES_MOST: Final = 50
"""Codes of faults in one list; an office's program has about as many."""


@dataclass(frozen=True)
class Some(Generic[T]):
    """One page of a list."""

    rows: tuple[T, ...]
    count: int
    """Rows of all pages."""
    oldest: str | None = None
    """The earliest time of all pages."""


@dataclass(frozen=True)
class Use:
    """When a station was here last; *seen_at* is None if it never was."""

    city: str
    municipality: str
    station: str
    role: str
    seen_at: str | None
    version: str


@dataclass(frozen=True)
class Unfetched:
    """A bundle that its receiver could have had for long."""

    city: str
    sender: str
    receiver: str
    seq: int
    size: int
    since: str


@dataclass(frozen=True)
class Unanswered:
    """Two stations of which one took bundles, and sent none since."""

    city: str
    sender: str
    receiver: str
    since: str
    taken_at: str


@dataclass(frozen=True)
class Day:
    """What was done on one day, by all stations together."""

    day: str
    way: str
    action: str
    stations: int
    times: int
    size: int


@dataclass(frozen=True)
class Reported:
    """One report of faults, with its codes."""

    codes: tuple[tuple[str, int], ...]
    received_at: str
    city: str
    station: str
    program: str
    system: str
    python: str


@dataclass(frozen=True)
class Code:
    """How many stations reported a fault, and how often they saw it."""

    code: str
    stations: int
    times: int


def uses(database: Database, cities: Iterable[City]) -> list[Use]:
    """Return every station that could call, the longest silent one first.

    Who never called is in no table: so it is trust data that says who is listed.
    """
    with database.transaction() as session:
        found = session.rows("SELECT city, station, seen_at, version FROM caller")
    last = {(city, station): (at, version) for city, station, at, version in found}
    listed = [
        Use(
            *(city.trust.city, city.trust.municipality_code, station.id, station.role),
            *last.get((city.trust.city, station.id), (None, "")),
        )
        for city in cities
        for station in city.callers
    ]
    return sorted(listed, key=lambda each: (each.seen_at or "", each.city, each.station))


def unfetched(database: Database, before: str, page: int) -> Some[Unfetched]:
    """Return bundles that have been complete since *before*, the oldest first."""
    with database.transaction() as session:
        where = "FROM bundle WHERE state = 'complete' AND changed_at < ?"
        count, oldest = _counted(session, "changed_at", where, before)
        rows = session.rows(
            f"SELECT city, sender, receiver, seq, size, changed_at {where}"
            " ORDER BY changed_at, id LIMIT ? OFFSET ?",
            *(before, *_window(page)),
        )
    return Some(tuple(Unfetched(*row) for row in rows), count, oldest)


def unanswered(database: Database, before: str, page: int) -> Some[Unanswered]:
    """Return who has taken bundles since *before* and sent none back, the oldest first."""
    with database.transaction() as session:
        where = "FROM route WHERE unanswered_since < ?"
        count, oldest = _counted(session, "unanswered_since", where, before)
        rows = session.rows(
            f"SELECT city, sender, receiver, unanswered_since, taken_at {where}"
            " ORDER BY unanswered_since, city, sender, receiver LIMIT ? OFFSET ?",
            *(before, *_window(page)),
        )
    return Some(tuple(Unanswered(*row) for row in rows), count, oldest)


def days(database: Database, first: str, last: str) -> list[Day]:
    """Return what was done from the day *first* to the day *last*."""
    with database.transaction() as session:
        rows = session.rows(
            "SELECT day, way, action, count(*), sum(times), sum(bytes) FROM usage"
            " WHERE day >= ? AND day <= ? GROUP BY day, way, action ORDER BY day, way, action",
            *(first, last),
        )
    return [
        Day(day, way, action, int(stations), int(times), int(size))
        for day, way, action, stations, times, size in rows
    ]


def codes(database: Database, since: str) -> list[Code]:
    """Return the faults that were reported *since* then, the most frequent ones first."""
    with database.transaction() as session:
        rows = session.rows(
            "SELECT code, count(DISTINCT city || ' ' || station), sum(times) AS often"
            " FROM fault JOIN fault_code ON fault_id = id WHERE received_at >= ?"
            " GROUP BY code ORDER BY often DESC, code LIMIT ?",
            *(since, CODES_MOST),
        )
    return [Code(code, int(stations), int(times)) for code, stations, times in rows]


def reports(database: Database, page: int) -> Some[Reported]:
    """Return the reports that are kept, the newest one first."""
    with database.transaction() as session:
        count, oldest = _counted(session, "received_at", "FROM fault")
        rows = session.rows(
            "SELECT id, received_at, city, station, program, system, python FROM fault"
            " ORDER BY id DESC LIMIT ? OFFSET ?",
            *_window(page),
        )
        found = tuple(Reported(_codes_of(session, number), *rest) for number, *rest in rows)
    return Some(found, count, oldest)


def _codes_of(session: Session, number: int) -> tuple[tuple[str, int], ...]:
    query = "SELECT code, times FROM fault_code WHERE fault_id = ? ORDER BY code"
    return tuple((code, int(times)) for code, times in session.rows(query, number))


def _counted(session: Session, time: str, where: str, *values: str) -> tuple[int, str | None]:
    ((count, oldest),) = session.rows(f"SELECT count(*), min({time}) {where}", *values)
    return int(count), oldest


def _window(page: int) -> tuple[int, int]:
    return HUB_PAGE_ROWS, (page - 1) * HUB_PAGE_ROWS
