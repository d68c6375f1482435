"""A database for the moment: what does not fit into memory, and is gone when it is closed.

It is no store of the station: it has no version, no owner, and nothing waits for the disk to
have it. What SQLite says of it is a fault of the machine, as with any other file of its own.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from mediabridge.errors import DiskFailedError, DiskFullError, DiskReadOnlyError, MediabridgeError
from mediabridge.locale import text
from mediabridge.sqlite.telling import Connection

_REFUSALS: Final[dict[int, type[MediabridgeError]]] = {
    sqlite3.SQLITE_FULL: DiskFullError,
    sqlite3.SQLITE_READONLY: DiskReadOnlyError,
}


def scratch(path: Path | None = None) -> Connection:
    """Open a database of this process alone, without a transaction.

    It is the file *path*, which is the caller's to wipe; without one, a file of SQLite's own
    that nobody else can open and that dies with the connection.

    Raises:
        DiskFullError, DiskReadOnlyError, DiskFailedError: here or at any statement and row.
    """

    def tell(error: sqlite3.DatabaseError) -> MediabridgeError:
        refusal = _REFUSALS.get(error.sqlite_errorcode & 0xFF, DiskFailedError)
        name = path.name if path else text("the temporary files")
        return refusal(name=name, detail=error.sqlite_errorname)

    try:
        connection = sqlite3.connect(path or "", isolation_level=None, factory=Connection)
    except sqlite3.DatabaseError as error:
        raise tell(error) from error
    connection.reason_for = tell
    return connection
