"""The hub's tables in a schema of a PostgreSQL server, which several hub processes share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from mediabridge.apply.places import PostgresPlace
from mediabridge.apply.postgres.connecting import conninfo
from mediabridge.config import SERVER_CONNECT_SECONDS
from mediabridge.errors import HubStoreError
from mediabridge.hub.database import SCHEMA, Row
from mediabridge.hub.settings import NAME
from mediabridge.locale import text

if TYPE_CHECKING:
    from mediabridge.hub.in_s3 import InS3

_TYPES: Final = {
    "identity": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    "integer": "BIGINT",
    "bytes": "BYTEA",
}
_VERSION: Final = len(SCHEMA)
_MAKING: Final = int.from_bytes(b"mbhb")
"""The advisory lock of whoever makes the tables."""

POOL: Final = 8
"""Connections of one process; more threads wait for one of them."""


class _Session:
    """One transaction; rows that are to be changed are locked when they are read."""

    locking = " FOR UPDATE"

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def rows(self, query: str, *values: Any) -> list[Row]:
        """See :class:`~mediabridge.hub.database.Session`."""
        return self._connection.execute(_ours(query), values).fetchall()

    def run(self, query: str, *values: Any) -> int:
        """See :class:`~mediabridge.hub.database.Session`."""
        return self._connection.execute(_ours(query), values).rowcount


class InPostgres:
    """A :class:`~mediabridge.hub.database.Database` at *place*."""

    def __init__(self, place: PostgresPlace) -> None:
        """Connect, and make schema and tables where there are none.

        Raises:
            SettingsError: the environment or the password file is not as it has to be.
            HubStoreError: the server cannot be reached, or has tables of another version.
        """
        self.store: InS3 | None = None
        self._name = place.name
        self._pool = ConnectionPool(
            conninfo(place, NAME),
            min_size=1,
            max_size=POOL,
            timeout=SERVER_CONNECT_SECONDS,
            # A connection that a restart of the server cut is found out before it is used.
            check=ConnectionPool.check_connection,
            open=True,
        )
        try:
            self._make_tables(place.schema_)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[_Session]:
        """See :class:`~mediabridge.hub.database.Database`."""
        try:
            with self._pool.connection() as connection, connection.transaction():
                yield _Session(connection)
        except PoolTimeout:
            raise HubStoreError(name=self._name, detail=text("no connection")) from None
        except psycopg.Error as error:
            # What the server says by itself may quote a row.
            code = error.sqlstate or type(error).__name__
            raise HubStoreError(name=self._name, detail=code) from None

    def close(self) -> None:
        """Close the connections; what is under way is rolled back."""
        self._pool.close()

    def _make_tables(self, schema: str) -> None:
        with self.transaction() as session:
            session.rows("SELECT pg_advisory_xact_lock(?)", _MAKING)
            session.run(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            session.run("CREATE TABLE IF NOT EXISTS version (number BIGINT NOT NULL)")
            found = [number for (number,) in session.rows("SELECT number FROM version")] or [0]
            if found[0] > _VERSION:
                raise HubStoreError(name=self._name, detail=text("tables of another version"))
            for step in SCHEMA[found[0] :]:
                for statement in step:
                    session.run(statement.format(**_TYPES))
            session.run("DELETE FROM version")
            session.run("INSERT INTO version VALUES (?)", _VERSION)


def _ours(query: str) -> bytes:
    """Return *query* as the driver takes it; no statement of ours has a percent sign."""
    return query.replace("?", "%s").encode()
