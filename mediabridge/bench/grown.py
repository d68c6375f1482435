"""Two stations with years behind them, as so many working days leave them.

Nobody waits for 1,250 journeys. So what each day leaves is written straight to where a journey
puts it: books, logs, registry and folders, in the forms that a journey gives them. Digests are
of what lies there, logs are trees whose heads both sides signed, and what one side calls
delivered the other has taken. The last day ends in the evening: the city's last bundle waits for
its receipt. A real journey can follow, which is how the tests know that the rows are right.

Every day is the same: notices in the morning, of which one in twenty is held; a person decides
on those two days later; in the evening the city's own notices, the receipt and the decisions.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from mediabridge import sqlite
from mediabridge.apply import Outcome
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.sqlite.asking import signs_of
from mediabridge.apply.sqlite.schema import REGISTRY
from mediabridge.bench.content import notices
from mediabridge.bench.desk import passphrase, training_city
from mediabridge.bench.grown_side import CLERK, Answer, Sent, Side
from mediabridge.bench.lookup import population
from mediabridge.bundle.header import Route
from mediabridge.clock import SystemClock, to_rfc3339
from mediabridge.kinds import Kind
from mediabridge.records.model import IsaNotice
from mediabridge.records.result import Result
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.registry import RegistryStation
from mediabridge.stations.setup import init_station
from mediabridge.translog import database
from mediabridge.translog.events import Event
from mediabridge.trust.city import City

_HELD_SHARE: Final = 20
"""Notices for each that is held."""

_DECIDED_AFTER: Final = 2
"""Days until a person has decided on what is held."""

_MORNING, _NOON, _EVENING, _NIGHT = 1, 3, 8, 9
"""Hours of a day at which something happens."""


@dataclass(frozen=True)
class Years:
    """How much lies behind the stations."""

    days: int
    records: int
    """Of each day, in each direction."""

    @property
    def held(self) -> int:
        """How many notices of a day are held."""
        return max(1, self.records // _HELD_SHARE)


def grow(lgwan: LgwanStation, registry: RegistryStation, years: Years) -> None:
    """Give two stations of one training city, of which nothing has happened yet, their *years*.

    The register has residents 1 to *years.records* at least.
    """
    with ExitStack() as opened:
        # Connections of our own: what is written here no station writes at once.
        own = [
            opened.enter_context(database.connect(each.home.log, each.config.owner))
            for each in (lgwan, registry)
        ]
        register = opened.enter_context(
            closing(sqlite.connect(registry.home.registry, REGISTRY, registry.config.owner))
        )
        growing = _Growing(lgwan, registry, years, register)
        for connection in (register, *own):
            opened.enter_context(sqlite.transaction(connection))
        for station in (lgwan, registry):
            opened.enter_context(station.books.transaction())
        growing.run()
        growing.lgwan.log.write(own[0], own[1])
        growing.registry.log.write(own[1], own[0])


class _Growing:
    """The days, one after the other, in open transactions."""

    def __init__(
        self,
        lgwan: LgwanStation,
        registry: RegistryStation,
        years: Years,
        register: sqlite3.Connection,
    ) -> None:
        self._years, self._register = years, register
        self._today = lgwan.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        self.lgwan, self.registry = Side(lgwan), Side(registry)
        self._out = Route.model_validate({"from": lgwan.id, "to": registry.id})
        self._back = Route.model_validate({"from": registry.id, "to": lgwan.id})
        drawn = islice(notices(1, max(years.held, _HELD_SHARE)), years.held)
        self._held = [each for each in drawn if isinstance(each, IsaNotice)]
        self._decisions = 0

    def run(self) -> None:
        """Write all the days, and how far each side has followed the other."""
        for day in range(1, self._years.days + 1):
            self._morning(day)
            decided = self._decide(day, day - _DECIDED_AFTER)
            self._evening(day, decided)
        books = self.registry.books
        books.set_fact("decisions-answered", self._decisions)
        for side, peer in ((self.lgwan, self.registry), (self.registry, self.lgwan)):
            for fact in ("followed", "voids-followed"):
                side.books.set_fact(f"{fact}-{peer.station.id}", peer.log.promised)
            known = side.log.acknowledged
            side.books.set_fact(f"acknowledged-by-{peer.station.id}", known)

    def _time(self, day: int, hour: int) -> datetime:
        # The last day was yesterday: nothing of it lies in the future.
        return self._today - timedelta(days=self._years.days - day + 1) + timedelta(hours=hour)

    def _at(self, day: int, hour: int) -> str:
        return to_rfc3339(self._time(day, hour))

    def _notices(self, day: int) -> Answer:
        """Return the day's notices, as what is answered of them."""
        return self._answer(Sent(self._out, day, Kind.ISA_NOTICE, self._years.records), day)

    def _municipal(self, day: int) -> Answer:
        return self._answer(Sent(self._back, day, Kind.MUNICIPAL_NOTICE, self._years.records), day)

    def _answer(self, sent: Sent, day: int) -> Answer:
        """Return what is said of *sent* when it is taken; the held records come first."""
        there = sent.kind is Kind.ISA_NOTICE
        held = self._years.held if there else 0
        outcomes = [
            Outcome(sent.record(n), sent.kind, Result.HELD, ApplyReason.NO_MATCH.value, None)
            if n <= held
            else Outcome(sent.record(n), sent.kind, Result.APPLIED, None, None)
            for n in range(1, sent.records + 1)
        ]
        return Answer(sent, outcomes, self._at(day, _MORNING + 1 if there else _NIGHT))

    def _morning(self, day: int) -> None:
        """Carry the notices to the registry, with the receipt for what came the evening before."""
        lgwan, registry, notices_ = self.lgwan, self.registry, self._notices(day)
        before = [self._municipal(day - 1)] if day > 1 else []
        lgwan.send(notices_.about, self._time(day, _MORNING), registry.log, before, left=True)
        arrived = self._time(day, _MORNING + 1)
        registry.arrive(notices_.about, arrived)
        for each in before:
            registry.accept(each, lgwan.sha256_of(each), arrived)
        counts = notices_.counts
        self._apply(notices_)
        registry.take(notices_, applied=counts[Result.APPLIED], held=counts[Result.HELD])
        for each in before:
            registry.erase(each.about, arrived)

    def _evening(self, day: int, decided: list[Answer]) -> None:
        """Carry the city's own notices back, with what became of the day's and was decided."""
        lgwan, registry, municipal = self.lgwan, self.registry, self._municipal(day)
        answers = [self._notices(day), *decided]
        left = day < self._years.days
        registry.send(municipal.about, self._time(day, _EVENING), lgwan.log, answers, left=left)
        arrived = self._time(day, _NIGHT)
        lgwan.arrive(municipal.about, arrived)
        for each in answers:
            lgwan.accept(each, registry.sha256_of(each), arrived)
        lgwan.deliver(municipal.about)
        lgwan.take(municipal)
        lgwan.erase(answers[0].about, arrived)

    def _decide(self, today: int, day: int) -> list[Answer]:
        """Decide on what is held since *day*, one by one; return the answers."""
        decided = []
        if day >= 1:
            sent, time = self._notices(day).about, self._at(today, _NOON)
            for n in range(1, self._years.held + 1):
                outcome = Outcome(sent.record(n), sent.kind, Result.APPLIED, None, None)
                decided.append(Answer(sent, [outcome], time, supplement=n))
                self.registry.log.add(
                    Event.RECORD_DECIDED, time, CLERK, bundle=sent.bundle, supplement=n,
                    result=Result.APPLIED.value,
                )  # fmt: skip
                self._decisions += 1
                row = (self._decisions, day, n, n, "applied", None, None, time, CLERK, None, None)
                self._put("decision", [row])
                self._put("history", [self._history(day, n, n)])
                self.registry.issue(decided[-1])
        return decided

    def _apply(self, answer: Answer) -> None:
        """Enter the notices into the journal of the registry, and what was held of them."""
        sent, day = answer.about, answer.about.seq
        counts = json.dumps({each.value: answer.counts.get(each.value, 0) for each in Result})
        route = sent.route.sender, sent.route.receiver
        self._put(
            "journal",
            [(day, sent.bundle, *route, day, sent.sums, answer.time, CLERK, counts)],
        )
        numbered = list(enumerate(answer.outcomes, 1))
        self._put(
            "outcome",
            [
                (day, n, each.record_id, each.kind.value, each.result.value, each.reason, None,
                 hashlib.sha256(each.record_id.encode()).digest())
                for n, each in numbered
            ],
        )  # fmt: skip
        applied = (n for n, each in numbered if each.result is Result.APPLIED)
        self._put("history", [self._history(day, n, 0) for n in applied])
        for n, drawn in enumerate(self._held, 1):
            notice = drawn.model_copy(update={"notice_id": sent.record(n)})
            text = notice.model_dump_json(exclude_none=True)
            self._put("held", [(day, n, ApplyReason.NO_MATCH.value, text)])
            self._put("held_sign", [(sign, day, n) for sign in sorted(signs_of(notice))])

    def _history(self, day: int, position: int, supplement: int) -> tuple[object, ...]:
        before, after = (json.dumps({"address": f"{n}-1 Example-cho"}) for n in (day - 1, day))
        return day, position, supplement, position, "N07", "correction", before, after

    def _put(self, table: str, rows: list[tuple[object, ...]]) -> None:
        marks = ", ".join("?" for _ in rows[0])
        self._register.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - ours


def grown_stations(folder: Path, years: Years) -> City:
    """Make in *folder* a training city and its two stations with *years* behind them."""
    city, clock = training_city(folder), SystemClock()
    for name in ("lgwan-01", "registry-01"):
        init_station(folder / name, city.folder, name, clock=clock)
    with (
        LgwanStation(folder / "lgwan-01", clock=clock, passphrases=passphrase) as lgwan,
        RegistryStation(folder / "registry-01", clock=clock, passphrases=passphrase) as registry,
    ):
        registry.load_population(population(years.records))
        grow(lgwan, registry, years)
    return city
