"""Writing one bundle, batch by batch: what a notice leads to waits, and is written for all.

It waits until the next batch is announced, or somebody asks for what is not known: so the
number of times that a database is asked does not grow with each notice, and neither does what
is kept in memory with the bundle.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import starmap
from operator import itemgetter
from typing import Final

from mediabridge.apply import rows
from mediabridge.apply.journal import Entered, FirstOutcome, JournalEntry
from mediabridge.apply.known import Known, Lookups
from mediabridge.apply.resident import Found, Resident
from mediabridge.apply.rules import Change, Decision
from mediabridge.apply.texts import NoticeTexts
from mediabridge.records.model import IsaNotice, Result
from mediabridge.records.values import Operation

Place = tuple[int, int, int]
"""A journal number, a position and a supplement."""

RARE: Final = (
    "state",
    "name_roman",
    "name_kanji",
    "birth_date",
    "sex",
    "nationality_region",
    "address",
    "foreign_resident_since",
    "next_municipality_code",
)
"""What nine notices in ten leave as it is."""

_APPLIED: Final = Decision(Result.APPLIED)

_rare: Final = itemgetter(*map(Resident._fields.index, RARE))


@dataclass(frozen=True)
class HeldRow:
    """A notice that waits for a person, with its row."""

    notice: IsaNotice
    row: rows.Row


@dataclass(frozen=True)
class Batch:
    """The rows that wait to be written."""

    outcomes: list[rows.Row] = field(default_factory=list)
    held: list[HeldRow] = field(default_factory=list)
    notes: list[rows.Row] = field(default_factory=list)
    made: list[tuple[Place, str, Change]] = field(default_factory=list)
    """What the rules entered, by which event; its history is spelt out when it is written."""
    kept: list[tuple[Place, Entered]] = field(default_factory=list)
    """What people entered."""
    changed: dict[int, Resident] = field(default_factory=dict)
    """By their ids: the people as the last change left them."""
    rarely: set[int] = field(default_factory=set)
    """Of whom an item of :data:`RARE` may have changed, too."""
    cards: list[rows.Row] = field(default_factory=list)
    """A number and who has it now; they may have had it before."""
    findings: list[rows.Row] = field(default_factory=list)
    named: list[rows.Row] = field(default_factory=list)
    """Whom entries of a population name, or may mean."""

    def history(self) -> list[rows.Row]:
        """Return the rows of what was entered, made one after the other.

        One kind of work at a time is what a processor's caches are made for.
        """
        kept = starmap(rows.history_row, self.kept)
        return [*starmap(rows.made_row, self.made), *kept]


class BatchWriter(ABC):
    """A :class:`~mediabridge.apply.ports.BundleWriter` of an adapter that has tables."""

    hands_over = False

    def __init__(self, number: int, lookups: Lookups) -> None:
        """Write the bundle with this *number* of the journal."""
        self._number = number
        self._lookups = lookups
        self._position = 0
        self._begin()

    def _begin(self) -> None:
        self._known = Known(self._lookups)
        self._batch = Batch()

    def expect(self, notices: Sequence[NoticeTexts]) -> None:
        """Write what waits, and learn at once what *notices*, which come next, will ask for."""
        self.flush()
        cards = {each.prior_card_number for each in notices}
        cards |= {each.card_number for each in notices}
        self._known.fetch_cards({number for number in cards if number is not None})
        self._known.fetch_outcomes({each.record_id for each in notices})

    def first_outcome(self, record_id: str, content: bytes) -> FirstOutcome | None:
        """Return how a notice with this id was first decided, preferably for this *content*."""
        return self._known.first_outcome(record_id, content)

    def find_by_card(self, number: str) -> Found | None:
        """Return whom *number* belongs or belonged to, as this bundle has left it so far."""
        return self._known.find_by_card(number)

    def enter_plain(self, texts: NoticeTexts, content: bytes, change: Change) -> None:
        """Note that the bundle's next record is applied; make *change*, and keep it as history."""
        self._position += 1
        self._known.decided(texts.record_id, content, _APPLIED)
        where = (self._number, self._position)
        self._batch.outcomes.append(rows.applied_row(where, texts, content))
        if change.operation is Operation.NOTE:
            self._batch.notes.append(rows.plain_note_row(texts, change.before.id))
        else:
            self.put(change, rarely=change.operation is not Operation.CORRECTION)
        self._batch.made.append(((*where, 0), texts.event_code, change))

    def outcome(self, notice: IsaNotice, content: bytes, decision: Decision) -> None:
        """Note what becomes of the bundle's next record."""
        self._position += 1
        self._known.decided(notice.record_id, content, decision)
        where = (self._number, self._position)
        self._batch.outcomes.append(rows.outcome_row(where, notice, content, decision))

    def carry_out(self, notice: IsaNotice, decision: Decision) -> None:
        """Make the change that *decision* has and keep it as history, or keep the notice."""
        where = (self._number, self._position)
        if decision.change is not None:
            self.change(notice, decision.change)
            event = notice.event_code.value
            self._batch.made.append(((*where, 0), event, decision.change))
        elif decision.result is Result.HELD and decision.reason is not None:
            row = rows.held_row(where, notice, decision.reason)
            self._batch.held.append(HeldRow(notice, row))

    def journal(self, entry: JournalEntry) -> None:
        """Write what waits, and note that the bundle was applied."""
        self.flush()
        self.enter(rows.journal_row(self._number, entry))

    def flush(self) -> None:
        """Write everything that waits, and forget what was known."""
        self.write(self._batch)
        self._begin()

    def keep(self, where: Place, entered: Entered) -> None:
        """Keep what was *entered* by the record at *where*."""
        self._batch.kept.append((where, entered))

    def change(self, notice: IsaNotice, change: Change) -> None:
        """Make *change*, which *notice* asks for."""
        before, after = change.before, change.after
        if change.operation is Operation.NOTE:
            self._batch.notes.append(rows.note_row(notice, before.id))
        elif after != before:
            self.put(change, rarely=_rare(after) != _rare(before))

    def put(self, change: Change, *, rarely: bool = True) -> None:
        """Make *change* of the items of a record, its card among them.

        *rarely* says that an item of :data:`RARE` may change.
        """
        before, after = change.before, change.after
        self._batch.changed[after.id] = after
        if rarely:
            self._batch.rarely.add(after.id)
        self._known.changed(after)
        if after.card_number is not None and after.card_number != before.card_number:
            # A card the record already had comes back only where nobody could object.
            self._batch.cards.append((after.card_number, after.id))

    # --- what an adapter does -------------------------------------------------------

    @abstractmethod
    def write(self, batch: Batch) -> None:
        """Write the rows of *batch* in the open transaction."""

    @abstractmethod
    def enter(self, row: rows.Row) -> None:
        """Enter the *row* of the bundle into the journal."""
