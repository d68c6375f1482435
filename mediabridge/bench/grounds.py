"""Where applying is measured: a database with the same people in it at the start of each turn.

A ground knows the floor of its database, too: the rows that a bundle left, put into the same
tables by the barest means there are. What the floor wrote is compared with what we wrote, so
that nothing of our work can be missing from it.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from mediabridge.apply import Registry, open_registry
from mediabridge.apply.embedded import Embedded
from mediabridge.apply.places import Place
from mediabridge.apply.resident import Resident
from mediabridge.bench.office import OWNER

Rows = Mapping[str, Sequence[Sequence[Any]]]
"""By the name of a table; of residents the rows that changed, of others those that are new."""

TABLES: Final = (
    "resident", "card", "note", "outcome", "held", "history", "journal", "population", "finding"
)  # fmt: skip
"""What a bundle writes, in every database; SQLite has one table more."""


class Ground(Protocol):
    """One database, with everything that differs from the next one."""

    name: str
    floor_name: str
    tick: float
    """The least that :meth:`seconds` can tell apart."""

    @property
    def place(self) -> Place:
        """Where the registry of the present turn is."""

    @property
    def file(self) -> Path:
        """The file of an embedded registry of the present turn."""

    def fill(self, people: Iterable[Mapping[str, str]]) -> None:
        """Keep *people* as what every turn begins with."""

    def begin(self) -> None:
        """Begin a turn: the registry holds these people and has seen no bundle."""

    def written(self) -> Rows:
        """Return the rows that the bundle of the present turn wrote."""

    def write_bare(
        self, rows: Rows, staged: Sequence[Sequence[Any]]
    ) -> AbstractContextManager[Iterator[None]]:
        """Be ready to write *rows* in one transaction, durably, when the iterator is taken on.

        *staged* goes into a table of that transaction, without any index.
        """

    def seconds(self) -> float:
        """Return the processor time of all whose work it is, since whenever."""


def opened(ground: Ground) -> Registry:
    """Open the registry of the present turn."""
    return open_registry(ground.file, OWNER, ground.place)


class SqliteGround:
    """A file in a folder; a turn begins with a copy of it."""

    name = "SQLite"
    floor_name = "executemany"
    tick = time.get_clock_info("process_time").resolution
    place = Embedded()

    def __init__(self, folder: Path) -> None:
        """Work in *folder*."""
        self._base = folder / "base.db"
        self.file = folder / "registry.db"

    def fill(self, people: Iterable[Mapping[str, str]]) -> None:
        """Keep *people* as what every turn begins with."""
        with open_registry(self._base, OWNER) as registry:
            registry.load_population(people)

    def begin(self) -> None:
        """Begin a turn with a copy of the file."""
        shutil.copyfile(self._base, self.file)

    def written(self) -> Rows:
        """Return the rows that are not in the file of the beginning."""
        with closing(sqlite3.connect(self.file)) as both:
            both.execute("ATTACH ? AS base", (str(self._base),))
            return {
                table: both.execute(
                    f"SELECT * FROM main.{table} EXCEPT SELECT * FROM base.{table}"  # noqa: S608 - ours
                ).fetchall()
                for table in (*TABLES, "held_sign")
            }

    @contextmanager
    def write_bare(self, rows: Rows, staged: Sequence[Sequence[Any]]) -> Iterator[Iterator[None]]:
        """Write *rows* by one ``executemany`` for each table, as durably as the registry does."""
        with closing(sqlite3.connect(self.file, isolation_level=None)) as bare:
            bare.executescript(_AS_OURS)
            yield self._write(bare, rows, staged)

    def _write(
        self, bare: sqlite3.Connection, rows: Rows, staged: Sequence[Sequence[Any]]
    ) -> Iterator[None]:
        bare.execute("BEGIN IMMEDIATE")
        if staged:
            columns = ", ".join(f"c{number}" for number in range(len(staged[0])))
            bare.execute(f"CREATE TABLE staged ({columns})")
            _insert(bare, "staged", staged)
        bare.executemany(_UPDATE, ((*row[1:], row[0]) for row in rows["resident"]))
        for table, new in rows.items():
            if table != "resident":
                _insert(bare, table, new)
        bare.execute("DROP TABLE IF EXISTS staged")
        bare.execute("COMMIT")
        yield

    def seconds(self) -> float:
        """Return the processor time of this process, in which SQLite is."""
        return time.process_time()


def _insert(bare: sqlite3.Connection, table: str, new: Sequence[Sequence[Any]]) -> None:
    if new:
        marks = ", ".join("?" for _ in new[0])
        bare.executemany(f"INSERT INTO {table} VALUES ({marks})", new)  # noqa: S608 - ours


_AS_OURS: Final = """
    PRAGMA journal_mode = DELETE;
    PRAGMA synchronous = EXTRA;
    PRAGMA foreign_keys = ON;
    PRAGMA cache_size = -16384;
"""
_UPDATE: Final = f"""
    UPDATE resident SET {", ".join(f"{name} = ?" for name in Resident._fields[1:])} WHERE id = ?
"""  # noqa: S608 - made of column names of this package
