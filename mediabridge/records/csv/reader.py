"""A streaming reader that finds every error of a file, not the first one."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from mediabridge.records.csv.mistakes import AtEnd, holds_nothing, mistake
from mediabridge.records.csv.source import FileFaultError, Lines
from mediabridge.records.encoding import Encoding
from mediabridge.records.kept import Kept
from mediabridge.records.load import Loader, RecordInvalidError
from mediabridge.records.model import Record
from mediabridge.records.notices import RecordNotice
from mediabridge.records.plain import PlainRows
from mediabridge.records.reasons import Reason, RecordError
from mediabridge.records.runs import BATCH_ROWS, Run, Said, runs_of
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
        self._columns: list[str] = []
        self._at_end = AtEnd()
        self._noticing = Noticing(kind, tables.names.seiji, encoding)
        # What another encoding would have made of the same bytes, only a close look tells.
        self._look_at_all = encoding is Encoding.SHIFT_JIS_2004
        self._loader = Loader(kind, tables)
        self._tables = tables
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

    @property
    def columns(self) -> Sequence[str]:
        """The identifiers of the columns of :meth:`runs`; known when there is a run."""
        return self._columns

    def __iter__(self) -> Iterator[Record]:
        """Yield the records of the rows that are right, in order."""
        made = self._loader.made
        for run in self.runs():
            for self._row, row in enumerate(run.rows, run.first):
                yield made(self._values(row))

    def runs(self) -> Iterator[Run]:
        """Yield the rows that are right, in order and as text: several times as fast."""
        try:
            yield from self._runs()
        except FileFaultError as fault:
            self._stop(fault.reason, fault.facts)
        except csv.Error as error:
            self._stop(*_meaning(error, self._limits))

    def _runs(self) -> Iterator[Run]:
        csv.field_size_limit(self._limits.record_field_characters)
        rows = csv.reader(self._lines, strict=True)
        columns = self._header(rows)
        if columns is None:
            return
        self._columns = columns
        plain = PlainRows(self._loader.kind, self._tables, columns)
        for batch in self._batches(rows):
            first = self._row + 1
            doubtful = range(len(batch)) if self._look_at_all else plain.doubtful(batch)
            yield from self._judged(first, batch, doubtful)
            self._row = first + len(batch) - 1
        self.notices.extend(self._at_end.notices(self._row, ctrl_z=self._lines.ctrl_z))

    def _batches(self, rows: Iterator[list[str]]) -> Iterator[list[list[str]]]:
        """Yield some rows at a time; a fault comes after those before it."""
        lines, batch, size = self._lines, list[list[str]](), 0
        try:
            for row in islice(rows, self._limits.record_rows):
                size += lines.unread
                lines.unread = 0
                batch.append(row)
                if len(batch) == BATCH_ROWS or size > self._limits.record_row_bytes:
                    yield batch
                    batch, size = [], 0
        except (FileFaultError, csv.Error):
            yield batch
            raise
        yield batch
        if next(rows, None) is not None:
            raise FileFaultError(Reason.ROWS_TOO_MANY, {"limit": self._limits.record_rows})

    def _judged(self, first: int, batch: list[list[str]], doubtful: Iterable[int]) -> Iterator[Run]:
        for run in runs_of(
            first,
            batch,
            doubtful,
            lambda place: self._look(batch[place], first + place),
            lambda place, said: self._tell(batch[place], first + place, said),
        ):
            self._not_at_end(run.first)
            yield run

    def _look(self, row: list[str], number: int) -> Said:
        """Judge one row by itself: all that is wrong with it, or worth a look."""
        if holds_nothing(row):
            return Said(right=False)
        if len(row) != len(self._columns):
            return Said(right=False, errors=[_misfit(row, number, len(self._columns))])
        values = self._values(row)
        try:
            self._loader.load(values, number)
        except RecordInvalidError as invalid:
            return Said(right=False, errors=invalid.errors)
        return Said(right=True, notices=self._noticing.of(values, number))

    def _tell(self, row: list[str], number: int, said: Said) -> None:
        """Keep what was *said* of *row*, or the one mechanical mistake that is behind it."""
        if not said.right and not said.errors:
            self._at_end.count(row)
            return
        self._not_at_end(number)
        cause = None if said.right else mistake(row, self._names)
        self.errors.extend(said.errors if cause is None else [RecordError(number, None, cause)])
        self.notices.extend(said.notices)

    def _not_at_end(self, number: int) -> None:
        """Refuse the blank rows before row *number*, which holds something."""
        if self._at_end.rows:
            self.errors.extend(self._at_end.not_there(number))

    def _values(self, row: Sequence[str]) -> dict[str, str]:
        # An empty field is an absent one; compress leaves those out in C.
        return dict(compress(zip(self._columns, row, strict=True), row))

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

    def _stop(self, reason: Reason, facts: Mapping[str, str | int]) -> None:
        # The fault lies in the row after the last one that came out whole.
        self.errors.extend([RecordError(self._row + 1, None, reason, facts)])


def _misfit(row: Sequence[str], number: int, width: int) -> RecordError:
    reason = Reason.ROW_TOO_WIDE if len(row) > width else Reason.ROW_TOO_NARROW
    if len(row) == width + 1 and not row[-1]:
        reason = Reason.ROW_ENDS_WITH_COMMA
    return RecordError(number, None, reason, {"got": len(row), "wanted": width})


def _meaning(error: csv.Error, limits: Limits) -> tuple[Reason, dict[str, str | int]]:
    """Name what :mod:`csv` only describes in words."""
    text = str(error)
    if text.startswith("field larger than"):
        return Reason.FIELD_TOO_LONG, {"limit": limits.record_field_characters}
    if text.startswith("new-line character"):
        return Reason.LINE_ENDS_MIXED, {}
    return Reason.QUOTES_UNPAIRED, {}
