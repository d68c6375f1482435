"""Is a database sound? Asked without changing anything, and of whatever version it is."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from mediabridge.config import DATABASE_WAIT_SECONDS


def damage(path: Path) -> str | None:
    """Return why the database at *path* cannot be relied on, or None if every page is sound.

    What is returned are names of errors and counts, never texts of SQLite: they quote data.
    """
    if not path.is_file():
        return os.strerror(2)
    try:
        with closing(
            sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=DATABASE_WAIT_SECONDS
            )
        ) as connection:
            connection.execute("PRAGMA query_only = ON")
            problems = connection.execute("PRAGMA quick_check").fetchall()
    except sqlite3.Error as error:
        return getattr(error, "sqlite_errorname", type(error).__name__)
    return None if problems == [("ok",)] else f"SQLITE_CORRUPT: {len(problems)}"
