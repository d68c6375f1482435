"""Three offices, each with a city, a station on LGWAN, and one in the agency's folder."""

from __future__ import annotations

from pathlib import Path

from attacks.records import isa_notice
from attacks.world import CITY_DOMAIN, passphrase_for

from mediabridge.clock import SystemClock
from mediabridge.stations.setup import init_station
from mediabridge.trust.city import AGENCY, AGENCY_ROUTES, create_city
from mediabridge.trust.keyfile import TRAINING_COST

OFFICES = ("131041", "131059", "131067")
NOTICES = [
    {**isa_notice(number, number), "municipality_code": office}
    for number, office in enumerate((*OFFICES, OFFICES[0]), 1)
]
"""Two for the first office, one for each of the others."""


def make_offices(root: Path) -> None:
    """Make everything below *root*: cities/CODE, stations/CODE (the agency's), lgwan/CODE."""
    for office in OFFICES:
        city = create_city(
            root / "cities" / office,
            city=f"c{office}.{CITY_DOMAIN}",
            municipality_code=office,
            clock=SystemClock(),
            passphrase_for=passphrase_for,
            cost=TRAINING_COST,
            extra_stations=AGENCY,
            extra_routes=AGENCY_ROUTES,
        )
        for place, station in (("stations", "agency-01"), ("lgwan", "lgwan-01")):
            home = root / place / office
            init_station(home, city.folder, station, clock=SystemClock())
            opened = home / "passphrase.training"
            opened.write_text("training\n")
            opened.chmod(0o600)
