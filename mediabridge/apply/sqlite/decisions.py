"""Writing one person's decision, inside the transaction its registry opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from mediabridge.apply import rows
from mediabridge.apply.journal import Entered, HeldNotice, Resolution
from mediabridge.apply.population.findings import Settlement, entered_by
from mediabridge.apply.resident import POPULATION_COLUMNS
from mediabridge.apply.rules import Change
from mediabridge.apply.sqlite.findings import Findings
from mediabridge.apply.sqlite.writer import SqliteBundleWriter
from mediabridge.records.values import Operation

_NEW: Final = f"""
    INSERT INTO resident ({", ".join(POPULATION_COLUMNS)})
    VALUES ({", ".join("?" for _ in POPULATION_COLUMNS)})
"""  # noqa: S608 - our column names
_CARD: Final = "INSERT INTO card VALUES (?, ?)"


class SqliteDecisionWriter(Findings):
    """What one decision writes; valid inside ``SqliteRegistry.write_decision`` only."""

    def next_numbers(self, bundle_id: str) -> tuple[int, int]:
        """Return the next number of a decision, and the next supplement of the bundle."""
        query = """
            SELECT (SELECT coalesce(max(number), 0) + 1 FROM decision),
                (SELECT coalesce(max(supplement), 0) + 1 FROM decision
                 JOIN journal ON journal_number = journal.number WHERE bundle_id = ?)
        """
        number, supplement = self._connection.execute(query, (bundle_id,)).fetchone()
        return number, supplement

    def decide(self, held: HeldNotice, resolution: Resolution, change: Change | None) -> None:
        """Note *resolution* on *held*; make *change*, and keep it as history, if there is one."""
        journal_number = self._journal_number(held)
        enter_decision(self._connection, journal_number, resolution)
        if change is not None:
            writer = SqliteBundleWriter(self._connection)
            writer.change(held.notice, change)
            where = (journal_number, held.position, resolution.supplement)
            event = held.notice.event_code.value
            entered = Entered.of(held.bundle_id, resolution.supplement, event, change)
            writer.keep(where, entered)
            writer.flush()

    def take_back(self, held: HeldNotice, entered: Entered) -> None:
        """Put the record back as it was before *entered*, card and note too."""
        if entered.operation is Operation.NOTE:
            query = "DELETE FROM note WHERE record_id = ?"
            self._connection.execute(query, (held.notice.record_id,))
        if entered.before:
            assignments = ", ".join([f"{name} = ?" for name in entered.before])
            query = f"UPDATE resident SET {assignments} WHERE id = ?"  # noqa: S608 - our field names
            self._connection.execute(query, (*entered.before.values(), entered.resident))
        if (card := entered.after.get("card_number")) is not None:
            query = "DELETE FROM card WHERE card_number = ? AND resident_id = ?"
            self._connection.execute(query, (card, entered.resident))

    def settle(self, settled: Sequence[Settlement]) -> None:
        """Note decisions on findings of one population; make their changes, kept as history."""
        writer = SqliteBundleWriter(self._connection)
        for each in settled:
            taken = each.resolution
            journal_number = self._journal_number(taken)
            enter_decision(self._connection, journal_number, taken)
            if each.change is not None:
                number = self._settle(writer, each.change)
                where = (journal_number, taken.position, taken.supplement)
                writer.keep(where, entered_by(each, number))
        writer.flush()

    def _settle(self, writer: SqliteBundleWriter, change: Change) -> int:
        """Make *change*; return the number of its record, which a new one gets now."""
        if change.operation is not Operation.ENTRY:
            writer.put(change)
            return change.after.id
        # Somebody else may just have given up the card of the new record.
        writer.flush()
        number = self._connection.execute(_NEW, change.after[1:]).lastrowid
        assert number is not None  # noqa: S101 - a row was inserted
        self._connection.execute(_CARD, (change.after.card_number, number))
        return number

    def _journal_number(self, held: HeldNotice | Resolution) -> int:
        query = "SELECT number FROM journal WHERE bundle_id = ?"
        (number,) = self._connection.execute(query, (held.bundle_id,)).fetchone()
        return int(number)


def enter_decision(
    connection: sqlite3.Connection, journal_number: int, resolution: Resolution
) -> None:
    """Enter *resolution*, on a record of the bundle with this number, in the open transaction."""
    connection.execute(
        "INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows.decision_row(journal_number, resolution),
    )
