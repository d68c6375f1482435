"""Taking the city's own change rows, inside the transaction its registry opened.

A number is drawn before its row is committed, so that a lower number may come into force
after a higher one. Therefore whoever is just writing rows is waited for, once, before the
rows are read; none of those who write meanwhile has to wait for the reading.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from mediabridge.apply.changes import Batch, Fate, change_row, count_of_waiting, taking, waiting
from mediabridge.apply.postgres.session import Session, Witness
from mediabridge.config import SERVER_WRITERS_SECONDS
from mediabridge.records.changes import ChangeRow

ONE_TAKER: Final = "LOCK TABLE municipal_taken IN SHARE ROW EXCLUSIVE MODE"
"""Also for the rows of :data:`ONE_MOMENT`: a lock that comes first takes no view of the tables."""
ONE_MOMENT: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ"
"""What was read is what is noted as taken, whoever writes meanwhile."""

_WAIT: Final = f"SET LOCAL lock_timeout = '{SERVER_WRITERS_SECONDS}s'"
_NO_WRITER: Final = "LOCK TABLE municipal_change IN SHARE MODE"
_NEWEST: Final = "SELECT coalesce(max(number), 0) FROM municipal_change"
_WAITING: Final = waiting(octets="octet_length(notice)", newest="%s")
_COUNT: Final = count_of_waiting(newest="%s")
_TAKE: Final = taking(station="%s", serial="%s", newest="%s")
_BATCHES: Final = "station = %s AND serial > %s"
_TAKEN: Final = """
    SELECT EXISTS (
        SELECT 1 FROM municipal_batch
        WHERE station = %s AND serial = %s AND taken_at = %s AND file IS NOT DISTINCT FROM %s
    )
"""


def newest_change(session: Session) -> int:
    """Return a number up to which no row can come into force any more.

    Raises:
        RegistryLockedError: somebody has written a row and does not commit.
        RegistryError: the server cannot be used.
    """
    with session.transaction():
        session.execute(_WAIT)
        session.execute(_NO_WRITER)
        return int(session.rows(_NEWEST)[0][0])


class PostgresChangeTaker:
    """What one station takes; valid inside ``PostgresRegistry.take_changes`` only."""

    def __init__(
        self, session: Session, station: str, known: int, newest: int, witness: Witness
    ) -> None:
        """Release what *station* took as a batch above *known*; look at rows up to *newest*."""
        self._session = session
        self._station = station
        self._newest = newest
        self._witness = witness
        session.execute(f"DELETE FROM municipal_taken WHERE {_BATCHES}", station, known)  # noqa: S608 - our names
        query = f"DELETE FROM municipal_batch WHERE {_BATCHES} RETURNING file"  # noqa: S608 - our names
        self.released = [file for (file,) in session.rows(query, station, known) if file]

    def count(self) -> int:
        """Return how many rows nobody has taken."""
        return int(self._session.rows(_COUNT, self._newest)[0][0])

    def rows(self) -> Iterator[ChangeRow]:
        """Yield the rows that nobody has taken, in the order of their numbers."""
        for row in self._session.stream(_WAITING, self._newest, self._newest):
            yield change_row(row)

    def take(self, batch: Batch, echoes: Collection[int]) -> None:
        """Note that all of :meth:`rows` are taken, as *batch*; those of *echoes* are not sent."""
        self._session.execute(
            "INSERT INTO municipal_batch VALUES (%s, %s, %s, %s, %s)",
            self._station,
            batch.serial,
            batch.file,
            batch.taken_at,
            batch.taken_by,
        )
        self._session.execute(_TAKE, self._station, batch.serial, self._newest, self._newest)
        if echoes:
            query = "UPDATE municipal_taken SET fate = %s WHERE number = ANY (%s)"
            self._session.execute(query, Fate.ECHO.value, list(echoes))
        self._witness.saw(_TAKEN, self._station, batch.serial, batch.taken_at, batch.file)
