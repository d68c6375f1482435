"""Many offices for days on which hubs, database and line die; and what comes of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from attacks.records import csv_of, isa_notice, municipal_notice
from journeys.balance import Ahead

from mediabridge.kinds import Kind
from mediabridge.progress import NullProgress
from mediabridge.stations.agency import AgencyStation
from mediabridge.stations.offices.collecting import collect_for_offices
from mediabridge.stations.offices.folder import offices_in
from tests.hub.week.apart import each
from tests.hub.week.books import Reckoned, left_at, reckon
from tests.hub.week.offices import AGENCY, LGWAN, Office
from tests.hub.week.operations import HUBS, Operations
from tests.hub.week.plan import DAY, LINE_FAULTS, Plan
from tests.hub.week.plan import Day as Planned
from tests.hub.week.visits import Act, Chain, Told, Visit, play

QUIET_DAYS = 8
"""Within so many days on which nothing happens, everything must have come to rest."""

MORE_DAYS = 3

_ROOT = Path(__file__).parents[3]


@dataclass
class Days:
    """The days, with everybody in them."""

    offices: list[Office]
    operations: Operations
    workers: Executor
    plan: Plan
    tables: dict[str, str]
    lot: Random
    day: int = 0
    sent: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    """By office and sender: the records that have to end somewhere."""
    told: Told = field(default_factory=Told)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.root = self.offices[0].root
        self.sent = {office.code: {AGENCY: set(), LGWAN: set()} for office in self.offices}

    @property
    def seconds(self) -> int:
        return self.day * DAY

    # --- a day ------------------------------------------------------------------------

    def passes(self) -> None:
        """Play the next day of the plan."""
        apart = self.plan.clocks_of_hubs(self.day, HUBS)
        self.operations.begins_day(self.day, [self.seconds + seconds for seconds in apart])
        for what in self.plan.hub_clocks.get(self.day, ()):
            self.told.happened[what] += 1
        self._collect_for_all()
        order = self.lot.sample(self.offices, k=len(self.offices))
        chains = [self._chain(office, self.plan.of[self.day, office.code]) for office in order]
        self._play(chains)
        for office in self.offices:
            self.told.happened.update(self.plan.of[self.day, office.code].clocks)
        self._ends()

    def pass_all(self) -> None:
        """Play the plan, and more days while something of the line has not happened yet."""
        for _day in range(self.plan.days):
            self.passes()
        for _more in range(MORE_DAYS):
            if missing := self.missing() & LINE_FAULTS.keys():
                self.plan.add_day(missing)
                self.passes()

    def comes_to_rest(self) -> None:
        """Play days on which nothing happens, and do what next steps say, until nothing is left."""
        left: dict[str, dict[str, list[str]]] = {}
        steps: list[Visit | Act] = [Act("tells_hub"), Act("gives_back")]
        for _day in range(QUIET_DAYS):
            left = self._quiet_day([*steps, *map(Visit, (AGENCY, LGWAN, AGENCY, LGWAN))])
            if not left:
                return
            steps = [Act("issues_anew")]
        raise AssertionError(left)

    def _quiet_day(self, steps: list[Visit | Act]) -> dict[str, dict[str, list[str]]]:
        """Return what is left to do after a day of these *steps*, by office."""
        self.operations.begins_day(self.day, [self.seconds] * HUBS)
        self._play([self._with(office, steps) for office in self.offices])
        left = dict(zip(self.sent, self._of_each(left_at), strict=True))
        self._ends()
        return {code: found for code, found in left.items() if found}

    def reckoned(self) -> Reckoned:
        """Compare the books of all."""
        whole = Reckoned()
        sent = [self.sent[office.code] for office in self.offices]
        for found in self._of_each(reckon, sent):
            whole.records += found.records
            whole.bundles += found.bundles
            whole.receipts += found.receipts
        return whole

    # --- how --------------------------------------------------------------------------

    def _of_each(self, of: Callable[..., Any], *values: list[Any]) -> Iterator[Any]:
        """Yield what *of* finds at each office, of which it is told the time last."""
        times = [self.seconds] * len(self.offices)
        return each(self.workers, of, self.offices, *values, times)

    def _collect_for_all(self) -> None:
        """The agency has one file, with notices for every office."""
        rows = []
        for office in self.offices:
            for _ in range(self.lot.randrange(1, 4)):
                number = next(self._numbers)
                row = {**isa_notice(number, number), "municipality_code": office.code}
                self.sent[office.code][AGENCY].add(row["notice_id"])
                rows.append(row)
        path = self.root / "notices.csv"
        path.write_bytes(csv_of(Kind.ISA_NOTICE, rows))
        done = collect_for_offices(
            path,
            offices_in(self.root / "stations"),
            self._agency,
            clock=Ahead(self.seconds),
            progress=NullProgress(),
        )
        assert [part.problem for part in done.parts] == [None] * len(self.offices)

    def _agency(self, home: Path) -> AgencyStation:
        found = Office(self.root, home.name).at(AGENCY, self.seconds)
        assert isinstance(found, AgencyStation)
        return found

    def _told_by(self, code: str) -> Path:
        """Return a file of what the office has to tell the agency."""
        number = next(self._numbers)
        row = {**municipal_notice(number, number), "municipality_code": code}
        self.sent[code][LGWAN].add(row["notice_id"])
        path = self.root / "told" / f"{code}-{number}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(csv_of(Kind.MUNICIPAL_NOTICE, [row]))
        return path

    def _chain(self, office: Office, planned: Planned) -> Chain:
        def port(visit: str) -> int:
            if visit not in planned.faults:
                return 0
            fault = self.operations.fault(*planned.faults[visit])
            return self.operations.balancer.listen(fault)

        # What is collected is evidence of its day: a clock that is behind comes before it.
        first, *steps = planned.steps(port)
        return self._with(office, [first, Act("collects", self._told_by(office.code)), *steps])

    def _with(self, office: Office, steps: list[Visit | Act]) -> Chain:
        return Chain(office, self.seconds, tuple(steps), self.tables)

    def _play(self, chains: list[Chain]) -> None:
        for told in each(self.workers, play, chains):
            self.told.happened += told.happened
            self.told.refused += told.refused
            self.told.hints |= told.hints

    def _ends(self) -> None:
        """In the night everything is repaired, and what is old is let go."""
        self.operations.all_is_well()
        clock = str(self.operations.clock(0))
        words = ("-m", "tests.hub.week.put_forward", clock, "--json", "hub", "purge")
        subprocess.run(
            [sys.executable, *words, "--settings", str(self.operations.settings)],
            cwd=_ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        self.day += 1

    def missing(self) -> set[str]:
        """Return what should have happened and has not."""
        happened = self.told.happened + self.operations.happened
        return self.plan.kinds() - set(+happened)

    def not_fetched(self) -> list[tuple[str, int]]:
        """Return the bundles that the hubs still keep for whoever is to fetch them."""
        query = "SELECT city, seq FROM bundle WHERE state = 'complete'"
        with psycopg.connect(**self.tables) as connection:  # type: ignore[arg-type]
            return connection.execute(query).fetchall()

    def told_in_words(self, reckoned: Reckoned, who: str) -> str:
        """Return what happened and what was compared, for whoever reads the output of the test."""
        records = dict(reckoned.records)
        counted = f"{reckoned.bundles} bundles, {reckoned.receipts} receipts"
        lines = [f"{who}, {self.day} days: records {records}, {counted}"]
        happened = self.told.happened + self.operations.happened
        lines += [f"  {what}: {times}" for what, times in happened.most_common()]
        lines += [
            f"  refused {times} times, {' '.join(what)}; next step: {self.told.hints[what[0]]}"
            for what, times in self.told.refused.most_common()
        ]
        return "\n".join([*lines, ""])
