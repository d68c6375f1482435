"""Setting up a station from what a city hands it: its keys, the trust root, trust data."""

from __future__ import annotations

from pathlib import Path

from mediabridge.clock import Clock
from mediabridge.errors import StationError
from mediabridge.locale import text
from mediabridge.stations.home import Home, StationConfig, write_durably
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event
from mediabridge.trust import client
from mediabridge.trust.passphrase import PassphraseSource

KEYS_OF_A_STATION = ("{station}", "{station}-log", "{station}-recipient")
"""Key files a station needs: for bundles, for its log, for opening."""


def init_station(
    root: Path, city: Path, station: str, *, clock: Clock, passphrases: PassphraseSource
) -> None:
    """Set up *station* in the folder *root* from the training city in the folder *city*.

    ``station.json`` is written last but the log's first entry: an interrupted set-up
    leaves a folder that is no station, and can be repeated.

    Raises:
        StationError: there is a station already, or the city does not know *station*.
        TrustInvalidError: the city's trust data is not in order.
    """
    home = Home(root)
    if home.config_file.exists():
        raise StationError(detail=text("a station was already set up here"))
    home.make_folders()
    bootstrap = (city / "root.json").read_bytes()
    write_durably(home.trust_root, bootstrap)
    trust = client.refresh(city / "repository", home.trust_cache, bootstrap)
    known = trust.station(station)
    if known is None:
        raise StationError(
            detail=text("the trust data knows no station {station}", station=station[:40])
        )
    for template in KEYS_OF_A_STATION:
        name = template.format(station=station) + ".json"
        write_durably(home.keys / name, (city / "keys" / name).read_bytes(), mode=0o600)
    home.write_config(
        StationConfig(
            station=station,
            role=known.role,
            mode=trust.mode,
            city=trust.city,
            municipality_code=trust.municipality_code,
        )
    )
    with OpenStation(root, clock=clock, passphrases=passphrases) as opened:
        opened.record(Event.STATION_INITIALISED, trust_version=trust.version)
