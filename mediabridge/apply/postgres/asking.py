"""Questions to the registry on a server, the same inside and outside a transaction.

People and what changed them are common to all stations that share the registry; what
waits, and what was decided, is asked for one station, whose receipts tell of it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any, Final

from mediabridge.apply.journal import Arrival, Entered, HeldNotice, Outcome, Resolution
from mediabridge.apply.postgres.known import COLUMNS, Known
from mediabridge.apply.postgres.session import Session
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resident import Found, Resident
from mediabridge.config import PERSONS_SHOWN
from mediabridge.kinds import Kind
from mediabridge.records.model import ADAPTERS, AnyIsaNotice, Result
from mediabridge.records.types import Operation

_RESIDENT: Final = f"SELECT {COLUMNS} FROM resident WHERE id = %s"  # noqa: S608 - our names
_CARDS: Final = "SELECT card_number FROM card WHERE resident_id = %s ORDER BY card_number"
_BORN: Final = f"""
    SELECT {COLUMNS} FROM resident
    WHERE birth_date = %s AND nationality_region = %s AND state = 'resident' ORDER BY id LIMIT %s
"""  # noqa: S608 - our names
_HELD: Final = """
    SELECT bundle_id, applied_at, held.reason, notice, held.position, decided.number
    FROM held JOIN journal ON held.journal_number = journal.number
    LEFT JOIN LATERAL (
        SELECT max(number) AS number FROM decision
        WHERE decision.journal_number = held.journal_number AND decision.position = held.position
    ) AS decided ON true
    WHERE receiver = %s
"""
_WAITING: Final = f"{_HELD} AND decided.number IS NULL ORDER BY held.journal_number, held.position"
_WAITING_ABOUT: Final = f"""
    {_HELD} AND decided.number IS NULL AND (
        (notice::jsonb ->> 'card_number') = ANY (%s)
        OR (notice::jsonb ->> 'prior_card_number') = ANY (%s)
        OR ((notice::jsonb ->> 'birth_date') = %s
            AND (notice::jsonb ->> 'nationality_region') = %s)
    ) ORDER BY held.journal_number, held.position
"""
"""Spelt as the indexes of the schema are, or these are not used."""
_HELD_AS: Final = f"""
    {_HELD} AND (held.journal_number, held.position) IN (
        SELECT journal_number, position FROM outcome WHERE record_id = %s
    ) ORDER BY held.journal_number DESC, held.position DESC LIMIT 1
"""  # noqa: S608 - our names
_DECISION: Final = """
    SELECT decision.number, bundle_id, supplement, decision.position, record_id, kind,
        decision.result, decision.reason, decision.next_municipality_code,
        decided_at, decision.decided_by, seconded_by
    FROM decision JOIN journal ON decision.journal_number = journal.number
    JOIN outcome ON outcome.journal_number = decision.journal_number
        AND outcome.position = decision.position
    WHERE receiver = %s AND {where} ORDER BY decision.number
"""
_ARRIVAL: Final = """
    SELECT bundle_id, seq, position, applied_at, decided_by, record_id, kind, result, reason,
        outcome.next_municipality_code
    FROM outcome JOIN journal ON journal_number = number
    WHERE record_id = %s ORDER BY journal_number, position
"""
_ENTERED: Final = """
    SELECT bundle_id, supplement, resident_id, event_code, operation, before, after
    FROM history JOIN journal ON journal_number = number
"""
_ENTERED_BY: Final = f"""
    {_ENTERED} WHERE (journal_number, position) IN (
        SELECT journal_number, position FROM outcome WHERE record_id = %s
    ) ORDER BY journal_number, position, supplement
"""  # noqa: S608 - our names
_ENTERED_LAST: Final = f"{_ENTERED} WHERE bundle_id = %s AND position = %s AND supplement = %s"


class Asking:
    """Answers what :class:`~mediabridge.apply.ports.Finder` and the lists of a registry ask."""

    def __init__(self, session: Session, station: str, *, lock: bool = False) -> None:
        """Ask for *station*; *lock* keeps others from changing whoever is found."""
        self._session = session
        self._station = station
        self._lock = lock

    def find_by_card(self, number: str) -> Found | None:
        """Return whom *number* belongs or belonged to; current cards and residents first."""
        return Known(self._session, lock=self._lock).find_by_card(number)

    def find_by_birth(self, birth_date: str, nationality_region: str) -> list[Resident]:
        """Return the residents in force with exactly this date and nationality, by their id."""
        values = (birth_date, nationality_region, PERSONS_SHOWN + 1)
        return self._residents(_BORN, *values)

    def resident(self, number: int) -> Resident | None:
        """Return the resident record with this id."""
        return next(iter(self._residents(_RESIDENT, number)), None)

    def _residents(self, query: str, *values: str | int) -> list[Resident]:
        locked = f"{query} FOR UPDATE" if self._lock else query
        return [Resident._make(row) for row in self._session.rows(locked, *values)]

    def waiting(self) -> Iterator[HeldNotice]:
        """Yield the notices that nobody has decided on, oldest bundle first."""
        for row in self._session.stream(_WAITING, self._station):
            yield self._held(row)

    def cards_of(self, number: int) -> list[str]:
        """Return every card that the resident record with this id has or had."""
        return [card for (card,) in self._session.rows(_CARDS, number)]

    def waiting_about(
        self, cards: Collection[str], born: tuple[str, str] | None
    ) -> Iterator[HeldNotice]:
        """Yield what waits and names one of *cards*, or somebody *born* so, oldest bundle first."""
        numbers = list(cards)
        values = (self._station, numbers, numbers, *(born or (None, None)))
        for row in self._session.rows(_WAITING_ABOUT, *values):
            yield self._held(row)

    def held_record(self, record_id: str) -> HeldNotice | None:
        """Return the newest notice of this number that was held, decided or not."""
        rows = self._session.rows(_HELD_AS, self._station, record_id)
        return self._held(rows[0]) if rows else None

    def _held(self, row: tuple[Any, ...]) -> HeldNotice:
        bundle_id, held_at, reason, json_text, position, number = row
        notice = ADAPTERS[Kind.ISA_NOTICE].validate_json(json_text)
        decided = None if number is None else next(self.decisions("decision.number = %s", number))
        whom = self._whom(notice)
        return HeldNotice(bundle_id, held_at, ApplyReason[reason], notice, whom, position, decided)

    def _whom(self, notice: AnyIsaNotice) -> Resident | None:
        number = notice.prior_card_number or notice.get("card_number")
        found = self.find_by_card(number) if number else None
        return found.resident if found else None

    def decisions(self, where: str, *values: str | int) -> Iterator[Resolution]:
        """Yield the decisions for which *where*, one of our own texts, is true, in their order."""
        query = _DECISION.format(where=where)
        for row in self._session.stream(query, self._station, *values):
            number, bundle_id, supplement, position, record_id, kind, result, reason, code = row[:9]
            outcome = Outcome(record_id, Kind(kind), Result.of(result), reason, code)
            yield Resolution(number, bundle_id, supplement, position, outcome, *row[9:])

    def arrivals(self, record_id: str) -> Iterator[Arrival]:
        """Yield each time that a record of this id came, in the order of applying."""
        for row in self._session.stream(_ARRIVAL, record_id):
            bundle_id, seq, position, applied_at, decided_by, name, kind, result, reason, code = row
            outcome = Outcome(name, Kind(kind), Result.of(result), reason, code)
            yield Arrival(bundle_id, seq, position, applied_at, decided_by, outcome)

    def changes_by(self, record_id: str) -> Iterator[Entered]:
        """Yield what the record of this id changed, in the order of changing."""
        yield from map(_entered, self._session.stream(_ENTERED_BY, record_id))

    def last_change(self, held: HeldNotice) -> Entered | None:
        """Return what the newest decision on *held* changed, if that decision changed anything."""
        if held.decided is None:
            return None
        values = (held.bundle_id, held.position, held.decided.supplement)
        return next(map(_entered, self._session.rows(_ENTERED_LAST, *values)), None)


def _entered(row: tuple[Any, ...]) -> Entered:
    bundle_id, supplement, number, event_code, operation, before, after = row
    return Entered(
        bundle_id,
        supplement,
        number,
        event_code,
        Operation(operation),
        json.loads(before),
        json.loads(after),
    )
