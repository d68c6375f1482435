"""Where applying is measured on a server: a database for each turn, made from a template."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg

from mediabridge.apply import open_registry
from mediabridge.apply.places import PostgresPlace
from mediabridge.apply.resident import Resident
from mediabridge.bench.grounds import TABLES, Rows
from mediabridge.bench.office import OWNER
from mediabridge.bench.server import Server

_BASE: Final = "base"
_TURN: Final = "turn"
_SEARCH: Final = "SET search_path TO mediabridge"
_WRITTEN: Final = "SELECT * FROM {} WHERE xmin = (SELECT xmin FROM journal)"
_NAMES: Final = ", ".join(Resident._fields[1:])
_STAGED_NAMES: Final = ", ".join(f"staged.{name}" for name in Resident._fields[1:])
_STAGED: Final = "CREATE TEMPORARY TABLE staged (LIKE resident) ON COMMIT DROP"
_MERGE: Final = f"""
    UPDATE resident SET ({_NAMES}) = ROW ({_STAGED_NAMES})
    FROM staged WHERE resident.id = staged.id
"""  # noqa: S608 - made of column names of this package


class PostgresGround:
    """A database of *server*; a turn begins with a copy of it."""

    name = "PostgreSQL"
    floor_name = "COPY"
    # What a server's processes used is told in ticks of the system's clock, 10 ms as a rule.
    tick = 1 / os.sysconf("SC_CLK_TCK")
    # No registry is embedded here.
    file = Path("/nonexistent")

    def __init__(self, server: Server) -> None:
        """Work in *server*."""
        self._server = server
        self.place: PostgresPlace = server.place_of(_TURN)

    def fill(self, people: Iterable[Mapping[str, str]]) -> None:
        """Keep *people* as what every turn begins with."""
        self._server.make(_BASE)
        with open_registry(self.file, OWNER, self._server.place_of(_BASE)) as registry:
            registry.load_population(people)
        with self._server.connect(_BASE) as connection:
            connection.execute("VACUUM (ANALYZE)")

    def begin(self) -> None:
        """Begin a turn with a copy of the database."""
        self._server.make(_TURN, _BASE)

    def written(self) -> Rows:
        """Return the rows that the one transaction wrote which has entered a bundle."""
        with self._server.connect(_TURN) as connection:
            connection.execute(_SEARCH)
            return {
                table: connection.execute(_WRITTEN.format(table).encode()).fetchall()
                for table in TABLES
            }

    @contextmanager
    def write_bare(self, rows: Rows, staged: Sequence[Sequence[Any]]) -> Iterator[Iterator[None]]:
        """Write *rows* by one ``COPY`` for each table; those of residents are merged at once."""
        with self._server.connect(_TURN) as bare:
            bare.execute(_SEARCH)
            yield self._write(bare, rows, staged)

    def _write(
        self, bare: psycopg.Connection, rows: Rows, staged: Sequence[Sequence[Any]]
    ) -> Iterator[None]:
        with bare.transaction(), bare.cursor() as cursor:
            if staged:
                columns = ", ".join(f"c{number} text" for number in range(len(staged[0])))
                cursor.execute(f"CREATE TEMPORARY TABLE entry ({columns}) ON COMMIT DROP".encode())
                _copy(cursor, "entry", staged)
            cursor.execute(_STAGED)
            for table, new in rows.items():
                _copy(cursor, "staged" if table == "resident" else table, new)
            cursor.execute(_MERGE.encode())
        yield

    def seconds(self) -> float:
        """Return the processor time of this process and of the whole server."""
        return time.process_time() + self._server.seconds()


def _copy(cursor: psycopg.Cursor, table: str, new: Sequence[Sequence[Any]]) -> None:
    if new:
        with cursor.copy(f"COPY {table} FROM STDIN".encode()) as copy:
            for row in new:
                copy.write_row(row)
