"""The change rows of the city's own system, as they lie in the tables of a registry.

``municipal_change`` belongs to the city's system: it writes a row in the transaction of the
change itself, and neither it nor we ever alter one. Which rows were taken stands beside them:
``municipal_taken`` has each once, ``municipal_batch`` what a station took at one time.

A row is taken in two steps that no crash may part: here, and in the station's books. Here it
comes first. The station numbers what it takes, and enters the number in its books together
with the file; so a batch that the books do not know was never theirs, and is released.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Any, Final

from mediabridge.config import LIMITS

if TYPE_CHECKING:
    from mediabridge.records.changes import ChangeRow


@unique
class Fate(StrEnum):
    """What became of a row that was taken."""

    SENT = "sent"
    """It is in the file of its batch."""

    ECHO = "echo"
    """It only repeats what the agency told, and is not sent."""

    WITHDRAWN = "withdrawn"
    """It was withdrawn by a later row, or only withdraws one itself."""


@dataclass(frozen=True)
class Batch:
    """What a station takes at one time."""

    serial: int
    """The station's own numbers, one after the other."""
    file: str | None
    """SHA-256 of the records in the format's own CSV; None where nothing is to be sent."""
    taken_at: str
    taken_by: str


_WITHDRAWN: Final = """
    EXISTS (
        SELECT 1 FROM municipal_change AS later WHERE later.withdraws = change.number
        AND later.number > change.number AND later.number <= {newest}
    )
"""
_UNTAKEN: Final = """
    FROM municipal_change AS change
    WHERE change.number <= {newest}
    AND NOT EXISTS (SELECT 1 FROM municipal_taken WHERE number = change.number)
"""
_WAITING: Final = f"""
    SELECT change.number, {{octets}}, CASE WHEN {{octets}} <= {LIMITS.record_row_bytes} THEN notice
        END, withdraws,
        EXISTS (
            SELECT 1 FROM municipal_change AS earlier
            WHERE earlier.number = change.withdraws AND earlier.number < change.number
            AND NOT EXISTS (SELECT 1 FROM municipal_taken WHERE number = earlier.number)
        ),
        {_WITHDRAWN}
    {_UNTAKEN} ORDER BY change.number
"""  # noqa: S608 - fixed texts
_TAKE: Final = f"""
    INSERT INTO municipal_taken (number, station, serial, fate)
    SELECT change.number, {{station}}, {{serial}},
        CASE WHEN notice IS NULL OR {_WITHDRAWN} THEN '{Fate.WITHDRAWN}' ELSE '{Fate.SENT}' END
    {_UNTAKEN}
"""


def waiting(*, octets: str, newest: str) -> str:
    """Return the query for the rows that nobody has taken, each for :func:`change_row`.

    *octets* is what the adapter calls the bytes of ``notice``; *newest* is its placeholder for
    the highest number that is asked for, and occurs twice.
    """
    return _WAITING.format(octets=octets, newest=newest)


def count_of_waiting(*, newest: str) -> str:
    """Return the query that counts the same rows; *newest* occurs once."""
    return f"SELECT count(*) {_UNTAKEN.format(newest=newest)}"


def taking(*, station: str, serial: str, newest: str) -> str:
    """Return the statement that takes the same rows; the placeholders stand in this order."""
    return _TAKE.format(station=station, serial=serial, newest=newest)


def change_row(row: Sequence[Any]) -> ChangeRow:
    """Return the row that the columns of :func:`waiting` are."""
    # With it come the rules of records, which a look at the registry does not need.
    from mediabridge.records.changes import ChangeRow  # noqa: PLC0415

    number, size, notice, withdraws, waits, withdrawn = row
    return ChangeRow(number, size or 0, notice, withdraws, bool(waits), bool(withdrawn))
