"""Two stations of a training city with whatever logs a test gives them.

Entries are written straight into the databases of both stations, by the writer that the benches
use: trees, signed checkpoints and the copies at the peer are right, and nobody waits for journeys.
Times are those of Tokyo, where the office is.
"""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from mediabridge import sqlite
from mediabridge.bench.desk import passphrase, training_city
from mediabridge.bench.grown_log import GrownLog
from mediabridge.clock import SystemClock, to_rfc3339
from mediabridge.media.register import MediumRow, ServiceState
from mediabridge.report.model import Report
from mediabridge.report.period import Period
from mediabridge.report.reading import make
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.registry import RegistryStation
from mediabridge.stations.setup import init_station
from mediabridge.translog import database
from mediabridge.translog.events import Event, Fact

TOKYO = ZoneInfo("Asia/Tokyo")
LGWAN, REGISTRY = "lgwan-01", "registry-01"
MONDAY = date(2030, 4, 1)
"""The first day of a fiscal year, and late enough for every machine that plays this."""

NAMES = ("髙橋商店 𠮷", "=1+1", "@SUM(A1)", "<b>&amp;</b>", "ラベル-04", "")
"""Labels of media: rare characters, formulas, markup, nothing."""


def at(day: date, clock: str) -> str:
    """Return the instant at which the clocks of Tokyo show *clock* on *day*."""
    local = datetime.combine(day, time.fromisoformat(clock), TOKYO)
    return to_rfc3339(local.astimezone(UTC))


def of(*words: object) -> str:
    """Return a digest that stands for these words."""
    return hashlib.sha256(repr(words).encode()).hexdigest()


def make_office(folder: Path) -> None:
    """Make the city and its two stations in *folder*; made once, and copied for each test."""
    city = training_city(folder)
    for name in (LGWAN, REGISTRY):
        init_station(folder / name, city.folder, name, clock=SystemClock())


class Office:
    """Both stations, open, with logs that grow; :meth:`write` puts them on the disk."""

    def __init__(self, folder: Path) -> None:
        """Use the stations in *folder*, a copy of what :func:`make_office` made."""
        self.folder = folder

    def __enter__(self) -> Self:
        """Open both stations."""
        self._open = ExitStack()
        opening = {"clock": SystemClock(), "passphrases": passphrase}
        self.lgwan = self._open.enter_context(LgwanStation(self.folder / LGWAN, **opening))
        self.registry = self._open.enter_context(RegistryStation(self.folder / REGISTRY, **opening))
        self.logs = {each.id: GrownLog(each) for each in (self.lgwan, self.registry)}
        return self

    def __exit__(self, *_: object) -> None:
        """Close them."""
        self._open.close()

    def add(self, station: str, event: Event, when: str, actor: str = "", /, **facts: Fact) -> None:
        """Append an entry to the log of *station*."""
        self.logs[station].add(event, when, actor, **facts)

    def issue(self, medium: str, day: date, trip: int, *, planned: int = 240) -> None:
        """Hand a medium out at the LGWAN station at nine."""
        self.add(
            LGWAN, Event.MEDIUM_ISSUED, at(day, "09:00"), "clerk-1", medium=medium, trip=trip,
            holder="clerk-1", planned_minutes=planned, route_from=LGWAN, route_to=REGISTRY,
        )  # fmt: skip

    def give_back(self, medium: str, day: date, trip: int, clock: str = "11:30") -> None:
        """Take it back there."""
        self.add(
            LGWAN, Event.MEDIUM_RETURNED, at(day, clock), "clerk-1", medium=medium, trip=trip,
            holder="clerk-1", route_from=LGWAN, route_to=REGISTRY,
        )  # fmt: skip

    def send(
        self,
        day: date,
        seq: int,
        *,
        medium: str = "",
        records: int = 20,
        prepared: str = "clerk-1",
        approved: str = "officer-1",
        carried: str = "clerk-1",
        hour: int = 9,
    ) -> dict[str, Fact]:
        """Seal, approve and write one bundle; return what every entry on it says."""
        facts: dict[str, Fact] = {
            "bundle": of("bundle", seq)[:32], "route_from": LGWAN, "route_to": REGISTRY,
            "seq": seq, "sums": of("sums", seq),
        }  # fmt: skip
        on: dict[str, Fact] = {"medium": medium} if medium else {}
        self.add(
            LGWAN, Event.BUNDLE_SEALED, at(day, f"{hour:02}:00"), prepared, **facts,
            records=records,
        )  # fmt: skip
        self.add(LGWAN, Event.BUNDLE_APPROVED, at(day, f"{hour:02}:05"), approved, **facts)
        self.add(LGWAN, Event.BUNDLE_RELEASED, at(day, f"{hour:02}:10"), carried, **facts, **on)
        self.add(
            LGWAN, Event.BUNDLE_WRITTEN, at(day, f"{hour:02}:11"), carried, **facts, **on,
            bytes=76_000 + records,
        )  # fmt: skip
        return facts

    def take(self, facts: dict[str, Fact], day: date, *, hour: int = 10, records: int = 20) -> None:
        """Take that bundle at the registry station."""
        when = at(day, f"{hour:02}:00")
        which = {name: facts[name] for name in ("bundle", "seq")}
        for event in (Event.BUNDLE_VERIFIED, Event.BUNDLE_OPENED):
            self.add(REGISTRY, event, when, "clerk-2", **facts, approvers=["officer-1"])
        self.add(REGISTRY, Event.BUNDLE_APPLIED, when, "clerk-2", **which, records=records)
        answer: dict[str, Fact] = {
            **which, "receipt": of("receipt", *which.values())[:32], "records": records,
        }  # fmt: skip
        self.add(REGISTRY, Event.RECEIPT_ISSUED, when, "clerk-2", **answer)

    def answer(self, facts: dict[str, Fact], day: date, *, hour: int = 11) -> None:
        """Accept its receipt at the LGWAN station."""
        which = {name: facts[name] for name in ("bundle", "seq")}
        receipt = of("receipt", *which.values())[:32]
        when = at(day, f"{hour:02}:00")
        self.add(LGWAN, Event.RECEIPT_ACCEPTED, when, **which, receipt=receipt, records=20)

    def carry(self, day: date, seq: int, *, medium: str = "", records: int = 20) -> None:
        """Send one bundle, take it and accept its receipt, all in one morning."""
        facts = self.send(day, seq, medium=medium, records=records)
        self.take(facts, day, records=records)
        self.answer(facts, day)

    def register(self, medium: str, label: str) -> None:
        """Enter a medium in the register of the LGWAN station."""
        row = MediumRow(
            medium, of("device", medium), ServiceState.IN_SERVICE, at(MONDAY, "08:30"),
            registered_at=at(MONDAY, "08:30"), registered_by="officer-1",
        )  # fmt: skip
        row = replace(row, label=label, vendor="Example", product="Stick 32", capacity=32 * 2**30)
        with self.lgwan.books.transaction():
            self.lgwan.books.media.put(row)

    def write(self, seen: date = MONDAY) -> None:
        """Sign both logs as they are, cosign the LGWAN station's on the day *seen*, write all."""
        for log in self.logs.values():
            log.promise()
        when = datetime.combine(seen, time(12), TOKYO).astimezone(UTC)
        self.logs[LGWAN].seen(self.registry.witness_signer, when)
        with ExitStack() as opened:
            own = [
                opened.enter_context(database.connect(each.home.log, each.config.owner))
                for each in (self.lgwan, self.registry)
            ]
            for connection in own:
                opened.enter_context(sqlite.transaction(connection))
            self.logs[LGWAN].write(*own)
            self.logs[REGISTRY].write(*reversed(own))

    def report(self, first: date, last: date) -> Report:
        """Return the report of the LGWAN station over these days."""
        return make(self.lgwan, Period(first, last, TOKYO))


def working_days(first: date, count: int) -> list[date]:
    """Return so many days from *first* on that are no weekend."""
    days = (first + timedelta(days=n) for n in range(2 * count + 7))
    return [day for day in days if day.weekday() < 5][:count]


def odd_things(office: Office, day: date, number: int) -> int:
    """Let one of each thing happen that a report points at; return the last number used."""
    # Prepared and approved by the same person, and never answered.
    office.send(day, number, prepared="clerk-2", approved="clerk-2")
    office.carry(day, number + 2, records=90)
    for minute in (1, 2, 3):
        office.add(
            REGISTRY, Event.BUNDLE_REFUSED, at(day, f"10:0{minute}"), "clerk-2",
            bundle=of("forged")[:32], reason="HASH_MISMATCH",
        )  # fmt: skip
    office.add(LGWAN, Event.FILE_REFUSED, at(day, "22:15"), "clerk-1", reason="RECORDS_REFUSED")
    office.add(LGWAN, Event.CLOCK_DOUBTED, at(day, "22:20"), reason="CLOCK_TOO_EARLY")
    return number + 2


def year_of(office: Office, bundles: int) -> list[date]:
    """Give *office* so many bundles, five a day, on media of odd names; return the days.

    Beside what is usual there is one of everything that a report has to show.
    """
    days = working_days(MONDAY, -(-bundles // 5))
    media = [f"USB-{n:03}" for n in range(1, len(NAMES) + 1)]
    for medium, label in zip(media, NAMES, strict=True):
        office.register(medium, label)
    number = 0
    for index, day in enumerate(days):
        medium, trip = media[index % len(media)], index // len(media) + 1
        office.issue(medium, day, trip)
        for _ in range(5):
            number += 1
            office.carry(day, number, medium=medium, records=18 + number % 7)
        if index == len(days) - 4:
            number = odd_things(office, day, number + 1)
        late = index == len(days) // 2
        office.give_back(medium, day, trip, "16:30" if late else "11:30")
    return days
