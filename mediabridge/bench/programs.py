"""Is there a PostgreSQL server on this machine that the bench could start?"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Final

NEEDED: Final = ("PostgreSQL", "psycopg")
"""What a machine lacks where :func:`server_programs` finds nothing."""

_PLACES: Final = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "usr/local/pgsql/bin")


def server_programs() -> Path | None:
    """Return the folder of the newest server's programs; None without them or their client."""
    try:
        importlib.import_module("psycopg")
    except ImportError:
        return None
    found = [path.parent for place in _PLACES for path in Path("/").glob(f"{place}/initdb")]
    return max(found, key=lambda path: path.parts[-2], default=None)
