"""Setting up a station from what a city hands it: its keys, the trust root, trust data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal
from zoneinfo import available_timezones

from mediabridge.bundle.terms import Mode
from mediabridge.clock import Clock, check_built, to_rfc3339
from mediabridge.durable import write_durably
from mediabridge.errors import ModeMismatchError, StationError, UsageError
from mediabridge.locale import text
from mediabridge.stations import who
from mediabridge.stations.books import Books
from mediabridge.stations.home import Home
from mediabridge.stations.who import StationConfig
from mediabridge.translog import checkpoint, database, events
from mediabridge.translog.events import Event
from mediabridge.translog.store import TransferLog
from mediabridge.trust import client

KEYS_OF_A_STATION = ("{station}", "{station}-log", "{station}-witness", "{station}-recipient")
"""Key files a station needs: for bundles, for its log, for its peers' logs, for opening."""

_NOTHING: Final[Mapping[str, bytes]] = MappingProxyType({})


def init_station(
    root: Path,
    city: Path,
    station: str,
    *,
    clock: Clock,
    time_zone: str | None = None,
    private: Mapping[str, bytes] = _NOTHING,
    mode: Literal["live", "training"] = "training",
) -> None:
    """Set up *station* in the folder *root* from the training city in the folder *city*.

    ``station.json`` is written last, after the log's first entry: an interrupted set-up
    leaves a folder that is no station, and can be repeated. Its screens show times in
    *time_zone*, by default the machine's. *private* are files, by name, that lie in its
    folder before it is a station. The city has to be of this *mode*: a folder with everybody's
    keys is none for live work.

    Raises:
        ModeMismatchError: the city is of another mode.
        UsageError: this machine knows no zone of the name *time_zone*.
        StationError: there is a station already, or the city does not know *station*.
        ClockTooEarlyError: the machine's clock is earlier than this program.
        TrustInvalidError: the city's trust data is not in order.
    """
    check_built(clock.now())
    require_zone(time_zone)
    home = Home(root)
    if home.config_file.exists():
        raise StationError(detail=text("a station was already set up here"))
    home.make_folders()
    bootstrap = (city / "root.json").read_bytes()
    write_durably(home.trust_root, bootstrap)
    trust = client.refresh(city / "repository", home.trust_cache, bootstrap)
    if trust.mode != mode:
        raise ModeMismatchError(got=Mode.of(trust.mode), wanted=Mode.of(mode))
    known = trust.station(station)
    if known is None:
        raise StationError(
            detail=text("the trust data knows no station {station}", station=station[:40])
        )
    for template in KEYS_OF_A_STATION:
        name = template.format(station=station) + ".json"
        write_durably(home.keys / name, (city / "keys" / name).read_bytes(), mode=0o600)
    for name, content in private.items():
        write_durably(root / name, content, mode=0o600)
    config = who.made(
        station=station,
        role=known.role,
        mode=trust.mode,
        city=trust.city,
        municipality_code=trust.municipality_code,
        time_zone=time_zone,
    )
    Books(home.books, config.owner).close()
    begin_log(home, config, to_rfc3339(clock.now()), trust.version)
    home.write_config(config)


def require_zone(name: str | None) -> None:
    """Refuse a time zone that this machine does not know; None is the machine's own.

    Raises:
        UsageError: it knows none of that *name*.
    """
    if name is not None and name not in available_timezones():
        detail = text("this machine knows no time zone {name}", name=name[:40])
        raise UsageError(detail=detail)


def begin_log(home: Home, config: StationConfig, time: str, trust_version: int) -> None:
    """Make the log of a new station, with its first entry."""
    origin = checkpoint.origin_of(config.city, config.station)
    entry = events.build(
        Event.STATION_INITIALISED,
        time=time,
        station=config.station,
        actor=config.station,
        facts={"trust_version": trust_version, "mode": config.mode},
    )
    with database.connect(home.log, config.owner) as connection:
        TransferLog(connection, origin).append(entry)
