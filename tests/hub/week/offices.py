"""Many offices: each a city with keys of its own, its station on LGWAN, and one at the agency."""

from __future__ import annotations

import shutil
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attacks.world import CITY_DOMAIN, passphrase_for
from journeys.balance import Ahead
from publishing import publish

from mediabridge.clock import SystemClock
from mediabridge.records.tables import shipped
from mediabridge.stations.agency import AgencyStation
from mediabridge.stations.desk import Desk
from mediabridge.stations.home import Home
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.setup import init_station
from mediabridge.trust import signers
from mediabridge.trust.city import AGENCY as STATIONS
from mediabridge.trust.city import AGENCY_ROUTES, City, create_city
from mediabridge.trust.keyfile import TRAINING_COST
from mediabridge.trust.trust_data import TrustData
from tests.hub.week.apart import each

AGENCY, LGWAN = "agency-01", "lgwan-01"
PEER = {AGENCY: LGWAN, LGWAN: AGENCY}
_PLACES = {AGENCY: ("stations", AgencyStation), LGWAN: ("lgwan", LgwanStation)}


def codes(count: int) -> list[str]:
    """Return the codes of so many municipalities that there are."""
    return sorted(shipped().plain_municipalities)[:count]


@dataclass(frozen=True)
class Office:
    """One office, below the folder of all."""

    root: Path
    code: str

    @property
    def domain(self) -> str:
        return f"c{self.code}.{CITY_DOMAIN}"

    @property
    def city(self) -> City:
        folder = self.root / "cities" / self.code
        return City(folder, TrustData.model_validate_json((folder / "trust-1.json").read_bytes()))

    @property
    def served(self) -> Path:
        """What a hub has of this city."""
        return self.root / "hub/cities" / self.code

    def home(self, station: str) -> Home:
        return Home(self.root / _PLACES[station][0] / self.code)

    def at(self, station: str, seconds: int) -> Desk:
        """Return the station, to be used with ``with``; its clock is so far ahead."""
        options: dict[str, Any] = {"clock": Ahead(seconds), "passphrases": passphrase_for}
        return _PLACES[station][1](self.home(station).root, **options)

    def key(self, name: str) -> signers.FileSigner:
        return signers.open_signer(self.city.key_path(name), passphrase_for(name))

    def make(self) -> None:
        """Make city and stations, and have the hub know the city."""
        folder, clock = self.root / "cities" / self.code, SystemClock()
        made = create_city(
            folder,
            city=self.domain,
            municipality_code=self.code,
            clock=clock,
            passphrase_for=passphrase_for,
            cost=TRAINING_COST,
            extra_stations=STATIONS,
            extra_routes=AGENCY_ROUTES,
        )
        (folder / "trust-1.json").write_bytes(made.trust.dump())
        for station in _PLACES:
            init_station(self.home(station).root, folder, station, clock=clock)
        self.served.mkdir(parents=True)
        shutil.copyfile(folder / "root.json", self.served / "root.json")
        self.serve_newest()

    def connect_to(self, port: int, authority: Path) -> None:
        """Write where the hub is into the settings of both stations."""
        for station in _PLACES:
            path = self.home(station).settings_file
            path.write_text(f'[line]\nhub = "https://localhost:{port}"\nca = "{authority}"\n')
            path.chmod(0o600)

    # --- trust data -------------------------------------------------------------------

    def serve_newest(self) -> None:
        """Have the hub see the city's trust data as it is, now and whenever there is newer."""
        link = self.served / "trust"
        if not link.is_symlink():
            shutil.rmtree(link, ignore_errors=True)
            link.symlink_to(self.city.repository)

    def serve_as_now(self) -> None:
        """Have the hub see no newer trust data than there is now."""
        link = self.served / "trust"
        link.unlink()
        shutil.copytree(self.city.repository, link)

    def publish_newer(self, seconds: int) -> None:
        """Publish the next version, and bring it to both stations by hand."""
        with self.at(AGENCY, seconds) as station:
            version = station.trust.version + 1
        newer = self.city.trust.model_copy(update={"version": version})
        publishers = self.city.publishers(passphrase_for)
        publish(self.city.repository, newer, publishers=publishers, clock=Ahead(seconds))
        for name in _PLACES:
            with self.at(name, seconds) as station:
                station.accept_trust(self.city.repository)


def make_all(root: Path, made: list[str], workers: Executor) -> list[Office]:
    """Make offices of these codes."""
    offices = [Office(root, code) for code in made]
    list(each(workers, Office.make, offices))
    return offices
