"""Taking the city's own change rows, inside the transaction its registry opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Final

from mediabridge.apply.changes import Batch, Fate, change_row, count_of_waiting, taking, waiting

if TYPE_CHECKING:
    from mediabridge.records.changes import ChangeRow

_WAITING: Final = waiting(octets="length(CAST(notice AS BLOB))", newest=":newest")
_COUNT: Final = count_of_waiting(newest=":newest")
_TAKE: Final = taking(station=":station", serial=":serial", newest=":newest")
_BATCHES: Final = "station = ? AND serial > ?"


class SqliteChangeTaker:
    """What one station takes; valid inside ``SqliteRegistry.take_changes`` only."""

    def __init__(self, connection: sqlite3.Connection, station: str, known: int) -> None:
        """Release, in the open transaction, what *station* took as a batch above *known*."""
        self._connection = connection
        self._station = station
        # Nobody else writes until the transaction ends.
        query = "SELECT coalesce(max(number), 0) FROM municipal_change"
        (self._newest,) = connection.execute(query).fetchone()
        owned = (station, known)
        connection.execute(f"DELETE FROM municipal_taken WHERE {_BATCHES}", owned)  # noqa: S608 - our names
        query = f"DELETE FROM municipal_batch WHERE {_BATCHES} RETURNING file"  # noqa: S608 - our names
        self.released = [file for (file,) in connection.execute(query, owned) if file]

    def count(self) -> int:
        """Return how many rows nobody has taken."""
        (number,) = self._connection.execute(_COUNT, {"newest": self._newest}).fetchone()
        return int(number)

    def rows(self) -> Iterator[ChangeRow]:
        """Yield the rows that nobody has taken, in the order of their numbers."""
        for row in self._connection.execute(_WAITING, {"newest": self._newest}):
            yield change_row(row)

    def take(self, batch: Batch, echoes: Collection[int]) -> None:
        """Note that all of :meth:`rows` are taken, as *batch*; those of *echoes* are not sent."""
        self._connection.execute(
            "INSERT INTO municipal_batch VALUES (?, ?, ?, ?, ?)",
            (self._station, batch.serial, batch.file, batch.taken_at, batch.taken_by),
        )
        taken = {"station": self._station, "serial": batch.serial, "newest": self._newest}
        self._connection.execute(_TAKE, taken)
        self._connection.executemany(
            "UPDATE municipal_taken SET fate = ? WHERE number = ?",
            [(Fate.ECHO.value, number) for number in echoes],
        )
