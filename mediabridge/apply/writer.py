"""Writing one bundle into the registry, inside the transaction its registry opened."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import Final, NamedTuple

from mediabridge.apply.journal import JournalEntry
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resident import Resident
from mediabridge.apply.rules import Change, Decision
from mediabridge.records.model import IsaNotice, Kind, Result
from mediabridge.records.types import Operation

_UPDATE: Final = f"""
    UPDATE resident SET {", ".join(f"{name} = ?" for name in Resident._fields[1:])} WHERE id = ?
"""  # noqa: S608 - made of the field names of this package

_FIRST_OUTCOME: Final = """
    SELECT content = ?2 AS same, result, reason, next_municipality_code FROM outcome
    WHERE record_id = ?1 ORDER BY same DESC, journal_number, position LIMIT 1
"""


class FirstOutcome(NamedTuple):
    """How a record id was first decided, and whether for the same content."""

    same_content: bool
    decision: Decision


class BundleWriter:
    """What one bundle writes; valid inside ``SqliteRegistry.write_bundle`` only."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take the next number of the journal in the open transaction of *connection*."""
        self._connection = connection
        query = "SELECT coalesce(max(number), 0) + 1 FROM journal"
        (self._number,) = connection.execute(query).fetchone()
        self._position = 0

    def first_outcome(self, notice: IsaNotice) -> FirstOutcome | None:
        """Return how a notice with this id was first decided, preferably one of this content."""
        row = self._connection.execute(
            _FIRST_OUTCOME, (notice.record_id, _content(notice))
        ).fetchone()
        if row is None:
            return None
        same_content, result, reason, next_code = row
        code = None if reason is None else ApplyReason[reason]
        return FirstOutcome(bool(same_content), Decision(Result(result), code, None, next_code))

    def outcome(self, notice: IsaNotice, decision: Decision) -> None:
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
                _content(notice),
            ),
        )

    def carry_out(self, notice: IsaNotice, decision: Decision) -> None:
        """Make the change that *decision* has, or keep the notice for a person."""
        if decision.change is not None:
            self._change(notice, decision.change)
        elif decision.result is Result.HELD_FOR_REVIEW:
            self._connection.execute(
                "INSERT INTO held VALUES (?, ?, ?, ?)",
                (self._number, self._position, decision.reason, _as_json(notice)),
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
        self._connection.execute(_UPDATE, (*after[1:], after.id))
        if after.card_number is not None and after.card_number != before.card_number:
            # A card the record already had comes back only where nobody could object.
            card = (after.card_number, after.id)
            self._connection.execute("INSERT OR IGNORE INTO card VALUES (?, ?)", card)


def _content(notice: IsaNotice) -> bytes:
    """Return a digest that tells two notices with one id apart."""
    return hashlib.sha256(_as_json(notice).encode()).digest()


def _as_json(notice: IsaNotice) -> str:
    return notice.model_dump_json(exclude_none=True)
