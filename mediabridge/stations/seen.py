"""What was seen in a file already, kept outside of memory.

Two million ids do not fit into the memory we promise; SQLite keeps them in a file of its own,
which nobody else can open and which is gone with the connection.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Final

from mediabridge import sqlite
from mediabridge.config import APPLY_BATCH

_TABLES: Final = (
    "CREATE TABLE ids (value TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE sequences (value INTEGER PRIMARY KEY)",
    "CREATE TABLE digests (value BLOB PRIMARY KEY) WITHOUT ROWID",
)

Values = Collection[str] | Collection[int]


class Seen:
    """Values of one file, each kind in a table of its own.

    Every method raises DiskFullError or DiskFailedError when the machine has no room for them.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._db = sqlite.scratch()
        for table in _TABLES:
            self._db.execute(table)
        self._db.execute("BEGIN")

    def enter(self, table: str, value: str | int | bytes) -> bool:
        """Enter *value*, and tell whether it is new."""
        return bool(self._db.execute(_entering(table), (value,)).rowcount)

    def enter_all(self, **columns: Values) -> bool:
        """Enter the values of each table, by its name, if all are new; else none of them."""
        self._db.execute("SAVEPOINT batch")
        new = all(
            self._db.execute(_entering_all(table), (json.dumps(list(values)),)).rowcount
            == len(values)
            for table, values in columns.items()
        )
        if not new:
            self._db.execute("ROLLBACK TO batch")
        self._db.execute("RELEASE batch")
        return new

    def ids(self) -> Iterator[str]:
        """Yield the ids that were entered."""
        rows = self._db.execute("SELECT value FROM ids")
        while batch := rows.fetchmany(APPLY_BATCH):
            yield from (value for (value,) in batch)


def _entering(table: str) -> str:
    return f"INSERT OR IGNORE INTO {table} VALUES (?)"  # noqa: S608 - our names


def _entering_all(table: str) -> str:
    # One statement for many takes half the time of one for each.
    return f"INSERT OR IGNORE INTO {table} SELECT value FROM json_each(?)"  # noqa: S608 - our names
