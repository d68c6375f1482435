"""A streaming reader that finds every error of a file, not the first one."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import compress, islice
from typing import BinaryIO

from mediabridge.config import LIMITS, Limits
from mediabridge.kinds import Kind
from mediabridge.records.csv.header import (
    HEADER_ROW,
    ROWS_ABOVE,
    as_one_cell,
    below,
    read_header,
    recognised,
)
from mediabridge.records.csv.mistakes import AtEnd, mistake
from mediabridge.records.csv.source import FileFaultError, Lines
from mediabridge.records.encoding import Encoding
from mediabridge.records.kept import Kept
from mediabridge.records.load import Loader, RecordInvalidError
from mediabridge.records.model import Record
from mediabridge.records.notices import RecordNotice
from mediabridge.records.reasons import Reason, RecordError
from mediabridge.records.tables import RuleTables
from mediabridge.records.text.noticing import Noticing


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
        self.errors: Kept[RecordError] = Kept(limits.record_errors_kept)
        self.notices: Kept[RecordNotice] = Kept(limits.record_errors_kept)
        self._row = HEADER_ROW - 1
        self._names: list[str] = []
        self._at_end = AtEnd()
        self._noticing = Noticing(kind, tables.names.seiji, encoding)
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
        return max(self._row - HEADER_ROW - self._at_end.rows, 0)

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
        columns = self._header(rows)
        if columns is None:
            return
        width, load, lines = len(columns), self._loader.load, self._lines
        at_end, noticed = self._at_end, self._noticing.of
        allowed = islice(rows, self._limits.record_rows)
        for self._row, row in enumerate(allowed, HEADER_ROW + 1):
            lines.unread = 0
            if len(row) < 2 and at_end.takes(row):  # noqa: PLR2004 - a record has more columns
                continue
            if at_end.rows:
                self.errors.extend(at_end.not_there(self._row))
            if len(row) != width:
                self._misfit(row, width)
                continue
            # An empty field is an absent one; compress leaves those out in C.
            values = dict(compress(zip(columns, row, strict=True), row))
            try:
                record = load(values, self._row)
            except RecordInvalidError as invalid:
                self._refuse(row, invalid.errors)
            else:
                if found := noticed(values, self._row):
                    self.notices.extend(found)
                yield record
        if next(rows, None) is not None:
            raise FileFaultError(Reason.ROWS_TOO_MANY, {"limit": self._limits.record_rows})
        self.notices.extend(at_end.notices(self._row, ctrl_z=lines.ctrl_z))

    def _header(self, rows: Iterator[list[str]]) -> list[str] | None:
        kind = self._loader.kind
        try:
            names = next(rows, [])
        except csv.Error:
            names = as_one_cell(self._lines.first)
            if not recognised(names, kind):
                raise
        self._lines.unread = 0
        columns, errors = read_header(names, kind)
        if errors:
            more = self._some(rows)
            if not any([names, *more]):
                raise FileFaultError(Reason.FILE_EMPTY)
            errors = below(errors, more, kind)
        self._row, self._names = HEADER_ROW, names
        self.errors.extend(errors)
        return None if errors else columns

    def _some(self, rows: Iterator[list[str]]) -> list[list[str]]:
        """Return the next rows, as far as they can be read."""
        found: list[list[str]] = []
        with suppress(FileFaultError, csv.Error):
            for row in islice(rows, ROWS_ABOVE):
                self._lines.unread = 0
                found.append(row)
        return found

    def _misfit(self, row: list[str], width: int) -> None:
        reason = Reason.ROW_TOO_WIDE if len(row) > width else Reason.ROW_TOO_NARROW
        facts = {"got": len(row), "wanted": width}
        if len(row) == width + 1 and not row[-1]:
            reason = Reason.ROW_ENDS_WITH_COMMA
        self._refuse(row, [RecordError(self._row, None, reason, facts)])

    def _refuse(self, row: list[str], errors: list[RecordError]) -> None:
        """Keep the *errors* of *row*, or the one mechanical mistake that is behind them."""
        cause = mistake(row, self._names)
        self.errors.extend(errors if cause is None else [RecordError(self._row, None, cause)])

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
