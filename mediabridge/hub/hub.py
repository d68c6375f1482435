"""One hub process: what its requests share."""

from __future__ import annotations

import logging
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mediabridge.clock import Clock
from mediabridge.errors import SettingsError
from mediabridge.hub import objects
from mediabridge.hub.cities import Cities
from mediabridge.hub.database import Database
from mediabridge.hub.logs import log
from mediabridge.hub.metrics import Metrics
from mediabridge.hub.pace import Pace
from mediabridge.hub.settings import NAME, Settings, SqlitePlace, StorePlace
from mediabridge.hub.tls import Anchors, context
from mediabridge.locale import text

if TYPE_CHECKING:
    from mediabridge.hub.in_s3 import InS3


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
    """Open the database that *settings* name, and the store beside it if they name one.

    Raises:
        HubStoreError: one of them cannot be used.
        SettingsError: the environment, or a file with a secret, is not as it has to be, or the
            database has contents in a store that is not named.
    """
    database = _open(settings)
    try:
        database.store = open_store(settings.store, database)
    except BaseException:
        database.close()
        raise
    return database


def open_store(place: StorePlace | None, database: Database) -> InS3 | None:
    """Open the store at *place*, in which the contents of *database* lie, or may lie.

    Raises:
        HubStoreError: it cannot be used, or is another one.
        SettingsError: none is named, and contents lie in one.
    """
    with database.transaction() as session:
        in_use = objects.any_there(session)
    if place is None:
        if in_use:
            detail = text("contents of this database lie in a store; [store] has to name it")
            raise SettingsError(name=NAME, detail=detail)
        return None
    from mediabridge.hub.in_s3 import InS3  # noqa: PLC0415 - half a second, where it is used

    made = InS3(place)
    with database.transaction() as session:
        folder = objects.folder(session)
    made.open(folder, in_use=in_use)
    return made


def _open(settings: Settings) -> Database:
    if isinstance(settings.database, SqlitePlace):
        from mediabridge.hub.in_sqlite import InSqlite  # noqa: PLC0415 - one of two

        return InSqlite(settings.database.path)
    from mediabridge.hub.in_postgres import InPostgres  # noqa: PLC0415 - needs libpq

    return InPostgres(settings.database)
