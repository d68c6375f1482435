"""One hub process: what its requests share."""

from __future__ import annotations

import logging
import ssl
from dataclasses import dataclass, field

from mediabridge.clock import Clock
from mediabridge.hub.cities import Cities
from mediabridge.hub.database import Database
from mediabridge.hub.logs import log
from mediabridge.hub.metrics import Metrics
from mediabridge.hub.pace import Pace
from mediabridge.hub.settings import Settings, SqlitePlace
from mediabridge.hub.tls import Anchors, context


@dataclass
class Hub:
    """The parts of one process; all that must last is in the database."""

    settings: Settings
    database: Database
    clock: Clock
    cities: Cities = field(init=False)
    pace: Pace = field(init=False)
    metrics: Metrics = field(init=False)
    tls: ssl.SSLContext = field(init=False)

    def __post_init__(self) -> None:
        """Read the certificate and every city's trust data.

        Raises:
            SettingsError: the certificate cannot be used.
            OSError: the folder of cities cannot be read.
        """
        self.cities = Cities(self.settings.cities)
        self.pace = Pace(self.settings.bounds.requests_a_minute)
        self.metrics = Metrics()
        self.tls = context(self.settings.listen)
        self._anchors = Anchors(self.tls)
        self.look()

    def look(self) -> None:
        """Take over what is new of the cities' trust data."""
        try:
            self._anchors.add(self.cities.look(self.clock.now()))
        except OSError as error:
            log(logging.ERROR, "cities-unreadable", error=type(error).__name__)
        self.metrics.serves(len(self.cities))


def open_database(settings: Settings) -> Database:
    """Open the database that *settings* name.

    Raises:
        HubStoreError: it cannot be used.
        SettingsError: the environment, or its password file, is not as it has to be.
    """
    if isinstance(settings.database, SqlitePlace):
        from mediabridge.hub.in_sqlite import InSqlite  # noqa: PLC0415 - one of two

        return InSqlite(settings.database.path)
    from mediabridge.hub.in_postgres import InPostgres  # noqa: PLC0415 - needs libpq

    return InPostgres(settings.database)
