"""Writing one bundle into the registry, inside the transaction its registry opened."""

from __future__ import annotations

import sqlite3
from typing import Final

from mediabridge.apply import rows
from mediabridge.apply.batch import Batch, BatchWriter
from mediabridge.apply.resident import Resident
from mediabridge.apply.sqlite.asking import signs_of
from mediabridge.apply.sqlite.lookups import SqliteLookups

_NUMBER: Final = "SELECT coalesce(max(number), 0) + 1 FROM journal"
_UPDATE: Final = f"""
    UPDATE resident SET {", ".join(f"{name} = ?" for name in Resident._fields[1:])} WHERE id = ?
"""  # noqa: S608 - made of column names of this package
# A card that the record already had comes back.
_CARD: Final = "INSERT OR IGNORE INTO card VALUES (?, ?)"


class SqliteBundleWriter(BatchWriter):
    """What one bundle writes; valid inside ``SqliteRegistry.write_bundle`` only."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take the next number of the journal in the open transaction of *connection*."""
        self._connection = connection
        (number,) = connection.execute(_NUMBER).fetchone()
        super().__init__(number, SqliteLookups(connection))

    def write(self, batch: Batch) -> None:
        """Write the rows of *batch*, each table by one statement."""
        self._insert("outcome", batch.outcomes)
        self._insert("held", [held.row for held in batch.held])
        signed = ((sign, *held.row[:2]) for held in batch.held for sign in signs_of(held.notice))
        self._insert("held_sign", list(signed))
        self._insert("note", batch.notes)
        changed = ((*each[1:], each.id) for each in batch.changed.values())
        self._connection.executemany(_UPDATE, changed)
        self._connection.executemany(_CARD, batch.cards)
        self._insert("history", batch.history())

    def enter(self, row: rows.Row) -> None:
        """Enter the *row* of the bundle into the journal."""
        self._insert("journal", [row])

    def _insert(self, table: str, new: list[rows.Row]) -> None:
        if new:
            marks = ", ".join("?" for _ in new[0])
            self._connection.executemany(f"INSERT INTO {table} VALUES ({marks})", new)  # noqa: S608 - our names
