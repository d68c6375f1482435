"""Writing one bundle by ``COPY``, and people by one statement for all of a batch."""

from __future__ import annotations

from typing import Final

from mediabridge.apply import rows
from mediabridge.apply.batch import Batch, BatchWriter
from mediabridge.apply.journal import JournalEntry
from mediabridge.apply.postgres.lookups import PostgresLookups
from mediabridge.apply.postgres.session import Session, Witness
from mediabridge.apply.resident import Resident

STAGING: Final = """
    CREATE TEMPORARY TABLE IF NOT EXISTS staged (LIKE resident) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS staged_card (LIKE card) ON COMMIT DELETE ROWS;
"""
"""Where rows arrive before they are merged; each session has its own."""

_STAGED: Final = f"pg_temp.staged ({', '.join(Resident._fields)})"
_MERGE: Final = f"""
    UPDATE resident SET ({", ".join(Resident._fields[1:])}) =
        ROW ({", ".join(f"staged.{name}" for name in Resident._fields[1:])})
    FROM pg_temp.staged AS staged WHERE resident.id = staged.id
"""  # noqa: S608 - made of column names of this package
_MERGE_CARDS: Final = """
    INSERT INTO card SELECT card_number, resident_id FROM pg_temp.staged_card
    ON CONFLICT DO NOTHING
"""
_JOURNAL: Final = "INSERT INTO journal VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
_ENTERED: Final = "SELECT EXISTS (SELECT 1 FROM journal WHERE bundle_id = %s)"


class PostgresBundleWriter(BatchWriter):
    """What one bundle writes; valid inside ``PostgresRegistry.write_bundle`` only."""

    def __init__(self, session: Session, witness: Witness) -> None:
        """Take the next number of the journal, which the open transaction has locked."""
        self._session = session
        self._witness = witness
        ((number,),) = session.rows("SELECT coalesce(max(number), 0) + 1 FROM journal")
        super().__init__(number, PostgresLookups(session, lock=True))

    def journal(self, entry: JournalEntry) -> None:
        """Write what waits, and note that the bundle was applied."""
        super().journal(entry)
        self._witness.saw(_ENTERED, entry.bundle.bundle_id)

    def write(self, batch: Batch) -> None:
        """Write the rows of *batch*, each table by one statement."""
        copy = self._session.copy_in
        if batch.outcomes:
            copy("outcome", batch.outcomes)
        if batch.held:
            copy("held", [held.row for held in batch.held])
        if batch.notes:
            copy("note", batch.notes)
        if batch.changed:
            copy(_STAGED, batch.changed.values())
            self._session.execute(_MERGE)
            self._session.execute("TRUNCATE pg_temp.staged")
        if batch.cards:
            copy("pg_temp.staged_card", batch.cards)
            self._session.execute(_MERGE_CARDS)
            self._session.execute("TRUNCATE pg_temp.staged_card")
        if batch.made or batch.kept:
            copy("history", batch.history())

    def enter(self, row: rows.Row) -> None:
        """Enter the *row* of the bundle into the journal."""
        self._session.execute(_JOURNAL, *row)
