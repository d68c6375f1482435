"""Writing one person's decision, inside the transaction its registry opened."""

from __future__ import annotations

import sqlite3

from mediabridge.apply.journal import Entered, HeldNotice, Resolution
from mediabridge.apply.resident import Found, Resident
from mediabridge.apply.rules import Change
from mediabridge.apply.sqlite import asking
from mediabridge.apply.sqlite.writer import change_record, keep_history, set_items
from mediabridge.records.types import Operation


class SqliteDecisionWriter:
    """What one decision writes; valid inside ``SqliteRegistry.write_decision`` only."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Write in the open transaction of *connection*."""
        self._connection = connection

    def find_by_card(self, number: str) -> Found | None:
        """Return whom *number* belongs or belonged to; current cards and residents first."""
        return asking.find_by_card(self._connection, number)

    def find_by_birth(self, birth_date: str, nationality_region: str) -> list[Resident]:
        """Return the residents in force with exactly this date and nationality, by their id."""
        return asking.find_by_birth(self._connection, birth_date, nationality_region)

    def resident(self, number: int) -> Resident | None:
        """Return the resident record with this id."""
        return asking.resident(self._connection, number)

    def held_record(self, record_id: str) -> HeldNotice | None:
        """Return the notice of this number that was held; the newest, if several were."""
        return asking.held_record(self._connection, record_id)

    def last_change(self, held: HeldNotice) -> Entered | None:
        """Return what the newest decision on *held* changed, if that decision changed anything."""
        return asking.last_change(self._connection, held)

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
        journal_number, outcome = self._journal_number(held), resolution.outcome
        self._connection.execute(
            "INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                resolution.number,
                journal_number,
                resolution.supplement,
                resolution.position,
                outcome.result.value,
                outcome.reason,
                outcome.next_municipality_code,
                resolution.decided_at,
                resolution.decided_by,
                resolution.seconded_by,
            ),
        )
        if change is not None:
            change_record(self._connection, held.notice, change)
            where = (journal_number, held.position, resolution.supplement)
            entered = Entered.of(held.bundle_id, resolution.supplement, held.notice, change)
            keep_history(self._connection, where, entered)

    def take_back(self, held: HeldNotice, entered: Entered) -> None:
        """Put the record back as it was before *entered*, card and note too."""
        if entered.operation is Operation.NOTE:
            query = "DELETE FROM note WHERE record_id = ?"
            self._connection.execute(query, (held.notice.record_id,))
        set_items(self._connection, entered.resident, entered.before)
        if (card := entered.after.get("card_number")) is not None:
            query = "DELETE FROM card WHERE card_number = ? AND resident_id = ?"
            self._connection.execute(query, (card, entered.resident))

    def _journal_number(self, held: HeldNotice) -> int:
        query = "SELECT number FROM journal WHERE bundle_id = ?"
        (number,) = self._connection.execute(query, (held.bundle_id,)).fetchone()
        return int(number)
