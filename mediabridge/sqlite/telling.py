"""What went wrong, as a reason: SQLite's errors and the system's, told by one of the refusals."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Final

from mediabridge.errors import MediabridgeError
from mediabridge.sqlite.store import Store

_LOCKED: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_CORRUPT: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_NO_ACCESS: Final = {sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}
_CANNOT_WRITE: Final = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT}
_NOT_ALLOWED: Final = {errno.EACCES, errno.EPERM, errno.EROFS}


def told_by_sqlite(error: sqlite3.DatabaseError, path: Path, store: Store) -> MediabridgeError:
    """Return what *error*, about the file at *path*, means at this *store*."""
    primary = error.sqlite_errorcode & 0xFF
    refusals, refusal = store.refusals, store.refusals.unavailable
    if primary in _LOCKED:
        refusal = refusals.locked
    elif primary == sqlite3.SQLITE_FULL:
        refusal = refusals.full
    elif primary in _CORRUPT:
        refusal = refusals.corrupt
    elif primary in _NO_ACCESS:
        refusal = refusals.wrong_owner
    elif primary in _CANNOT_WRITE:
        # SQLite says the same of a protected disk and of another user's file.
        refusal = _why_no_access(path, store)
    elif primary in {sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH}:
        refusal = refusals.constraint
    return refusal(name=path.name, detail=error.sqlite_errorname)


def told_by_system(error: OSError, path: Path, store: Store) -> MediabridgeError:
    """Return what *error*, about the file at *path* or its folder, means at this *store*."""
    refusal = store.refusals.unavailable
    if error.errno in _NO_ROOM:
        refusal = store.refusals.full
    elif error.errno in _NOT_ALLOWED:
        refusal = _why_no_access(path, store)
    return refusal(name=path.name, detail=error.strerror)


def _why_no_access(path: Path, store: Store) -> type[MediabridgeError]:
    """Tell write protection, another user's file and a full disk by what stands in the way."""
    refusals, journal = store.refusals, path.with_name(f"{path.name}-journal")
    try:
        places = [place for place in (path.parent, path, journal) if _is_there(place)]
    except OSError:
        return refusals.wrong_owner
    if not all(os.access(place, os.R_OK, effective_ids=True) for place in places):
        return refusals.wrong_owner
    for place in places:
        if not os.access(place, os.W_OK, effective_ids=True):
            own = place.stat().st_uid == os.geteuid()
            protected = own or os.statvfs(place).f_flag & os.ST_RDONLY
            return refusals.read_only if protected else refusals.wrong_owner
    disk = os.statvfs(path.parent)
    # A disk may have bytes left and no more names for files; some kinds do not count them.
    return refusals.full if disk.f_files and not disk.f_favail else refusals.unavailable


def _is_there(place: Path) -> bool:
    """Tell whether *place* is there; unlike ``exists``, raise when nobody may know."""
    try:
        place.stat()
    except FileNotFoundError:
        return False
    return True


class Connection(sqlite3.Connection):
    """A connection whose every statement, and every row read, tells errors as reasons."""

    reason_for: Callable[[sqlite3.DatabaseError], MediabridgeError]

    def cursor(self, factory: object = None) -> Any:
        """Return a cursor that tells errors, too."""
        return super().cursor(factory or _Cursor)  # type: ignore[call-overload]

    # Those of the parent are written in C and make a plain cursor of their own.

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Execute one statement; the cursor has its rows."""
        cursor: sqlite3.Cursor = self.cursor().execute(sql, parameters)
        return cursor

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        """Execute one statement for each of *parameters*."""
        cursor: sqlite3.Cursor = self.cursor().executemany(sql, parameters)
        return cursor

    def executescript(self, sql_script: str, /) -> sqlite3.Cursor:
        """Execute a script; an open transaction is committed before."""
        cursor: sqlite3.Cursor = self.cursor().executescript(sql_script)
        return cursor


def _told(method: Callable[..., Any]) -> Any:
    @wraps(method)
    def telling(cursor: _Cursor, *values: Any, **options: Any) -> Any:
        try:
            return method(cursor, *values, **options)
        except sqlite3.ProgrammingError:
            # A mistake in our own code, such as a closed connection, accuses no file.
            raise
        except sqlite3.DatabaseError as error:
            raise cursor.connection.reason_for(error) from error

    return telling


class _Cursor(sqlite3.Cursor):
    connection: Connection

    execute = _told(sqlite3.Cursor.execute)
    executemany = _told(sqlite3.Cursor.executemany)
    executescript = _told(sqlite3.Cursor.executescript)
    fetchone = _told(sqlite3.Cursor.fetchone)
    fetchmany = _told(sqlite3.Cursor.fetchmany)
    fetchall = _told(sqlite3.Cursor.fetchall)
    __next__ = _told(sqlite3.Cursor.__next__)
