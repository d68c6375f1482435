"""Mechanical mistakes of whole rows: what a tool did to the file, not what it says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from mediabridge.records.csv.source import CTRL_Z
from mediabridge.records.notices import Notice, RecordNotice
from mediabridge.records.reasons import Reason, RecordError

_BLANK: Final = " \t\u3000"
_BOM: Final = "\ufeff"


@dataclass
class AtEnd:
    """Rows that hold nothing: left out at the end of a file, refused before other rows."""

    rows: int = 0
    """How many there are since the last row that holds something."""

    _ctrl_z: bool = False

    def count(self, row: Sequence[str]) -> None:
        """Count *row*, the next one of the file, which holds nothing."""
        self.rows += 1
        self._ctrl_z = self._ctrl_z or CTRL_Z in "".join(row)

    def not_there(self, row: int) -> Iterator[RecordError]:
        """Yield an error for every such row, because *row* after them holds something."""
        reason = Reason.CTRL_Z_WITHIN if self._ctrl_z else Reason.ROW_BLANK
        yield from (RecordError(one, None, reason) for one in range(row - self.rows, row))
        self.rows, self._ctrl_z = 0, False

    def notices(self, row: int, *, ctrl_z: bool) -> Iterator[RecordNotice]:
        """Yield what was left out at the end, of which *row* was the last.

        *ctrl_z* tells whether the last line was cut off at such a mark.
        """
        if self.rows > self._ctrl_z:
            facts = {"count": self.rows - self._ctrl_z}
            yield RecordNotice(row, None, Notice.BLANK_LINES_AT_END, facts)
        if ctrl_z or self._ctrl_z:
            yield RecordNotice(row, None, Notice.CTRL_Z_AT_END)


def holds_nothing(row: Sequence[str]) -> bool:
    """Tell whether *row* is blank; one of several columns is another mistake."""
    return len(row) < 2 and not "".join(row).strip(_BLANK + CTRL_Z)  # noqa: PLR2004 - one column


def mistake(row: Sequence[str], header: Sequence[str]) -> Reason | None:
    """Return what a tool did to *row*, a refused one of a file with this *header*, if anything."""
    if not any(one.strip(_BLANK) for one in row):
        return Reason.ROW_OF_COMMAS
    if [one.strip('"' + _BOM + CTRL_Z) for one in row] == list(header):
        return Reason.HEADER_REPEATED
    if row[0].startswith(CTRL_Z):
        return Reason.CTRL_Z_WITHIN
    return Reason.BOM_REPEATED if row[0].startswith(_BOM) else None
