"""Reading a file of records at a station: the format's rules and this station's own.

Used at both ends, when a file is collected and when a bundle's records are checked,
so that the receiver never refuses what the sender let through.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from operator import gt
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from mediabridge.bundle.stages import OpenedBundle
from mediabridge.config import LIMITS
from mediabridge.errors import ManifestMismatchError, RecordsRefusedError
from mediabridge.kinds import Kind, kind_of_schema
from mediabridge.locale import n_, text
from mediabridge.plainfile import open_given
from mediabridge.progress import Progress
from mediabridge.records import files
from mediabridge.records.csv import CsvReader, Encoding
from mediabridge.records.kept import Kept
from mediabridge.records.model import Record
from mediabridge.records.notices import Notice, RecordNotice
from mediabridge.records.reasons import Reason, RecordError
from mediabridge.records.runs import Run
from mediabridge.records.tables import RuleTables
from mediabridge.stations.seen import Seen
from mediabridge.stations.wholes import Fault, Whole

Columns = Mapping[str, Sequence[str]]
"""Rows as text, by column; an absent value is empty."""

_TELL_EVERY = 1000
"""Records between two reports of progress."""


class Reader(Protocol):
    """What reads records, row by row: from a file of either format, or from a registry."""

    @property
    def row(self) -> int:
        """The number of the row read last, as errors name it."""

    @property
    def rows(self) -> int:
        """Rows seen, right or not; known when the iteration has ended."""

    @property
    def errors(self) -> Kept[RecordError]:
        """What is wrong; all of it, once the iteration has ended."""

    @property
    def notices(self) -> Kept[RecordNotice]:
        """What was accepted and is worth a look."""

    def __iter__(self) -> Iterator[Record]:
        """Yield the records of the rows that are right."""


class RowReader(Reader, Protocol):
    """What reads a file, and hands its rows on as text as well."""

    @property
    def columns(self) -> Sequence[str]:
        """The identifiers of the columns; known when there is a run."""

    def runs(self) -> Iterator[Run]:
        """Yield the rows that are right; a reader is iterated in one way only."""


class _Stream(Protocol):
    def tell(self) -> int:
        """Return how far it was read."""


class RecordFile:
    """The records of one file for one municipality; iterate once, then see ``errors``."""

    def __init__(
        self,
        stream: _Stream,
        reader: Reader,
        kind: Kind,
        municipality: str,
        progress: Progress,
    ) -> None:
        """Read *stream* through *reader*; every record must belong to *municipality*.

        *progress* is told the bytes read; its step has been started by the caller.
        """
        self._stream = stream
        self._reader = reader
        self._id_field = kind.facts.id_field
        self._municipality = municipality
        self._progress = progress
        self._seen = Seen()
        self._moment_field = kind.facts.moment_field
        extract = kind.facts.extract
        self._whole = Whole(extract, partial(self._seen.enter, "digests")) if extract else None
        self._latest: tuple[Any, int] | None = None
        self.errors = reader.errors
        self.notices = reader.notices
        self.count = 0

    def __iter__(self) -> Iterator[tuple[str, Record]]:
        """Yield the id and the record of every row that is right."""
        told = 0
        for record in self._reader:
            self.count += 1
            if self.count % _TELL_EVERY == 0:
                told = self._tell(told)
            values = vars(record)
            self._check(values, max(self._reader.row, 1))
            yield str(values[self._id_field]), record
        self._end(told)

    def runs(self, reader: RowReader) -> Iterator[Columns]:
        """Yield every row that is right, as text, many at a time; *reader* is the file's own."""
        told = 0
        for run in reader.runs():
            columns = dict(zip(reader.columns, zip(*run.rows, strict=True), strict=True))
            self.count += len(run.rows)
            if not self._is_plain(columns):
                for number, row in enumerate(run.rows, run.first):
                    self._check(dict(zip(reader.columns, row, strict=True)), number)
            told = self._tell(told)
            yield columns
        self._end(told)

    def _end(self, told: int) -> None:
        if self._whole is not None:
            faulty = bool(self.errors.total)
            faults = self._whole.ended(self._reader.rows, faulty=faulty)
            self._refuse_all(faults, max(self._reader.row, 1))
        self._tell(told)

    def ids(self) -> Iterator[str]:
        """Yield the ids of the rows, in any order; each once."""
        return self._seen.ids()

    @property
    def as_of(self) -> str | None:
        """The time of the extract that the file is; None before its first record, or of news."""
        return self._whole.as_of if self._whole else None

    def _tell(self, told: int) -> int:
        """Report the bytes read beyond *told*, and return where the stream is."""
        here = self._stream.tell()
        self._progress.advance(here - told)
        return here

    def _is_plain(self, columns: Columns) -> bool:
        """Tell whether there is surely nothing to say of rows; else none of them was entered."""
        if self._whole is not None or set(columns["municipality_code"]) != {self._municipality}:
            return False
        ids = columns[self._id_field]
        if self._moment_field is None:
            return self._seen.enter_all(ids=ids)
        numbers = list(map(int, columns["sequence"]))
        order = list(zip(columns[self._moment_field], numbers, strict=True))
        before = [self._latest or order[0], *order]
        if any(map(gt, before, order)) or not self._seen.enter_all(ids=ids, sequences=numbers):
            return False
        self._latest = order[-1]
        return True

    def _check(self, values: Mapping[str, Any], row: int) -> None:
        """Say what is wrong with one row that is right by itself, or worth a look."""
        if values["municipality_code"] != self._municipality:
            facts = {"wanted": self._municipality}
            self._refuse("municipality_code", Reason.OTHER_MUNICIPALITY, row, facts)
        repeated = not self._seen.enter("ids", str(values[self._id_field]))
        if repeated:
            self._refuse(self._id_field, Reason.RECORD_REPEATED, row)
        elif self._moment_field is not None:
            self._check_order(values[self._moment_field], int(values["sequence"]), row)
        if self._whole is not None:
            self._refuse_all(self._whole.check(values), row)

    def _check_order(self, moment: Any, sequence: int, row: int) -> None:
        """Refuse a number used twice; say where a record was made before one above it."""
        if not self._seen.enter("sequences", sequence):
            self._refuse("sequence", Reason.SEQUENCE_REPEATED, row)
        # Times or their texts, which compare alike in their one form.
        if self._latest is None or self._latest <= (moment, sequence):
            self._latest = (moment, sequence)
        else:
            self.notices.extend([RecordNotice(row, None, Notice.OUT_OF_ORDER)])

    def _refuse_all(self, faults: Iterable[Fault], row: int) -> None:
        self.errors.extend(RecordError(row, *each) for each in faults)

    def _refuse(
        self, field: str, reason: Reason, row: int, facts: Mapping[str, str] | None = None
    ) -> None:
        self.errors.extend([RecordError(row, field, reason, facts or {})])


def kind_of_file(path: Path, kinds: Sequence[Kind], encoding: Encoding | None = None) -> Kind:
    """Return the kind of records in *path*; when it cannot be told, the first of *kinds*.

    *encoding* is what its sender declared. What is wrong with a file that cannot be told is said
    when it is read as that kind.
    """
    with open_given(path) as stream:
        return files.kind_by_content(stream, encoding) or kinds[0]


def refusal(
    name: str, kind: Kind, errors: Kept[RecordError], tables: RuleTables
) -> RecordsRefusedError:
    """Return the error that says what is wrong with the file *name*, and by which tables."""
    return RecordsRefusedError(
        kind=kind, name=name, count=errors.total, errors=errors.kept, tables=tables.as_json()
    )


class Found(NamedTuple):
    """What was found in the records of a bundle."""

    events: Counter[str]
    """How many there are of each value of their kind's reason field."""
    as_of: str | None
    """The time of which a full population tells; None where there is none."""


def check_records(
    opened: OpenedBundle,
    municipality: str,
    progress: Progress,
    *,
    tables: RuleTables,
    keep: Callable[[Kind, Columns], object] = lambda _kind, _columns: None,
) -> Found:
    """Read every record of an opened bundle (format 1, section 9, step 9).

    *keep* is given those that are right, as text, many at a time; what it keeps of them counts
    for nothing if this raises. Returns what the summary has to say of them.

    Raises:
        RecordsRefusedError: with the errors of all its files.
        ManifestMismatchError: a file holds another number of records than listed.
    """
    progress.start(n_("Checking every record"), _record_bytes(opened))
    refused: list[RecordsRefusedError] = []
    events: Counter[str] = Counter()
    as_of = None
    for kind, path, listed in _record_files(opened):
        with path.open("rb") as stream:
            reader = CsvReader(stream, kind, tables=tables)
            records = RecordFile(stream, reader, kind, municipality, progress)
            for columns in records.runs(reader):
                keep(kind, columns)
                events.update(columns[kind.facts.reason_field])
            count = records.count
            as_of = records.as_of or as_of
        if records.errors.total:
            refused.append(refusal(path.name, kind, records.errors, tables))
        elif count != listed:
            detail = text("records: {count}, listed: {listed}", count=count, listed=listed)
            raise ManifestMismatchError(name=path.name, detail=detail)
    progress.finish()
    if refused:
        raise _joined(refused)
    return Found(events, as_of)


def _joined(refused: Sequence[RecordsRefusedError]) -> RecordsRefusedError:
    """Return one error that names every refused file and holds the errors of all."""
    errors = [error for each in refused for error in each.errors]
    return RecordsRefusedError(
        kind=refused[0].kind,
        name=", ".join(each.facts["name"] for each in refused),
        count=sum(each.facts["count"] for each in refused),
        errors=errors[: LIMITS.record_errors_kept],
        tables=refused[0].facts["tables"],
    )


def records_of(
    opened: OpenedBundle, municipality: str, progress: Progress, *, tables: RuleTables
) -> Iterator[tuple[Kind, str, Record]]:
    """Yield kind, id and record of everything in a bundle that :func:`check_records` accepted.

    *tables* must be the very ones it was accepted by.
    """
    progress.start(n_("Applying the records"), _record_bytes(opened))
    for kind, path, _listed in _record_files(opened):
        with path.open("rb") as stream:
            reader = CsvReader(stream, kind, tables=tables)
            for identity, record in RecordFile(stream, reader, kind, municipality, progress):
                yield kind, identity, record
    progress.finish()


def _record_bytes(opened: OpenedBundle) -> int:
    return sum(path.stat().st_size for _kind, path, _listed in _record_files(opened))


def _record_files(opened: OpenedBundle) -> Iterator[tuple[Kind, Path, int]]:
    for file in opened.manifest.files:
        kind = kind_of_schema(file.schema_id)
        if kind is not None:
            yield kind, opened.files[file.name], file.records
