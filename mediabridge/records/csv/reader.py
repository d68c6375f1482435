"""A streaming reader that finds every error of a file, not the first one."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import compress, islice
from typing import BinaryIO

from mediabridge.config import LIMITS, Limits
from mediabridge.kinds import Kind
from mediabridge.records.csv.header import HEADER_ROW, read_header
from mediabridge.records.csv.source import Encoding, FileFaultError, Lines
from mediabridge.records.load import Loader, RecordInvalidError
from mediabridge.records.model import Record
from mediabridge.records.reasons import Reason, RecordError
from mediabridge.records.tables import RuleTables


@dataclass
class ErrorList:
    """The errors of one file: the first ones kept, all of them counted."""

    limit: int
    total: int = 0
    kept: list[RecordError] = field(default_factory=list)

    def extend(self, errors: Iterable[RecordError]) -> None:
        """Count *errors* and keep them while there is room."""
        for error in errors:
            self.total += 1
            if len(self.kept) < self.limit:
                self.kept.append(error)


class CsvReader:
    """The records of one CSV file; iterate once, then look at :attr:`errors`.

    Rows that are right are yielded even when others are not, so that one pass finds
    everything. Whoever takes the records must discard them when there are errors.
    """

    def __init__(
        self,
        stream: BinaryIO,
        kind: Kind,
        *,
        tables: RuleTables,
        encoding: Encoding | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        """Read *stream* as *kind*, in the *encoding* its sender declared, if any."""
        self.errors = ErrorList(limits.record_errors_kept)
        self._row = HEADER_ROW - 1
        self._loader = Loader(kind, tables)
        self._lines = Lines(stream, encoding, limits)
        self._limits = limits

    @property
    def row(self) -> int:
        """The row read last, as a spreadsheet counts: the header is row 1."""
        return self._row

    @property
    def rows(self) -> int:
        """Records seen, right or not; known when the iteration has ended."""
        return max(self._row - HEADER_ROW, 0)

    def __iter__(self) -> Iterator[Record]:
        """Yield the records of the rows that are right, in order."""
        try:
            yield from self._records()
        except FileFaultError as fault:
            self._stop(fault.reason, fault.facts)
        except csv.Error as error:
            self._stop(*_meaning(error, self._limits))

    def _records(self) -> Iterator[Record]:
        csv.field_size_limit(self._limits.record_field_characters)
        rows = csv.reader(self._lines, strict=True)
        columns = self._header(next(rows, []))
        if columns is None:
            return
        width, load, lines = len(columns), self._loader.load, self._lines
        allowed = islice(rows, self._limits.record_rows)
        for self._row, row in enumerate(allowed, HEADER_ROW + 1):
            lines.unread = 0
            if len(row) != width:
                self._misfit(len(row), width)
                continue
            try:
                # An empty field is an absent one; compress leaves those out in C.
                record = load(dict(compress(zip(columns, row, strict=True), row)), self._row)
            except RecordInvalidError as invalid:
                self.errors.extend(invalid.errors)
            else:
                yield record
        if next(rows, None) is not None:
            raise FileFaultError(Reason.ROWS_TOO_MANY, {"limit": self._limits.record_rows})

    def _header(self, names: list[str]) -> list[str] | None:
        self._lines.unread = 0
        if not names:
            raise FileFaultError(Reason.FILE_EMPTY)
        self._row = HEADER_ROW
        columns, errors = read_header(names, self._loader.kind)
        self.errors.extend(errors)
        return None if errors else columns

    def _misfit(self, got: int, wanted: int) -> None:
        reason = Reason.ROW_TOO_WIDE if got > wanted else Reason.ROW_TOO_NARROW
        self.errors.extend([RecordError(self._row, None, reason, {"got": got, "wanted": wanted})])

    def _stop(self, reason: Reason, facts: Mapping[str, str | int]) -> None:
        # The fault lies in the row after the last one that came out whole.
        self.errors.extend([RecordError(self._row + 1, None, reason, facts)])


def _meaning(error: csv.Error, limits: Limits) -> tuple[Reason, dict[str, str | int]]:
    """Name what :mod:`csv` only describes in words."""
    text = str(error)
    if text.startswith("field larger than"):
        return Reason.FIELD_TOO_LONG, {"limit": limits.record_field_characters}
    if text.startswith("new-line character"):
        return Reason.LINE_ENDS_MIXED, {}
    return Reason.QUOTES_UNPAIRED, {}
