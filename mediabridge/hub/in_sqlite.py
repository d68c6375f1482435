"""The hub's tables in a file of SQLite: for trying it out, and for tests."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mediabridge import sqlite
from mediabridge.errors import HubStoreError
from mediabridge.hub.database import SCHEMA, Row

if TYPE_CHECKING:
    from mediabridge.hub.in_s3 import InS3

_OWNER: Final = sqlite.Owner("hub", "hub", "hub")
_TYPES: Final = {"identity": "INTEGER PRIMARY KEY", "integer": "INTEGER", "bytes": "BLOB"}
_STEPS: Final = ["".join(f"{each.format(**_TYPES)};" for each in step) for step in SCHEMA]
_REFUSALS: Final = sqlite.Refusals(*[HubStoreError] * len(sqlite.Refusals._fields))

STORE: Final = sqlite.Store(
    application_id=int.from_bytes(b"mbhb"),
    steps=(_STEPS[0], sqlite.OWNED, *_STEPS[1:]),
    refusals=_REFUSALS,
    landmark="bundle",
    somebody_else=lambda _connection, _owner: None,
)


class _Session:
    """One transaction on a connection of its own; nobody else writes meanwhile."""

    locking = ""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, query: str, *values: Any) -> list[Row]:
        """See :class:`~mediabridge.hub.database.Session`."""
        return self._connection.execute(query, values).fetchall()

    def run(self, query: str, *values: Any) -> int:
        """See :class:`~mediabridge.hub.database.Session`."""
        return self._connection.execute(query, values).rowcount


class InSqlite:
    """A :class:`~mediabridge.hub.database.Database` in the file *path*."""

    def __init__(self, path: Path) -> None:
        """Make the tables where there are none.

        Raises:
            HubStoreError: the file cannot be used, or is another one.
        """
        self.store: InS3 | None = None
        self._path = path
        sqlite.connect(path, STORE, _OWNER).close()

    @contextmanager
    def transaction(self) -> Iterator[_Session]:
        """See :class:`~mediabridge.hub.database.Database`."""
        with (
            closing(sqlite.connect(self._path, STORE, _OWNER)) as connection,
            sqlite.transaction(connection),
        ):
            yield _Session(connection)

    def close(self) -> None:
        """Nothing stays open."""
