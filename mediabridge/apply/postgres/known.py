"""What one batch of notices needs to know: fetched at once, and kept as the batch changes it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from mediabridge.apply import rows
from mediabridge.apply.journal import FirstOutcome
from mediabridge.apply.postgres.session import Session
from mediabridge.apply.resident import Found, Resident, preferred
from mediabridge.apply.rules import Decision

_HOLDERS: Final = "SELECT card_number, resident_id FROM card WHERE card_number = ANY(%s)"
_RESIDENTS: Final = f"SELECT {rows.RESIDENT} FROM resident WHERE id = ANY(%s) ORDER BY id"  # noqa: S608 - our names
_LOCKED: Final = " FOR UPDATE"
_OUTCOMES: Final = """
    SELECT record_id, content, result, reason, next_municipality_code FROM (
        SELECT DISTINCT ON (record_id, content)
            record_id, content, arrived.journal_number, arrived.position,
            coalesce(decided.result, arrived.result) AS result,
            CASE WHEN decided.number IS NULL
                THEN arrived.reason ELSE decided.reason END AS reason,
            CASE WHEN decided.number IS NULL
                THEN arrived.next_municipality_code ELSE decided.next_municipality_code
                END AS next_municipality_code
        FROM outcome AS arrived LEFT JOIN LATERAL (
            SELECT * FROM decision WHERE decision.journal_number = arrived.journal_number
            AND decision.position = arrived.position ORDER BY number DESC LIMIT 1
        ) AS decided ON true
        WHERE record_id = ANY(%s)
        ORDER BY record_id, content, arrived.journal_number, arrived.position
    ) AS first
    ORDER BY journal_number, position
"""


class Known:
    """People by their cards, and first outcomes by record, as far as they were asked for.

    Whoever is looked at while a bundle is applied stays locked until its end, in the order
    of their ids: no other program changes a record on which a decision stands.
    """

    def __init__(self, session: Session, *, lock: bool) -> None:
        """Know nothing yet."""
        self._session = session
        self._residents_query = _RESIDENTS + (_LOCKED if lock else "")
        self._holders: dict[str, set[int]] = {}
        self._residents: dict[int, Resident] = {}
        self._outcomes: dict[str, list[tuple[bytes, Decision]]] = {}

    def fetch_cards(self, numbers: Collection[str]) -> None:
        """Learn whom each of *numbers* belongs or belonged to."""
        self._holders |= {number: set() for number in numbers}
        for number, resident in self._session.rows(_HOLDERS, list(numbers)):
            self._holders[number].add(resident)
        missing = set().union(*(self._holders[number] for number in numbers))
        missing -= self._residents.keys()
        if missing:
            for row in self._session.rows(self._residents_query, sorted(missing)):
                resident = Resident._make(row)
                self._residents[resident.id] = resident

    def fetch_outcomes(self, records: Collection[str]) -> None:
        """Learn how each of *records* was first decided."""
        self._outcomes |= {record: [] for record in records}
        for record, content, result, reason, next_code in self._session.rows(
            _OUTCOMES, list(records)
        ):
            self._outcomes[record].append((content, rows.decision(result, reason, next_code)))

    def find_by_card(self, number: str) -> Found | None:
        """Return whom *number* belongs or belonged to; current cards and residents first."""
        if number not in self._holders:
            self.fetch_cards([number])
        holders = [self._residents[resident] for resident in self._holders[number]]
        return preferred(Found(each, each.card_number == number) for each in holders)

    def first_outcome(self, record: str, content: bytes) -> FirstOutcome | None:
        """Return how *record* was first decided, preferably for this *content*."""
        if record not in self._outcomes:
            self.fetch_outcomes([record])
        return FirstOutcome.among(self._outcomes[record], content)

    def decided(self, record: str, content: bytes, decision: Decision) -> None:
        """Remember what became of *record* just now."""
        if record in self._outcomes:
            self._outcomes[record].append((content, decision._replace(change=None)))

    def changed(self, after: Resident) -> None:
        """Remember what a resident became just now."""
        self._residents[after.id] = after
        if after.card_number in self._holders:
            self._holders[after.card_number].add(after.id)
