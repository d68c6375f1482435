"""A whole municipality in one folder: a city, its stations, and a folder posing as a stick.

It is made once and copied for every test. Time is the machine's, because the TUF
client takes no other; what a test needs to be early or late gets a clock of its own.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from attacks.records import MUNICIPALITY, isa_csv, population
from publishing import publish

from mediabridge.apply import open_registry
from mediabridge.bundle import layout
from mediabridge.clock import Clock, SystemClock
from mediabridge.config import GIB
from mediabridge.stations.agency import AgencyStation
from mediabridge.stations.home import Home
from mediabridge.stations.incoming.taking import Taken
from mediabridge.stations.keyring import ClerkKey
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.registry import RegistryStation
from mediabridge.stations.setup import init_station
from mediabridge.translog import database, events
from mediabridge.translog.events import Entry
from mediabridge.trust import signers
from mediabridge.trust.city import AGENCY, AGENCY_ROUTES, City, create_city
from mediabridge.trust.keyfile import TRAINING_COST
from mediabridge.trust.signers import FileSigner
from mediabridge.trust.trust_data import RouteRule, TrustData

RESIDENTS = 5
FIRST_NOTICES = ((1, 1), (2, 2), (3, 99))
"""Two that can be applied, and one for a card that nobody here has."""

STATIONS = ("lgwan-01", "lgwan-02", "registry-01")
WITH_AGENCY = ("agency-01", *STATIONS)
CITY_DOMAIN = "city.training.example"


def passphrase_for(_key_id: str) -> bytes:
    """Return the passphrase of every key of these tests."""
    return b"training"


@dataclass(frozen=True)
class World:
    """Everything there is, below one folder."""

    root: Path

    @property
    def city(self) -> City:
        """The city that the stations were set up from; its ``trust`` is version 1."""
        return City(self.root / "city", _first_trust(self.root / "trust-1.json"))

    @property
    def medium(self) -> Path:
        """The folder posing as a stick."""
        return self.root / "medium"

    @property
    def bundles(self) -> Path:
        """The folder of bundles on the stick."""
        return layout.bundles_folder(self.medium)

    @property
    def bundle(self) -> Path:
        """The one bundle on the stick."""
        (folder,) = self.bundles.iterdir()
        return folder

    def home(self, station: str) -> Home:
        """Return the folder of *station*."""
        return Home(self.root / station)

    def lgwan(self, station: str = "lgwan-01", *, clock: Clock | None = None) -> LgwanStation:
        """Return a station on LGWAN, to be used with ``with``."""
        return LgwanStation(self.home(station).root, **self.opening(clock))

    def registry(self, *, clock: Clock | None = None) -> RegistryStation:
        """Return the station beside the registry, to be used with ``with``."""
        return RegistryStation(self.home("registry-01").root, **self.opening(clock))

    def opening(self, clock: Clock | None) -> dict[str, Any]:
        """Return what a station is opened with; in a live city the clerk gives the own key."""
        live = self.city.trust.mode == "live"
        clerk = ClerkKey(passphrase_for, self.city.key_path("clerk-1") if live else None)
        return {"clock": clock or SystemClock(), "passphrases": passphrase_for, "clerk": clerk}

    def agency(self, *, clock: Clock | None = None) -> AgencyStation:
        """Return the agency's station, to be used with ``with``; not every world has one."""
        return AgencyStation(self.home("agency-01").root, **self.opening(clock))

    def open(
        self, station: str, *, clock: Clock | None = None
    ) -> AgencyStation | LgwanStation | RegistryStation:
        """Return *station*, to be used with ``with``."""
        if station.startswith("agency"):
            return self.agency(clock=clock)
        if station.startswith("registry"):
            return self.registry(clock=clock)
        return self.lgwan(station, clock=clock)

    def key(self, key_id: str) -> FileSigner:
        """Return a signing key of the city."""
        return signers.open_signer(self.city.key_path(key_id), passphrase_for(key_id))

    def import_(self, station: str = "registry-01", *, clock: Clock | None = None) -> list[Taken]:
        """Take everything on the stick in at *station*."""
        taken: list[Taken] = []
        with self.open(station, clock=clock) as opened:
            opened.import_(self.medium, note=taken.append)
        return taken

    def send(
        self,
        content: bytes | None = None,
        *,
        station: str = "lgwan-01",
        officers: Iterable[str] = ("officer-1",),
    ) -> str:
        """Collect, seal, approve and write *content*, or an empty bundle; return its id."""
        with self.open(station) as opened:
            if content is not None:
                path = self.root / "incoming.csv"
                path.write_bytes(content)
                opened.collect(path)
            row = opened.seal(empty=True)
            for officer in officers:
                opened.approve(row.bundle, self.key(officer))
            opened.write(opened.books.bundle(row.bundle) or row, self.medium)
        return row.bundle

    def publish(self, version: int = 2, **changes: Any) -> TrustData:
        """Publish the next version of the city's trust data, and put it onto the stick."""
        trust = self.city.trust.model_copy(update={"version": version, **changes})
        publish(
            self.city.repository,
            trust,
            publishers=self.city.publishers(passphrase_for),
            clock=SystemClock(),
        )
        self.carry_trust()
        return trust

    def carry_trust(self) -> None:
        """Put the city's current trust data onto the stick."""
        target = layout.trust_folder(self.medium)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.city.repository, target)

    # --- looking, without changing anything -------------------------------------------

    def log(self, station: str = "registry-01") -> list[Entry]:
        """Return the entries of the log of *station*."""
        return [events.parse(entry, station) for entry in self.log_bytes(station)]

    def log_bytes(self, station: str) -> list[bytes]:
        """Return the entries of the log of *station*, as they are signed."""
        origin = f"{CITY_DOMAIN}/log/{station}"
        with database.look(self.home(station).log) as connection:
            return list(database.StoredLog(connection, origin).entries())

    def fingerprint(self) -> str:
        """Return the fingerprint of the registry."""
        home = self.home("registry-01")
        with open_registry(home.registry, home.config().owner) as registry:
            return registry.fingerprint()

    def books(self, station: str) -> str:
        """Return everything in the books of *station* as SQL text."""
        with _reading(self.home(station).books) as connection:
            return "\n".join(connection.iterdump())

    def mirrors(self, station: str) -> list[tuple[str, int]]:
        """Return how many entries of which peer's log *station* holds."""
        with _reading(self.home(station).log) as connection:
            query = "SELECT origin, count(*) FROM entry WHERE origin != ? GROUP BY origin"
            return connection.execute(query, (f"{CITY_DOMAIN}/log/{station}",)).fetchall()

    def snapshot(self, station: str = "registry-01") -> dict[str, object]:
        """Return everything at *station* that a refused bundle must leave as it is."""
        home = self.home(station)
        folders = (home.delivered, home.receipts, home.inbox, home.outbox, home.refused)
        kept: dict[str, object] = {folder.name: tree_of(folder) for folder in folders}
        if home.registry.exists():
            kept["registry"] = self.fingerprint()
        kept["books"] = self.books(station)
        kept["mirrors"] = self.mirrors(station)
        return kept


def as_medium(folder: Path) -> tuple[str, ...]:
    """Return the words with which a folder beside the stations poses as a stick."""
    return ("--medium", str(folder), "--folder")


def flip(path: Path) -> None:
    """Let the last byte of a file be another one, whatever it is."""
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def tree_of(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below *folder*, by relative path."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        yield connection
    finally:
        connection.close()


@cache
def _first_trust(path: Path) -> TrustData:
    return TrustData.model_validate_json(path.read_bytes())


def make_untyped_world(root: Path, clock: Clock | None = None) -> World:
    """Make a municipality whose keys need no typing: its passphrases lie there, as in training."""
    world = make_world(root, clock=clock)
    for folder in (world.city.folder, *(world.home(each).root for each in STATIONS)):
        path = folder / "passphrase.training"
        path.write_text("training\n")
        path.chmod(0o600)
    return world


def make_world(
    root: Path,
    *,
    mode: Literal["live", "training"] = "training",
    clock: Clock | None = None,
    agency: bool = False,
) -> World:
    """Make a municipality in *root*: no bundle yet, and a registry with a few residents.

    With *agency* the agency has a station of its own.
    """
    clock = clock or SystemClock()
    city = create_city(
        root / "city",
        city=CITY_DOMAIN,
        municipality_code=MUNICIPALITY,
        clock=clock,
        passphrase_for=passphrase_for,
        mode=mode,
        cost=TRAINING_COST,
        extra_stations={"lgwan-02": "lgwan", **(AGENCY if agency else {})},
        extra_routes=[
            RouteRule(
                sender="lgwan-02", receiver="registry-01", approvals=1, kinds=("isa_notice",)
            ),
            *(AGENCY_ROUTES if agency else ()),
        ],
    )
    (root / "trust-1.json").write_bytes(city.trust.dump())
    world = World(root)
    world.medium.mkdir()
    for station in WITH_AGENCY if agency else STATIONS:
        home = world.home(station).root
        init_station(home, city.folder, station, clock=clock, mode=mode)
    with world.registry(clock=clock) as registry:
        registry.load_population(population(RESIDENTS))
    return world


def make_sent_world(root: Path, *, mode: Literal["live", "training"] = "training") -> World:
    """Make a municipality with one sealed, approved bundle of notices on the stick."""
    world = make_world(root, mode=mode)
    world.send(isa_csv(*FIRST_NOTICES))
    return world


def scratch() -> tempfile.TemporaryDirectory[str]:
    """Return a folder for worlds, in memory where there is enough: they are many and small."""
    memory = Path("/dev/shm")  # noqa: S108 - only the place; the folder in it is a private one
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > GIB
    return tempfile.TemporaryDirectory(dir=memory if roomy else None)


def copy_of(pristine: World, target: Path) -> World:
    """Return a copy of *pristine* that a test may ruin."""
    shutil.copytree(pristine.root, target, symlinks=True)
    return World(target)
