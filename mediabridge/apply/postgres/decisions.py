"""Writing one person's decision, inside the transaction its registry opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mediabridge.apply import rows
from mediabridge.apply.journal import Entered, HeldNotice, Resolution
from mediabridge.apply.population.findings import Settlement, entered_by
from mediabridge.apply.postgres.findings import Findings
from mediabridge.apply.postgres.session import Session, Witness
from mediabridge.apply.postgres.writer import PostgresBundleWriter
from mediabridge.apply.resident import Resident
from mediabridge.apply.rules import Change
from mediabridge.records.values import Operation

_NUMBERS: Final = """
    SELECT (SELECT coalesce(max(number), 0) + 1 FROM decision),
        (SELECT coalesce(max(supplement), 0) + 1 FROM decision
         JOIN journal ON journal_number = journal.number WHERE bundle_id = %s)
"""
_DECIDE: Final = "INSERT INTO decision VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
_DECIDED: Final = """
    SELECT EXISTS (SELECT 1 FROM decision WHERE journal_number = %s AND supplement = %s)
"""

_NEXT: Final = """
    SELECT nextval(pg_get_serial_sequence('resident', 'id')) FROM generate_series(1, %s)
"""


class PostgresDecisionWriter(Findings):
    """What one decision writes; valid inside ``PostgresRegistry.write_decision`` only."""

    def __init__(self, session: Session, station: str, witness: Witness) -> None:
        """Write in the open transaction of *session*, which keeps every other writer out."""
        super().__init__(session, station, lock=True)
        self._witness = witness

    def next_numbers(self, bundle_id: str) -> tuple[int, int]:
        """Return the next number of a decision, and the next supplement of the bundle."""
        ((number, supplement),) = self._session.rows(_NUMBERS, bundle_id)
        return number, supplement

    def decide(self, held: HeldNotice, resolution: Resolution, change: Change | None) -> None:
        """Note *resolution* on *held*; make *change*, and keep it as history, if there is one."""
        journal_number = self._journal_number(held)
        self._session.execute(_DECIDE, *rows.decision_row(journal_number, resolution))
        # Nobody else takes this number: the journal is locked, and the bundle is this station's.
        self._witness.saw(_DECIDED, journal_number, resolution.supplement)
        if change is not None:
            writer = PostgresBundleWriter(self._session, self._witness)
            writer.change(held.notice, change)
            where = (journal_number, held.position, resolution.supplement)
            event = held.notice.event_code.value
            entered = Entered.of(held.bundle_id, resolution.supplement, event, change)
            writer.keep(where, entered)
            writer.flush()

    def take_back(self, held: HeldNotice, entered: Entered) -> None:
        """Put the record back as it was before *entered*, card and note too."""
        if entered.operation is Operation.NOTE:
            query = "DELETE FROM note WHERE record_id = %s"
            self._session.execute(query, held.notice.record_id)
        names = [name for name in Resident._fields if name in entered.before]
        if names:
            assignments = ", ".join(f"{name} = %s" for name in names)
            query = f"UPDATE resident SET {assignments} WHERE id = %s"  # noqa: S608 - our field names
            values = [entered.before[name] for name in names]
            self._session.execute(query, *values, entered.resident)
        if (card := entered.after.get("card_number")) is not None:
            query = "DELETE FROM card WHERE card_number = %s AND resident_id = %s"
            self._session.execute(query, card, entered.resident)

    def settle(self, settled: Sequence[Settlement]) -> None:
        """Note decisions on findings of one population; make their changes, kept as history."""
        if not settled:
            return
        journal_number = self._journal_number(settled[0].resolution)
        taken = [each.resolution for each in settled]
        self._session.copy_in(
            "decision", (rows.decision_row(journal_number, each) for each in taken)
        )
        self._witness.saw(_DECIDED, journal_number, taken[-1].supplement)
        writer = PostgresBundleWriter(self._session, self._witness)
        new = [each for each in settled if each.change and _is_new(each.change)]
        numbers = iter(self._add(new))
        for each in settled:
            if each.change is not None:
                change = each.change
                number = next(numbers) if _is_new(change) else change.after.id
                if not _is_new(change):
                    writer.put(change)
                where = (journal_number, each.resolution.position, each.resolution.supplement)
                writer.keep(where, entered_by(each, number))
        writer.flush()

    def _add(self, new: Sequence[Settlement]) -> list[int]:
        """Enter a record for each of *new*; return their numbers."""
        numbers = [number for (number,) in self._session.rows(_NEXT, len(new))]
        people = [
            each.change.after._replace(id=number)
            for number, each in zip(numbers, new, strict=True)
            if each.change is not None
        ]
        self._session.copy_in("resident", people)
        self._session.copy_in("card", ((each.card_number, each.id) for each in people))
        return numbers

    def _journal_number(self, held: HeldNotice | Resolution) -> int:
        query = "SELECT number FROM journal WHERE bundle_id = %s"
        return int(self._session.rows(query, held.bundle_id)[0][0])


def _is_new(change: Change) -> bool:
    return change.operation is Operation.ENTRY
