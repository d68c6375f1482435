"""A file of records for many offices is read once, and put into one file for each of them.

A part is in the format's own CSV and holds the rows of its office in the order of the file. So the
same file makes the same bytes each time, and a station, which knows a file by its content, takes a
part once however often the file is given.

All that is wrong is found before anybody takes anything: row by row while the file is read, and
what only rows of one office say together when its part is read as its station will read it.
"""

from __future__ import annotations

import io
import os
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from mediabridge.config import KIB
from mediabridge.kinds import Kind, kinds_between
from mediabridge.locale import n_
from mediabridge.plainfile import open_given
from mediabridge.progress import NullProgress, Progress
from mediabridge.records.csv import CsvReader, CsvWriter, Encoding
from mediabridge.records.csv.header import HEADER_ROW
from mediabridge.records.files import open_records
from mediabridge.records.kept import Kept
from mediabridge.records.notices import RecordNotice
from mediabridge.records.reasons import Reason, RecordError
from mediabridge.records.runs import Run
from mediabridge.records.tables import RuleTables
from mediabridge.stations.reading import RecordFile, kind_of_file

_BUFFER: Final = 16 * KIB
"""For each office; there are fewer than two thousand."""

_OFFICE: Final = "municipality_code"
KINDS: Final = kinds_between("agency", "lgwan")
"""What the agency sends."""


@dataclass
class Part:
    """What of the file is for one office."""

    path: Path
    rows: array[int] = field(default_factory=lambda: array("L"))
    """Where each of its records stands in the file."""

    def __len__(self) -> int:
        """Return how many records it has."""
        return len(self.rows)

    def row_in_file(self, row: int) -> int:
        """Return where in the file that stands which is *row* of the part."""
        return self.rows[min(max(row - HEADER_ROW - 1, 0), len(self.rows) - 1)]


@dataclass(frozen=True)
class Split:
    """A file in parts, by the code of the office; what is wrong with it; what is worth a look."""

    kind: Kind
    parts: Mapping[str, Part]
    errors: Kept[RecordError]
    notices: Kept[RecordNotice]
    records: int
    """Rows that are right, for whichever office."""


def split(
    path: Path,
    offices: Sequence[str],
    work: Path,
    *,
    tables: RuleTables,
    progress: Progress,
    kind: Kind | None = None,
    encoding: Encoding | None = None,
) -> Split:
    """Read the file *path*, put what each of the *offices* gets into the folder *work*, judge it.

    Nobody may take a part of a file that has errors.

    Raises:
        OSError: the file cannot be read, or the disk is full.
    """
    kind = kind or kind_of_file(path, KINDS, encoding)
    splitting = _Splitting(kind, frozenset(offices), work, tables)
    with open_given(path) as stream:
        progress.start(n_("Checking every record"), os.fstat(stream.fileno()).st_size)
        reader = open_records(stream, kind, tables=tables, encoding=encoding)
        told = 0
        for run in reader.runs():
            reader.errors.extend(splitting.put(reader.columns, run))
            here = stream.tell()
            progress.advance(here - told)
            told = here
    splitting.close()
    parts = {code: splitting.parts[code] for code in sorted(splitting.parts)}
    progress.start(n_("Checking what each office gets"), len(parts), counted=True)
    # What an extract lacks cannot be told while rows of it are wrong.
    if not (kind.facts.extract and reader.errors.total):
        for code, part in parts.items():
            _add_together(reader.errors, part, kind, code, tables)
            progress.advance(1)
    progress.finish()
    reader.errors.kept.sort(key=lambda error: error.row)
    return Split(kind, parts, reader.errors, reader.notices, splitting.records)


class _Splitting:
    """Puts rows that are right into the parts."""

    def __init__(self, kind: Kind, offices: frozenset[str], work: Path, tables: RuleTables) -> None:
        self._kind, self._offices, self._work, self._tables = kind, offices, work, tables
        self._files: dict[str, tuple[CsvWriter, io.BufferedWriter[_Appending]]] = {}
        self.parts: dict[str, Part] = {}
        self.records = 0

    def put(self, columns: Sequence[str], run: Run) -> list[RecordError]:
        """Put each row of *run* where it belongs; return what is wrong with them here."""
        self.records += len(run.rows)
        at = columns.index(_OFFICE)
        numbers: dict[str, list[int]] = {}
        for number, row in enumerate(run.rows):
            numbers.setdefault(row[at], []).append(number)
        errors: list[RecordError] = []
        for office, places in numbers.items():
            if office not in self._offices:
                errors += [_unknown(run.first + place, office) for place in places]
                continue
            rows = [run.rows[place] for place in places]
            self._writer(office).write_rows(
                dict(zip(columns, zip(*rows, strict=True), strict=True))
            )
            self.parts[office].rows.extend(run.first + place for place in places)
        return errors

    def close(self) -> None:
        """Have everything in the files."""
        for _writer, file in self._files.values():
            file.close()

    def _writer(self, office: str) -> CsvWriter:
        if office not in self._files:
            path = self._work / f"{office}.csv"
            file = io.BufferedWriter(_Appending(path), _BUFFER)
            self._files[office] = CsvWriter(file, self._kind, tables=self._tables), file
            self.parts[office] = Part(path)
        return self._files[office][0]


class _Appending(io.RawIOBase):
    """A file that is open only while it is written to: a process may not have so many open."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        with self._path.open("ab", buffering=0) as file:
            return file.write(data)  # type: ignore[arg-type]  # a buffer, as the base class says


def _unknown(row: int, office: str) -> RecordError:
    return RecordError(row, _OFFICE, Reason.OFFICE_UNKNOWN, {"office": office})


def _add_together(
    errors: Kept[RecordError], part: Part, kind: Kind, office: str, tables: RuleTables
) -> None:
    """Add to *errors* what its station would refuse of a *part*, by the rows of the file."""
    with part.path.open("rb") as stream:
        reader = CsvReader(stream, kind, tables=tables)
        records = RecordFile(stream, reader, kind, office, NullProgress())
        for _rows in records.runs(reader):
            pass
    found = records.errors
    errors.extend(replace(each, row=part.row_in_file(each.row)) for each in found.kept)
    errors.total += found.total - len(found.kept)
