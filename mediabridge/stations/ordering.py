"""The order in which a bundle's notices are applied: that of their issue, not of their rows.

Two notices of one person may stand in a file in any order, and a day may come in two
files. Whoever applied them as they stand would leave the older card in force.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from mediabridge.kinds import Kind
from mediabridge.records.model import ADAPTERS, IsaNotice

_FILE: Final = "in-order.sqlite"

# The key is the order, so that SQLite never sorts in temporary files outside our folder.
_TABLE: Final = """
    CREATE TABLE notice (
        issued_at TEXT, sequence INTEGER, position INTEGER, json TEXT,
        PRIMARY KEY (issued_at, sequence, position)
    ) WITHOUT ROWID
"""
_IN_ORDER: Final = "SELECT json FROM notice ORDER BY issued_at, sequence, position"


def as_issued(notices: Iterable[IsaNotice], folder: Path) -> Iterator[IsaNotice]:
    """Yield *notices* by issued_at, then sequence, then as they came.

    They are kept in a file in *folder*, which is the caller's to wipe: memory does not
    grow with them, and they lie nowhere but beside the decrypted records they come from.

    Raises:
        OSError, sqlite3.Error: *folder* cannot be written.
    """
    with closing(sqlite3.connect(folder / _FILE, isolation_level=None)) as kept:
        kept.execute("PRAGMA journal_mode = OFF")
        kept.execute("PRAGMA synchronous = OFF")
        kept.execute("BEGIN")
        kept.execute(_TABLE)
        kept.executemany("INSERT INTO notice VALUES (?, ?, ?, ?)", _rows(notices))
        for (json,) in kept.execute(_IN_ORDER):
            yield ADAPTERS[Kind.ISA_NOTICE].validate_json(json)


def _rows(notices: Iterable[IsaNotice]) -> Iterator[tuple[str, int, int, str]]:
    for position, notice in enumerate(notices):
        # Every time is Japanese time, so the order of the texts is that of the times.
        moment = notice.issued_at.isoformat()
        yield moment, notice.sequence, position, notice.model_dump_json(exclude_none=True)
