"""Writing one bundle into the registry, inside the transaction its registry opened."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final

from mediabridge.apply.journal import Entered, FirstOutcome, JournalEntry, Value
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resident import Found, Resident
from mediabridge.apply.rules import Change, Decision
from mediabridge.apply.sqlite import asking
from mediabridge.kinds import Kind
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
        query = "SELECT coalesce(max(number), 0) + 1 FROM journal"
        (self._number,) = connection.execute(query).fetchone()
        self._position = 0

    def expect(self, notices: Sequence[IsaNotice]) -> None:
        """Do nothing: a question to a file in this process costs no journey."""

    def first_outcome(self, notice: IsaNotice, content: bytes) -> FirstOutcome | None:
        """Return how a notice with this id was decided, preferably for this *content*."""
        rows = self._connection.execute(_OUTCOMES, (notice.record_id,)).fetchall()
        if not rows:
            return None
        first = next((row for row in rows if row[0] == content), rows[0])
        first_content, result, reason, next_code = first
        code = None if reason is None else ApplyReason[reason]
        decision = Decision(Result.of(result), code, None, next_code)
        return FirstOutcome(first_content == content, decision)

    def find_by_card(self, number: str) -> Found | None:
        """Return whom *number* belongs or belonged to, as this bundle has left it so far."""
        return asking.find_by_card(self._connection, number)

    def outcome(self, notice: IsaNotice, content: bytes, decision: Decision) -> None:
        """Note what becomes of the bundle's next record."""
        self._position += 1
        self._connection.execute(
            "INSERT INTO outcome VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._number,
                self._position,
                notice.record_id,
                Kind.ISA_NOTICE.value,
                decision.result.value,
                decision.reason,
                decision.next_municipality_code,
                content,
            ),
        )

    def carry_out(self, notice: IsaNotice, decision: Decision) -> None:
        """Make the change that *decision* has and keep it as history, or keep the notice."""
        if decision.change is not None:
            change_record(self._connection, notice, decision.change)
            where = (self._number, self._position, 0)
            keep_history(self._connection, where, Entered.of("", 0, notice, decision.change))
        elif decision.result is Result.HELD:
            self._connection.execute(
                "INSERT INTO held VALUES (?, ?, ?, ?)",
                (
                    self._number,
                    self._position,
                    decision.reason,
                    notice.model_dump_json(exclude_none=True),
                ),
            )
            self._connection.executemany(
                "INSERT INTO held_sign VALUES (?, ?, ?)",
                [(sign, self._number, self._position) for sign in asking.signs_of(notice)],
            )

    def journal(self, entry: JournalEntry) -> None:
        """Note that the bundle was applied."""
        bundle = entry.bundle
        self._connection.execute(
            "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._number,
                bundle.bundle_id,
                bundle.route.sender,
                bundle.route.receiver,
                bundle.seq,
                bundle.sums_sha256,
                entry.applied_at,
                entry.decided_by,
                json.dumps(entry.counts.by_result),
            ),
        )


def change_record(connection: sqlite3.Connection, notice: IsaNotice, change: Change) -> None:
    """Make *change*, which *notice* asks for, in the open transaction."""
    before, after = change.before, change.after
    if change.operation is Operation.NOTE:
        connection.execute(
            "INSERT INTO note VALUES (?, ?, ?, ?)",
            (notice.record_id, before.id, notice.event_code.value, notice.event_date.isoformat()),
        )
        return
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
    connection.execute(
        "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *where,
            entered.resident,
            entered.event_code,
            entered.operation.value,
            json.dumps(entered.before, ensure_ascii=False),
            json.dumps(entered.after, ensure_ascii=False),
        ),
    )
