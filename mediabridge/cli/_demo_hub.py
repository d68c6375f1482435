"""The demo's other story: one agency, three offices with their sticks, and a hub between them.

Every step is the real one: the hub is a process of its own, which loses its power once, and the
only thing that comes to a registry is the folder that poses as its office's stick.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from mediabridge.cli._context import Context
from mediabridge.cli._demo_hub_process import DemoHub
from mediabridge.cli._demo_stage import Stage
from mediabridge.cli._result import Result, Table
from mediabridge.clock import JST
from mediabridge.errors import ExitCode, InternalError
from mediabridge.kinds import Kind
from mediabridge.line.client import Client
from mediabridge.locale import n_, text
from mediabridge.progress import NullProgress
from mediabridge.records.tables import shipped
from mediabridge.sample import read_population, write_sample
from mediabridge.stations.agency import AgencyStation
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.desk import Desk
from mediabridge.stations.line.connecting import connect
from mediabridge.stations.line.syncing import sync
from mediabridge.stations.offices.collecting import collect_for_offices
from mediabridge.stations.offices.folder import offices_in
from mediabridge.stations.offices.syncing import OfficeSynced, sync_offices
from mediabridge.stations.setup import init_station
from mediabridge.trust.city import AGENCY, AGENCY_ROUTES, create_city
from mediabridge.trust.keyfile import TRAINING_COST

OFFICES: Final = ("131041", "131059", "131067")
_DOMAIN: Final = "c{office}.training.example"


@dataclass(frozen=True)
class Balance:
    """What the books of all come to for one office, in records."""

    office: str
    sent: int
    """Notices of the file that the agency had for it."""
    taken: int
    """Notices that its registry has taken, by its journal."""
    answered: int
    """Notices for which its LGWAN station has a receipt of the registry."""
    told: int
    """The office's own notices, by its registry."""
    came: int
    """The office's own notices that the agency's station has."""

    @property
    def agrees(self) -> bool:
        """Whether nothing is lost, doubled, or under way."""
        return self.sent == self.taken == self.answered and self.told == self.came


class _PowerCut(NullProgress):
    """Ends the hub when the first office is done."""

    def __init__(self, cut: Callable[[], None]) -> None:
        self._cut = cut

    def advance(self, _n: int) -> None:
        self._cut()


class HubStory(Stage):
    """A morning of three offices, whose stations speak to one hub."""

    def __init__(self, context: Context, folder: Path, residents: int, seed: int) -> None:
        super().__init__(context, folder)
        self._residents, self._seed = residents, seed
        self._offices = {office: Stage(context, folder / office) for office in OFFICES}
        self._hub = DemoHub(folder / "hub", context.clock)
        self._sent: Mapping[str, int] = {}

    @property
    def _agency(self) -> Path:
        return self.folder / "agency"

    def tell(self) -> Result:
        """Play it; print it as it happens; return the books of all, compared."""
        try:
            self._set_up()
            self._collect()
            self._lose_power()
            self._go_on()
            self._carry()
            self._bring_home()
        finally:
            self._hub.lose_power()
        return self._compare()

    # --- the chapters ------------------------------------------------------------------

    def _set_up(self) -> None:
        self.chapter(n_("1. Three municipalities, an agency with a station for each, and a hub."))
        for number, (office, stage) in enumerate(self._offices.items()):
            self._make_office(office, stage)
            write_sample(
                stage.folder / "sample",
                residents=self._residents,
                days=1,
                seed=self._seed + number,
                tables=shipped(),
                start_date=self.context.clock.now().astimezone(JST).date(),
                municipality=office,
            )
            with stage.registry() as registry:
                registry.load_population(read_population(stage.folder / "sample/population.csv"))
            self._hub.serve(stage.city)
        self._start_hub()
        self.say(n_("The hub is a process of its own, and holds no key that opens anything."))

    def _make_office(self, office: str, stage: Stage) -> None:
        stage.passphrase = self.passphrase
        stage.city = create_city(
            stage.folder / "city",
            city=_DOMAIN.format(office=office),
            municipality_code=office,
            clock=self.context.clock,
            passphrase_for=lambda _key: self.passphrase,
            # The passphrase is drawn here: nobody guesses it, however little a guess costs.
            cost=TRAINING_COST,
            extra_stations=AGENCY,
            extra_routes=AGENCY_ROUTES,
        )
        homes = {"agency-01": self._agency / office}
        for station in ("agency-01", "lgwan-01", "registry-01"):
            home = homes.get(station, stage.folder / station)
            init_station(home, stage.city.folder, station, clock=self.context.clock)
        stage.stick.mkdir()

    def _start_hub(self) -> None:
        homes = [stage.folder / "lgwan-01" for stage in self._offices.values()]
        self._hub.start([*homes, *(self._agency / office for office in OFFICES)])

    def _collect(self) -> None:
        self.chapter(n_("2. The agency has one file of notices for all three."))
        files = [stage.day(1) / f"{Kind.ISA_NOTICE}.csv" for stage in self._offices.values()]
        header, *rows = files[0].read_bytes().splitlines(keepends=True)
        for path in files[1:]:
            rows += path.read_bytes().splitlines(keepends=True)[1:]
        whole = self.folder / f"{Kind.ISA_NOTICE}.csv"
        whole.write_bytes(b"".join([header, *rows]))
        done = collect_for_offices(
            whole,
            offices_in(self._agency),
            self._opened,
            clock=self.context.clock,
            progress=NullProgress(),
        )
        self._sent = {part.office: part.records for part in done.parts}
        self.show(
            Table(
                [text("office"), text("records")],
                [[office, str(count)] for office, count in self._sent.items()],
                right=frozenset({1}),
            )
        )

    def _lose_power(self) -> None:
        self.chapter(n_("3. The agency speaks to the hub, which loses its power after one office."))
        done = self._all_offices(_PowerCut(self._hub.lose_power))
        self.data["cut"] = [each.problems[0].reason if each.problems else None for each in done]
        self._tell(done)

    def _go_on(self) -> None:
        self.chapter(n_("4. The hub is back; what had not gone goes now, and nothing twice."))
        self._start_hub()
        done = self._all_offices(NullProgress())
        self.data["later"] = [_gone(each) for each in done]
        self._tell(done)

    def _carry(self) -> None:
        self.chapter(n_("5. Each office fetches what is its own, and carries it by its stick."))
        for office, stage in self._offices.items():
            sync(stage.lgwan, connected=_at_once)
            with stage.lgwan() as lgwan:
                lgwan.export(partial(Path, stage.stick), approver=stage.second_officer)
            with stage.registry() as registry:
                registry.import_(stage.stick, note=lambda _taken: None)
                registry.collect(stage.day(1) / f"{Kind.MUNICIPAL_NOTICE}.csv")
                registry.export(partial(Path, stage.stick), approver=stage.second_officer)
            with stage.lgwan() as lgwan:
                lgwan.import_(stage.stick, note=lambda _taken: None)
            self.say(n_("Office {office}: there and back by stick."), office=office)

    def _bring_home(self) -> None:
        self.chapter(n_("6. What the offices tell the agency goes by the hub as well."))
        for stage in self._offices.values():
            sync(stage.lgwan, connected=_at_once)
        self._tell(self._all_offices(NullProgress()))

    def _compare(self) -> Result:
        self.chapter(n_("7. The books of all are compared."))
        found = [self._balance(office, stage) for office, stage in self._offices.items()]
        rows = [
            [each.office, *map(str, (each.sent, each.taken, each.answered, each.told, each.came))]
            for each in found
        ]
        headings = [
            *(text("office"), text("sent by the agency"), text("taken by the registry")),
            *(text("answered"), text("the office's own"), text("come to the agency")),
        ]
        lines: list[str | Table] = [Table(headings, rows, right=frozenset(range(1, 6)))]
        agree = all(each.agrees for each in found)
        self.data |= {"offices": [vars(each) for each in found], "agree": agree}
        if agree:
            return Result([*lines, text("All books agree.")], self.data)
        lines.append(text("The books do not agree."))
        return Result(lines, self.data, ExitCode.INTERNAL, InternalError.reason)

    # --- how ------------------------------------------------------------------------------

    def _opened(self, home: Path) -> AgencyStation:
        clock = self.context.clock
        return AgencyStation(home, clock=clock, passphrases=lambda _key: self.passphrase)

    def _all_offices(self, progress: NullProgress) -> list[OfficeSynced]:
        return sync_offices(
            offices_in(self._agency), self._opened, connected=_at_once, progress=progress
        )

    def _tell(self, done: list[OfficeSynced]) -> None:
        for each in done:
            if each.problems:
                self.say(n_("Office {office}: the hub cannot be reached."), office=each.office)
                continue
            came = len(each.synced.fetched.taken) if each.synced else 0
            self.say(
                n_("Office {office}: bundles handed over: {gone}, that came: {came}."),
                office=each.office,
                gone=_gone(each),
                came=came,
            )

    def _balance(self, office: str, stage: Stage) -> Balance:
        with stage.registry() as registry:
            taken = sum(entry.counts.records for entry in registry.registry.journal())
            told = sum(row.records for row in registry.books.bundles("out"))
        with stage.lgwan() as lgwan:
            answered = _answered(lgwan, "registry-01")
        with self._opened(self._agency / office) as agency:
            came = sum(row.records for row in agency.books.bundles("in"))
        return Balance(office, self._sent[office], taken, answered, told, came)


def _answered(station: Desk, receiver: str) -> int:
    rows: list[BundleRow] = station.books.bundles("out")
    counted = (
        station.books.outcome_counts(row.bundle)
        for row in rows
        if row.receiver == receiver and row.state is not BundleState.VOID
    )
    return sum(sum(each.values()) - each.get("open", 0) for each in counted)


def _gone(each: OfficeSynced) -> int:
    return len(each.synced.sent.written) if each.synced else 0


def _at_once(station: Desk) -> Client:
    """Return the hub of *station*, without the time between two attempts."""
    client = connect(station)
    client.wait = lambda _seconds: None
    return client
