"""The questions of one batch of notices to the server, one statement for many of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from mediabridge.apply import rows
from mediabridge.apply.postgres.session import Session

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


class PostgresLookups:
    """Asks by a session.

    Whoever is looked at while a bundle is applied stays locked until its end, in the order
    of their ids: no other program changes a record on which a decision stands.
    """

    def __init__(self, session: Session, *, lock: bool) -> None:
        """Ask by *session*; *lock* keeps others from changing whoever is found."""
        self._session = session
        self._residents = _RESIDENTS + (_LOCKED if lock else "")

    def holders(self, numbers: Collection[str]) -> Iterable[rows.Row]:
        """Return the cards among *numbers* with the id of each resident that has or had one."""
        return self._session.rows(_HOLDERS, list(numbers))

    def residents(self, ids: Collection[int]) -> Iterable[rows.Row]:
        """Return the resident records with these *ids*, in the order of their fields."""
        return self._session.rows(self._residents, list(ids))

    def outcomes(self, records: Collection[str]) -> Iterable[rows.Row]:
        """Return how the records of these ids were decided, oldest first."""
        return self._session.rows(_OUTCOMES, list(records))
