"""Publish trust data with parity on every route, and let the LGWAN station take it.

Runs inside a machine of the rig: ``give_parity.py FOLDER PERCENT``, with the city and both
homes below FOLDER.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mediabridge.clock import SystemClock
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.trust.city import City
from tests.publishing import publish


def main(folder: Path, percent: int) -> None:
    """Publish the next version in FOLDER/city; the registry gets it with the next stick."""
    passphrase = (folder / "lgwan" / "passphrase.training").read_bytes().strip()
    with LgwanStation(
        folder / "lgwan", clock=SystemClock(), passphrases=lambda _key: passphrase
    ) as station:
        now = station.trust
        routes = tuple(each.model_copy(update={"parity_percent": percent}) for each in now.routes)
        city = City(folder / "city", now)
        publish(
            city.repository,
            now.model_copy(update={"version": now.version + 1, "routes": routes}),
            publishers=city.publishers(lambda _key: passphrase),
            clock=SystemClock(),
        )
        station.accept_trust(city.repository)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
