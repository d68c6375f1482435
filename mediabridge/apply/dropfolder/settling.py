"""Entering what a vendor's system says of notices that were handed over to it.

It becomes a decision like that of a person, under the next supplement of its bundle: so it
travels home with the next bundle, and what was said before stays on record.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from mediabridge.apply.journal import Outcome, Resolution
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.sqlite.decisions import enter_decision
from mediabridge.errors import RegistryRefusedError
from mediabridge.kinds import Kind
from mediabridge.locale import text
from mediabridge.records.result import Result

_HANDED_OVER: Final = """
    SELECT journal_number, position, record_id, coalesce((
        SELECT result FROM decision
        WHERE decision.journal_number = outcome.journal_number
        AND decision.position = outcome.position ORDER BY number DESC LIMIT 1
    ), result)
    FROM outcome JOIN journal ON journal_number = number
    WHERE bundle_id = ? AND result = 'handed_over' ORDER BY position
"""
_NUMBERS: Final = """
    SELECT (SELECT coalesce(max(number), 0) + 1 FROM decision),
        (SELECT coalesce(max(supplement), 0) + 1 FROM decision WHERE journal_number = ?)
"""


class Reading(NamedTuple):
    """When results were read, and by which station."""

    decided_at: str
    """RFC 3339, UTC."""
    decided_by: str


def settle(
    connection: sqlite3.Connection,
    bundle: str,
    said: Mapping[str, Result],
    reading: Reading,
    before_commit: Callable[[Resolution], None],
) -> int:
    """Enter in the open transaction what was *said* of records of *bundle*; return how many.

    What was said before is not entered again. *before_commit* is called for each.

    Raises:
        RegistryRefusedError: something is said of a record that was not handed over with it.
    """
    records = connection.execute(_HANDED_OVER, (bundle,)).fetchall()
    if said.keys() - {record for _, _, record, _ in records}:
        detail = text("a result is about a notice that was not handed over with it")
        raise RegistryRefusedError(detail=detail)
    settled = 0
    for journal_number, position, record, before in records:
        result = said.get(record)
        if result is not None and result.value != before:
            number, supplement = connection.execute(_NUMBERS, (journal_number,)).fetchone()
            outcome = _outcome(record, result)
            resolution = Resolution(number, bundle, supplement, position, outcome, *reading, None)
            enter_decision(connection, journal_number, resolution)
            before_commit(resolution)
            settled += 1
    return settled


def _outcome(record: str, result: Result) -> Outcome:
    reason = None if result is Result.APPLIED else ApplyReason.RECEIVING_SYSTEM.value
    return Outcome(record, Kind.ISA_NOTICE, result, reason, None)
