"""Mechanical mistakes of whole rows: what a tool did to the file, not what it says."""

from __future__ import annotations

from collections.abc import Iterator
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

    def takes(self, row: list[str]) -> bool:
        """Count *row*, the next one of the file, and tell whether it holds nothing."""
        if len(row) > 1 or "".join(row).strip(_BLANK + CTRL_Z):
            return False
        self.rows += 1
        self._ctrl_z = self._ctrl_z or CTRL_Z in "".join(row)
        return True

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


def mistake(row: list[str], header: list[str]) -> Reason | None:
    """Return what a tool did to *row*, a refused one of a file with this *header*, if anything."""
    if not any(one.strip(_BLANK) for one in row):
        return Reason.ROW_OF_COMMAS
    if [one.strip('"' + _BOM + CTRL_Z) for one in row] == header:
        return Reason.HEADER_REPEATED
    if row[0].startswith(CTRL_Z):
        return Reason.CTRL_Z_WITHIN
    return Reason.BOM_REPEATED if row[0].startswith(_BOM) else None
