"""Writing one bundle into the registry, inside the transaction its registry opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final

from mediabridge.apply import rows
from mediabridge.apply.batch import RARE, Batch, BatchWriter
from mediabridge.apply.resident import Resident
from mediabridge.apply.sqlite.asking import signs_of
from mediabridge.apply.sqlite.lookups import SqliteLookups

_NUMBER: Final = "SELECT coalesce(max(number), 0) + 1 FROM journal"


def _updating(names: Sequence[str]) -> str:
    items = ", ".join(f"{name} = ?" for name in names)
    return f"UPDATE resident SET {items} WHERE id = ?"  # noqa: S608 - our names


_UPDATE: Final = _updating(Resident._fields[1:])
# What is not named is not looked at: neither the checks of the table nor its indexes.
_RENEW: Final = _updating([name for name in Resident._fields[1:] if name not in RARE])
_renewed: Final = itemgetter(
    *(each for each, name in enumerate(Resident._fields) if name not in {*RARE, "id"}), 0
)
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
        # One after the other as they were changed: a card goes to nobody before it is given up.
        for rarely, some in groupby(batch.changed.values(), lambda each: each.id in batch.rarely):
            if rarely:
                self._connection.executemany(_UPDATE, ((*each[1:], each.id) for each in some))
            else:
                self._connection.executemany(_RENEW, map(_renewed, some))
        self._connection.executemany(_CARD, batch.cards)
        self._insert("history", batch.history())

    def enter(self, row: rows.Row) -> None:
        """Enter the *row* of the bundle into the journal."""
        self._insert("journal", [row])

    def _insert(self, table: str, new: list[rows.Row]) -> None:
        if new:
            marks = ", ".join("?" for _ in new[0])
            self._connection.executemany(f"INSERT INTO {table} VALUES ({marks})", new)  # noqa: S608 - our names
