"""The three stores of a station, opened and written as the station does it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from mediabridge.apply.sqlite import SqliteRegistry
from mediabridge.apply.sqlite.schema import REGISTRY
from mediabridge.sqlite import Owner, Store
from mediabridge.stations.books import Books
from mediabridge.stations.books.schema import BOOKS
from mediabridge.translog import database, events
from mediabridge.translog.checkpoint import origin_of
from mediabridge.translog.events import Event
from mediabridge.translog.store import TransferLog
from tests.apply.people import RESIDENT, apply
from tests.owners import CITY

LGWAN_01 = Owner("training", CITY, "lgwan-01")
REGISTRY_01 = Owner("training", CITY, "registry-01")
Write = Callable[[int], None]


@dataclass(frozen=True)
class Kind:
    """One store: its file, whose the tests make it, and the way the station opens it."""

    name: str
    """As its reasons begin."""
    file: str
    store: Store
    owner: Owner
    opened: Callable[[Path, Owner], AbstractContextManager[tuple[sqlite3.Connection, Write]]]
    """Opens it; gives the connection that is really used, and how to write so many rows."""

    def use(self, path: Path, owner: Owner | None = None, rows: int = 1) -> None:
        """Open the store, write *rows* and close it."""
        with self.opened(path, owner or self.owner) as (_connection, write):
            write(rows)


@contextmanager
def _books(path: Path, owner: Owner) -> Iterator[tuple[sqlite3.Connection, Write]]:
    with closing(Books(path, owner)) as books:

        def write(rows: int) -> None:
            with books.transaction():
                for number in range(rows):
                    books.set_fact(f"a number with a long name: {number:060d}", number)

        yield books._db, write


@contextmanager
def _registry(path: Path, owner: Owner) -> Iterator[tuple[sqlite3.Connection, Write]]:
    with SqliteRegistry(path, owner) as registry:

        def write(rows: int) -> None:
            if registry.count():
                apply(registry, seq=registry.route_state("lgwan").seq + 1)
                return
            registry.load_population(
                RESIDENT | {"card_number": f"AB{number:08d}CD"} for number in range(rows)
            )

        yield registry._connection, write


@contextmanager
def _log(path: Path, owner: Owner) -> Iterator[tuple[sqlite3.Connection, Write]]:
    with database.connect(path, owner) as connection:
        log = TransferLog(connection, origin_of(owner.city, owner.station))

        def write(rows: int) -> None:
            for _ in range(rows):
                log.append(
                    events.build(
                        Event.BUNDLE_SEALED,
                        time="2026-11-23T00:00:00Z",
                        station=owner.station,
                        actor="clerk-1",
                        facts={"seq": log.size() + 1},
                    )
                )

        yield connection, write


KINDS = (
    Kind("BOOKS", "station.db", BOOKS, LGWAN_01, _books),
    Kind("REGISTRY", "registry.db", REGISTRY, REGISTRY_01, _registry),
    Kind("LOG", "log.db", database.LOG, LGWAN_01, _log),
)


def columns_of(path: Path) -> dict[str, list[str]]:
    """Return the columns of every table of the file *path*."""
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT name FROM sqlite_schema WHERE type = 'table'"
        return {
            table: [name for (_, name, *_) in connection.execute(f"PRAGMA table_info({table})")]
            for (table,) in connection.execute(query).fetchall()
        }


def content(
    path: Path, columns: dict[str, list[str]] | None = None
) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table of the file *path*, or of *columns* only."""
    chosen = columns_of(path) if columns is None else columns
    with closing(sqlite3.connect(path)) as connection:
        return {
            table: sorted(
                connection.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall(),  # noqa: S608 - names of tables
                key=repr,
            )
            for table, names in chosen.items()
        }


def files(folder: Path) -> dict[str, bytes]:
    """Return every file of *folder* with its bytes."""
    return {each.name: each.read_bytes() for each in sorted(folder.iterdir())}
