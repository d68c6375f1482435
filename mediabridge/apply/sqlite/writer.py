"""Writing one bundle into the registry, inside the transaction its registry opened."""

from __future__ import annotations

import json
import sqlite3
from typing import Final

from mediabridge.apply.journal import FirstOutcome, JournalEntry
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resident import Found, Resident, State
from mediabridge.apply.rules import Change, Decision
from mediabridge.kinds import Kind
from mediabridge.records.model import IsaNotice, Result
from mediabridge.records.types import Operation

_COLUMNS: Final = ", ".join(f"resident.{name}" for name in Resident._fields)
_HOLDERS: Final = "SELECT resident_id FROM card WHERE card_number = ?"
_RESIDENT: Final = f"SELECT {_COLUMNS} FROM resident WHERE id = ?"  # noqa: S608 - our names
_OUTCOMES: Final = """
    SELECT content, result, reason, next_municipality_code FROM outcome
    WHERE record_id = ? ORDER BY journal_number, position
"""


def find_by_card(connection: sqlite3.Connection, number: str) -> Found | None:
    """Return whom *number* belongs or belonged to; current cards and residents first."""
    holders = connection.execute(_HOLDERS, (number,)).fetchall()
    if not holders:
        return None
    residents = [
        Resident._make(connection.execute(_RESIDENT, holder).fetchone()) for holder in holders
    ]
    return min((Found(each, each.card_number == number) for each in residents), key=_preference)


def _preference(found: Found) -> tuple[bool, bool, int]:
    """Order holders of one card: current before former, in force before removed, newest first."""
    resident = found.resident
    return not found.current, resident.state != State.RESIDENT, -resident.id


class SqliteBundleWriter:
    """What one bundle writes; valid inside ``SqliteRegistry.write_bundle`` only."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take the next number of the journal in the open transaction of *connection*."""
        self._connection = connection
        query = "SELECT coalesce(max(number), 0) + 1 FROM journal"
        (self._number,) = connection.execute(query).fetchone()
        self._position = 0

    def first_outcome(self, notice: IsaNotice, content: bytes) -> FirstOutcome | None:
        """Return how a notice with this id was first decided, preferably for this *content*."""
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
        return find_by_card(self._connection, number)

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
        """Make the change that *decision* has, or keep the notice for a person."""
        if decision.change is not None:
            self._change(notice, decision.change)
        elif decision.result is Result.HELD_FOR_REVIEW:
            self._connection.execute(
                "INSERT INTO held VALUES (?, ?, ?, ?)",
                (
                    self._number,
                    self._position,
                    decision.reason,
                    notice.model_dump_json(exclude_none=True),
                ),
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

    def _change(self, notice: IsaNotice, change: Change) -> None:
        before, after = change.before, change.after
        if change.operation is Operation.NOTE:
            event_date = notice.event_date.isoformat()
            self._connection.execute(
                "INSERT INTO note VALUES (?, ?, ?, ?)",
                (notice.record_id, before.id, notice.event_code.value, event_date),
            )
            return
        changed = [
            (name, new)
            for name, old, new in zip(Resident._fields, before, after, strict=True)
            if new != old
        ]
        if not changed:
            return
        assignments = ", ".join([f"{name} = ?" for name, _ in changed])
        self._connection.execute(
            f"UPDATE resident SET {assignments} WHERE id = ?",  # noqa: S608 - our field names
            (*[new for _, new in changed], after.id),
        )
        if after.card_number is not None and after.card_number != before.card_number:
            # A card the record already had comes back only where nobody could object.
            card = (after.card_number, after.id)
            self._connection.execute("INSERT OR IGNORE INTO card VALUES (?, ?)", card)
