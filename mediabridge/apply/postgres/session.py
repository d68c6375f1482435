"""One connection to the server: statements, rows in pieces, rows in bulk, one transaction.

Everything of psycopg that can fail is called in here, so that every error is told as a
reason (:mod:`~mediabridge.apply.postgres.telling`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus

from mediabridge import errors
from mediabridge.apply.postgres.telling import telling, told
from mediabridge.config import SERVER_RETURN_SECONDS

_PAUSE_SECONDS: Final = 0.2
_ROWS_AT_ONCE: Final = 500

Row = tuple[Any, ...]


class Witness:
    """Remembers what to look for when nobody knows whether a transaction is in force.

    The server's own list of transactions would not do: one that a crash took away may have
    left its number to another one.
    """

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self.question: tuple[str, tuple[Any, ...]] | None = None

    def saw(self, query: str, *values: Any) -> None:
        """Remember that *query* is true in this transaction, and only if it is in force."""
        self.question = (query, values)


class Session:
    """A connection that *connect* makes, and makes once more when a commit lost its answer."""

    def __init__(self, connect: Callable[[], psycopg.Connection], name: str) -> None:
        """Connect.

        Raises:
            RegistryError: there is no connection.
        """
        self._connect = connect
        self._connection = connect()
        self._numbers = count()
        self.name = name

    def close(self) -> None:
        """End the connection; the server rolls back what is unfinished."""
        self._connection.close()

    def setting(self, name: str) -> str:
        """Return the value of a setting of the server as it holds for this session."""
        return str(self.rows("SELECT current_setting(%s)", name)[0][0])

    def execute(self, query: str | sql.Composed, *values: Any) -> int:
        """Execute one statement; return how many rows it was about."""
        with telling(self.name):
            return self._connection.execute(query, values or None).rowcount

    def rows(self, query: str | sql.Composed, *values: Any) -> list[Row]:
        """Return all rows of a query that has few."""
        with telling(self.name):
            return self._connection.execute(query, values or None).fetchall()

    def stream(self, query: str | sql.Composed, *values: Any) -> Iterator[Row]:
        """Yield the rows of a query, which the server keeps as they were when it was asked.

        No transaction stays open meanwhile, whatever the caller does between two rows.
        """
        with telling(self.name):
            cursor = self._connection.cursor(f"rows_{next(self._numbers)}", withhold=True)
            cursor.execute(query, values or None)
        try:
            while True:
                with telling(self.name):
                    some = cursor.fetchmany(_ROWS_AT_ONCE)
                if not some:
                    return
                yield from some
        finally:
            # When the connection or the transaction is gone, so is the cursor.
            with suppress(psycopg.Error):
                cursor.close()

    def copy_in(self, target: str, rows: Iterable[Sequence[Any]]) -> None:
        """Write *rows* into *target*, a table and its columns, by ``COPY``."""
        with (
            telling(self.name),
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY {target} FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)

    def copy_out(self, query: str) -> Iterator[bytes]:
        """Yield the rows of *query* as the server spells them for ``COPY``."""
        with (
            telling(self.name),
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY ({query}) TO STDOUT") as copy,
        ):
            for piece in copy:
                yield bytes(piece)

    @contextmanager
    def transaction(self, begin: str = "BEGIN", lock: str = "") -> Iterator[Witness]:
        """Do all or nothing, once *lock* is had; on return the server's disk has it.

        When the order to commit gets no answer, what the yielded :class:`Witness` saw is
        looked for on a new connection.

        Raises:
            RegistryOutcomeUnknownError: the server went away while it committed, and does
                not come back, or nothing was seen that could be looked for.
            RegistryError, or what the block raised: nothing was changed.
        """
        witness = Witness()
        try:
            self.execute(begin)
            if lock:
                self.execute(lock)
            yield witness
            self._commit(lock, witness)
        except BaseException:
            if self._connection.info.transaction_status != TransactionStatus.IDLE:
                with suppress(psycopg.Error):
                    self._connection.execute("ROLLBACK")
            raise

    def _commit(self, lock: str, witness: Witness) -> None:
        try:
            self._connection.execute("COMMIT")
        except psycopg.Error as error:
            if not self._connection.broken:
                raise told(error, self.name) from None
            if not self._is_in_force(lock, witness):
                raise told(error, self.name) from None

    def _is_in_force(self, lock: str, witness: Witness) -> bool:
        try:
            self._connect_again()
            if witness.question is not None:
                query, values = witness.question
                # Whoever wrote it may still be at it, at the other end of the line that was cut.
                with self.transaction(lock=lock):
                    return bool(self.rows(query, *values)[0][0])
        except errors.RegistryError:
            pass
        raise errors.RegistryOutcomeUnknownError(name=self.name)

    def _connect_again(self) -> None:
        deadline = time.monotonic() + SERVER_RETURN_SECONDS
        while True:
            try:
                self._connection = self._connect()
            except errors.RegistryUnreachableError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_PAUSE_SECONDS)
            else:
                return
