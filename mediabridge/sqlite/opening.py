"""Opening a database of this station, and changing it."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from mediabridge.config import DATABASE_WAIT_SECONDS
from mediabridge.errors import MediabridgeError
from mediabridge.sqlite.store import Owner, Store
from mediabridge.sqlite.telling import Connection, told_by_sqlite, told_by_system
from mediabridge.sqlite.versions import Versions, statements

_PRAGMAS: Final = """
    -- One file at rest, so that a plain copy of it is a complete backup; WAL leaves two more.
    PRAGMA journal_mode = DELETE;
    -- FULL syncs the file but not the folder the journal vanishes from: after a power
    -- cut the last commit could be gone again. EXTRA syncs that too.
    PRAGMA synchronous = EXTRA;
    PRAGMA foreign_keys = ON;
    PRAGMA cell_size_check = ON;
    PRAGMA trusted_schema = OFF;
"""


def connect(path: Path, store: Store, owner: Owner) -> sqlite3.Connection:
    """Open the database at *path*, made if missing and readable by its user only.

    A file of an earlier version is brought up to date in one transaction, after a copy of
    it was kept beside it as ``<name>.before-<version>``.

    Raises:
        One of the store's refusals; the file is as it was.
    """
    _make(path, store)
    connection = _open(path, store)
    try:
        found = Versions(connection, path, store)
        if not found.is_current():
            with transaction(connection):
                found.bring_up_to_date(owner)
        found.check_kind()
        found.check_owner(owner)
    except BaseException:
        connection.close()
        raise
    return connection


def look(path: Path, store: Store) -> sqlite3.Connection:
    """Open whose database ever, such as a copy in an audit, without changing anything.

    Raises:
        One of the store's refusals.
    """
    if not path.is_file():
        raise store.refusals.unavailable(name=path.name, detail=os.strerror(errno.ENOENT))
    connection = _open(path, store)
    try:
        found = Versions(connection, path, store)
        found.is_current()
        found.check_kind()
        connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def is_earlier(path: Path, store: Store) -> bool:
    """Tell whether a former version of the program made the tables; nothing is changed.

    Raises:
        One of the store's refusals.
    """
    with closing(_open(path, store)) as connection:
        return not Versions(connection, path, store).is_current()


@contextmanager
def transaction(connection: sqlite3.Connection, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
    """Do all or nothing, one process at a time; on return the disk has it.

    Raises:
        One of the store's refusals, or what the block raised; nothing was changed.
    """
    try:
        # Inside: whoever is told to stop may have begun.
        connection.execute(begin)
        yield
        connection.execute("COMMIT")
    except BaseException:
        # SQLite has rolled back by itself after some errors, such as a full disk.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _make(path: Path, store: Store) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        raise told_by_system(error, path, store) from error


def _open(path: Path, store: Store) -> sqlite3.Connection:
    def tell(error: sqlite3.DatabaseError) -> MediabridgeError:
        return told_by_sqlite(error, path, store)

    try:
        connection = sqlite3.connect(
            path, timeout=DATABASE_WAIT_SECONDS, isolation_level=None, factory=Connection
        )
    except sqlite3.DatabaseError as error:
        raise tell(error) from error
    connection.reason_for = tell
    try:
        for pragma in statements(_PRAGMAS + store.pragmas):
            connection.execute(pragma)
    except BaseException:
        connection.close()
        raise
    return connection
