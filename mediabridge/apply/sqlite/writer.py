"""Writing one bundle into the registry, inside the transaction its registry opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final

from mediabridge.apply import rows
from mediabridge.apply.changing import Told
from mediabridge.apply.journal import Entered, FirstOutcome, JournalEntry, Value
from mediabridge.apply.resident import Found, Resident
from mediabridge.apply.rules import Change, Decision
from mediabridge.apply.sqlite.asking import Asking, signs_of
from mediabridge.records.model import IsaNotice, Result
from mediabridge.records.types import Operation

_OUTCOMES: Final = """
    SELECT content, coalesce(decision.result, outcome.result),
        iif(decision.number IS NULL, outcome.reason, decision.reason),
        iif(decision.number IS NULL,
            outcome.next_municipality_code, decision.next_municipality_code)
    FROM outcome LEFT JOIN decision ON decision.number = (
        SELECT max(number) FROM decision WHERE decision.journal_number = outcome.journal_number
        AND decision.position = outcome.position
    )
    WHERE record_id = ? ORDER BY outcome.journal_number, outcome.position
"""


class SqliteBundleWriter:
    """What one bundle writes; valid inside ``SqliteRegistry.write_bundle`` only."""

    hands_over = False

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take the next number of the journal in the open transaction of *connection*."""
        self._connection = connection
        self._find_by_card = Asking(connection).find_by_card
        query = "SELECT coalesce(max(number), 0) + 1 FROM journal"
        (self._number,) = connection.execute(query).fetchone()
        self._position = 0

    def expect(self, notices: Sequence[IsaNotice]) -> None:
        """Do nothing: a question to a file in this process costs no journey."""

    def first_outcome(self, notice: Told, content: bytes) -> FirstOutcome | None:
        """Return how a notice with this id was decided, preferably for this *content*."""
        found = self._connection.execute(_OUTCOMES, (notice.record_id,))
        return FirstOutcome.among([(row[0], rows.decision(*row[1:])) for row in found], content)

    def find_by_card(self, number: str) -> Found | None:
        """Return whom *number* belongs or belonged to, as this bundle has left it so far."""
        return self._find_by_card(number)

    def outcome(self, notice: IsaNotice, content: bytes, decision: Decision) -> None:
        """Note what becomes of the bundle's next record."""
        self._position += 1
        where = (self._number, self._position)
        self._connection.execute(
            "INSERT INTO outcome VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            rows.outcome_row(where, notice, content, decision),
        )

    def carry_out(self, notice: IsaNotice, decision: Decision) -> None:
        """Make the change that *decision* has and keep it as history, or keep the notice."""
        where = (self._number, self._position)
        if decision.change is not None:
            change_record(self._connection, notice, decision.change)
            entered = Entered.of("", 0, notice, decision.change)
            keep_history(self._connection, (*where, 0), entered)
        elif decision.result is Result.HELD and decision.reason is not None:
            row = rows.held_row(where, notice, decision.reason)
            self._connection.execute("INSERT INTO held VALUES (?, ?, ?, ?)", row)
            self._connection.executemany(
                "INSERT INTO held_sign VALUES (?, ?, ?)",
                [(sign, *where) for sign in signs_of(notice)],
            )

    def journal(self, entry: JournalEntry) -> None:
        """Note that the bundle was applied."""
        self._connection.execute(
            "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows.journal_row(self._number, entry),
        )


def change_record(connection: sqlite3.Connection, notice: IsaNotice, change: Change) -> None:
    """Make *change*, which *notice* asks for, in the open transaction."""
    if change.operation is Operation.NOTE:
        row = rows.note_row(notice, change.before.id)
        connection.execute("INSERT INTO note VALUES (?, ?, ?, ?)", row)
    else:
        change_items(connection, change)


def change_items(connection: sqlite3.Connection, change: Change) -> None:
    """Make *change* of the items of a record, its card among them."""
    before, after = change.before, change.after
    named = zip(Resident._fields, before, after, strict=True)
    set_items(connection, after.id, {name: new for name, old, new in named if new != old})
    if after.card_number is not None and after.card_number != before.card_number:
        # A card the record already had comes back only where nobody could object.
        card = (after.card_number, after.id)
        connection.execute("INSERT OR IGNORE INTO card VALUES (?, ?)", card)


def set_items(connection: sqlite3.Connection, number: int, items: Mapping[str, Value]) -> None:
    """Set *items* of the resident record with this id."""
    if items:
        assignments = ", ".join([f"{name} = ?" for name in items])
        connection.execute(
            f"UPDATE resident SET {assignments} WHERE id = ?",  # noqa: S608 - our field names
            (*items.values(), number),
        )


def keep_history(
    connection: sqlite3.Connection, where: tuple[int, int, int], entered: Entered
) -> None:
    """Keep what was *entered* by the record at *where*: journal number, position, supplement."""
    row = rows.history_row(where, entered)
    connection.execute("INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
