"""Writing one bundle, batch by batch: by ``COPY``, and people by one statement for all.

What a notice leads to waits here until the next batch is announced, or somebody asks for
what is not known: so the number of times that the server is asked does not grow with each
notice, and neither does what is kept in memory with the bundle.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mediabridge.apply import rows
from mediabridge.apply.changing import Told
from mediabridge.apply.journal import Entered, FirstOutcome, JournalEntry
from mediabridge.apply.postgres.known import Known
from mediabridge.apply.postgres.session import Session, Witness
from mediabridge.apply.resident import Found, Resident
from mediabridge.apply.rules import Change, Decision
from mediabridge.records.model import IsaNotice, Result
from mediabridge.records.types import Operation

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
_ENTERED: Final = "SELECT EXISTS (SELECT 1 FROM journal WHERE bundle_id = %s)"


class PostgresBundleWriter:
    """What one bundle writes; valid inside ``PostgresRegistry.write_bundle`` only."""

    hands_over = False

    def __init__(self, session: Session, witness: Witness) -> None:
        """Take the next number of the journal, which the open transaction has locked."""
        self._session = session
        self._witness = witness
        ((self._number,),) = session.rows("SELECT coalesce(max(number), 0) + 1 FROM journal")
        self._position = 0
        self._forget()

    def _forget(self) -> None:
        self._known = Known(self._session, lock=True)
        self._outcomes: list[rows.Row] = []
        self._held: list[rows.Row] = []
        self._notes: list[rows.Row] = []
        self._history: list[rows.Row] = []
        self._changed: dict[int, Resident] = {}
        self._cards: list[rows.Row] = []

    def expect(self, notices: Sequence[IsaNotice]) -> None:
        """Write what waits, and learn at once what *notices*, which come next, will ask for."""
        self.flush()
        cards = {each.prior_card_number for each in notices}
        cards |= {each.get("card_number") for each in notices}
        self._known.fetch_cards({number for number in cards if number is not None})
        self._known.fetch_outcomes({each.record_id for each in notices})

    def first_outcome(self, notice: Told, content: bytes) -> FirstOutcome | None:
        """Return how a notice with this id was first decided, preferably for this *content*."""
        return self._known.first_outcome(notice.record_id, content)

    def find_by_card(self, number: str) -> Found | None:
        """Return whom *number* belongs or belonged to, as this bundle has left it so far."""
        return self._known.find_by_card(number)

    def outcome(self, notice: IsaNotice, content: bytes, decision: Decision) -> None:
        """Note what becomes of the bundle's next record."""
        self._position += 1
        self._known.decided(notice.record_id, content, decision)
        where = (self._number, self._position)
        self._outcomes.append(rows.outcome_row(where, notice, content, decision))

    def carry_out(self, notice: IsaNotice, decision: Decision) -> None:
        """Make the change that *decision* has and keep it as history, or keep the notice."""
        where = (self._number, self._position)
        if decision.change is not None:
            self.change(notice, decision.change)
            self.keep((*where, 0), Entered.of("", 0, notice, decision.change))
        elif decision.result is Result.HELD and decision.reason is not None:
            self._held.append(rows.held_row(where, notice, decision.reason))

    def journal(self, entry: JournalEntry) -> None:
        """Write what waits, and note that the bundle was applied."""
        self.flush()
        self._session.execute(
            "INSERT INTO journal VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            *rows.journal_row(self._number, entry),
        )
        self._witness.saw(_ENTERED, entry.bundle.bundle_id)

    def flush(self) -> None:
        """Write everything that waits, and forget what was known."""
        copy = self._session.copy_in
        if self._outcomes:
            copy("outcome", self._outcomes)
        if self._held:
            copy("held", self._held)
        if self._notes:
            copy("note", self._notes)
        if self._changed:
            copy(_STAGED, self._changed.values())
            self._session.execute(_MERGE)
            self._session.execute("TRUNCATE pg_temp.staged")
        if self._cards:
            copy("pg_temp.staged_card", self._cards)
            self._session.execute(_MERGE_CARDS)
            self._session.execute("TRUNCATE pg_temp.staged_card")
        if self._history:
            copy("history", self._history)
        self._forget()

    def keep(self, where: tuple[int, int, int], entered: Entered) -> None:
        """Keep what was *entered* by the record at *where*, see :func:`~rows.history_row`."""
        self._history.append(rows.history_row(where, entered))

    def change(self, notice: IsaNotice, change: Change) -> None:
        """Make *change*, which *notice* asks for."""
        before, after = change.before, change.after
        if change.operation is Operation.NOTE:
            self._notes.append(rows.note_row(notice, before.id))
        elif after != before:
            self.put(change)

    def put(self, change: Change) -> None:
        """Make *change* of the items of a record, its card among them."""
        before, after = change.before, change.after
        self._changed[after.id] = after
        self._known.changed(after)
        if after.card_number is not None and after.card_number != before.card_number:
            # A card the record already had comes back only where nobody could object.
            self._cards.append((after.card_number, after.id))
