"""How many records have each result: counted by triggers, and many at once by who changes them.

The triggers of the schema see to it that the totals are those of the rows, by whatever statement
the rows are changed. For each row they cost more than half of what the row itself does, so
that whoever changes many by one statement sets the trigger aside and adds up what was changed.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from mediabridge.stations.books.understanding import understood

OPEN: Final = "open"
"""Where no receipt is in yet."""
ENTERED: Final = "records_entered"
ANSWERED: Final = "records_answered"

_TRIGGER: Final = "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = ?"
_ADD: Final = """
    INSERT INTO totals VALUES (?, ?)
    ON CONFLICT DO UPDATE SET records = records + excluded.records
"""


@contextmanager
def added_up(db: sqlite3.Connection, trigger: str) -> Iterator[Counter[str]]:
    """Set *trigger* aside; the block tells by how many records each result grew or shrank.

    Needs an open transaction, so that nobody else ever sees the books without the trigger: it is
    back before the commit, and whatever takes the change back brings the trigger back as well.

    Raises:
        BooksCorruptError: somebody took the trigger out of the books.
        RuntimeError: there is no open transaction.
    """
    if not db.in_transaction:
        message = "a trigger is set aside within a transaction only"
        raise RuntimeError(message)
    with understood("sqlite_schema"):
        (put_back,) = db.execute(_TRIGGER, (trigger,)).fetchone()
    db.execute(f"DROP TRIGGER {trigger}")
    grown: Counter[str] = Counter()
    try:
        yield grown
    finally:
        # After some errors, such as a full disk, SQLite has gone back by itself.
        if db.in_transaction:
            db.execute(put_back)
            db.executemany(_ADD, grown.items())
