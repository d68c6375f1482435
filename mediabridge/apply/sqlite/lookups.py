"""The questions of one batch of notices to the file, one statement for many of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable
from typing import Final

from mediabridge.apply import rows

_EACH: Final = "(SELECT value FROM json_each(?))"
_HOLDERS: Final = f"SELECT card_number, resident_id FROM card WHERE card_number IN {_EACH}"  # noqa: S608 - ours
_RESIDENTS: Final = f"SELECT {rows.RESIDENT} FROM resident WHERE id IN {_EACH}"  # noqa: S608 - our names
_OUTCOMES: Final = f"""
    SELECT record_id, content, coalesce(decision.result, outcome.result),
        iif(decision.number IS NULL, outcome.reason, decision.reason),
        iif(decision.number IS NULL,
            outcome.next_municipality_code, decision.next_municipality_code)
    FROM outcome LEFT JOIN decision ON decision.number = (
        SELECT max(number) FROM decision WHERE decision.journal_number = outcome.journal_number
        AND decision.position = outcome.position
    )
    WHERE record_id IN {_EACH} ORDER BY outcome.journal_number, outcome.position
"""  # noqa: S608 - our names


class SqliteLookups:
    """Asks by a connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Ask by *connection*."""
        self._connection = connection

    def holders(self, numbers: Collection[str]) -> Iterable[rows.Row]:
        """Return the cards among *numbers* with the id of each resident that has or had one."""
        return self._rows(_HOLDERS, numbers)

    def residents(self, ids: Collection[int]) -> Iterable[rows.Row]:
        """Return the resident records with these *ids*, in the order of their fields."""
        return self._rows(_RESIDENTS, ids)

    def outcomes(self, records: Collection[str]) -> Iterable[rows.Row]:
        """Return how the records of these ids were decided, oldest first."""
        return self._rows(_OUTCOMES, records)

    def _rows(self, query: str, values: Collection[str | int]) -> list[rows.Row]:
        return self._connection.execute(query, (json.dumps(list(values)),)).fetchall()
