"""Collect: a file of records is checked, put into the format's own CSV and taken in.

A file with errors is refused as a whole and set aside with its report; the station
keeps working on the other files of the same call.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mediabridge.config import APPLY_BATCH
from mediabridge.durable import move_durably, new_file, write_durably
from mediabridge.errors import KindNotCarriedError, RecordsRefusedError
from mediabridge.kinds import Kind
from mediabridge.locale import n_
from mediabridge.plainfile import open_given
from mediabridge.progress import counting
from mediabridge.records.csv import CsvWriter, Encoding
from mediabridge.records.files import format_of, open_records
from mediabridge.records.kept import Kept
from mediabridge.records.model import Record
from mediabridge.records.notices import RecordNotice
from mediabridge.records.reasons import RecordError
from mediabridge.scanner import Scanned
from mediabridge.stations.books import InboxRow
from mediabridge.stations.exchanged import is_exchanged
from mediabridge.stations.outgoing import given
from mediabridge.stations.outgoing.given import Given
from mediabridge.stations.reading import Columns, RecordFile, RowReader, kind_of_file, refusal
from mediabridge.stations.scanning import require_scanned
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event


@dataclass(frozen=True)
class Checked:
    """One file that is right."""

    kind: Kind
    records: int
    notices: Kept[RecordNotice]
    """What was accepted and is worth a look."""


@dataclass(frozen=True)
class Collected(Checked):
    """One file that was taken in."""

    file: str
    """SHA-256 of the records in the format's own CSV."""
    known: bool
    """True when the very same records had been taken in before; nothing was changed."""
    received_elsewhere: int = 0
    """Records that the other side received in bundles of which that is not known here any more."""
    echoes: tuple[str, ...] = ()
    """Records that were left out: they only repeat what the other side told."""
    scanned: Scanned | None = None
    """What the virus scanner said of it; None where the station has none."""


@dataclass(frozen=True)
class _Rewritten:
    """A file that is right, in work, in the format's own CSV."""

    path: Path
    row: InboxRow
    notices: Kept[RecordNotice]
    echoes: tuple[str, ...]
    records: RecordFile
    """What was read."""
    file: Given
    """The file that was read."""


def collect_file(
    station: OpenStation,
    path: Path,
    *,
    operator: str,
    kind: Kind | None = None,
    encoding: Encoding | None = None,
) -> Collected:
    """Check the file *path*, CSV or XML, and take it in.

    Raises:
        RecordsRefusedError: it has errors; ``errors`` lists them, and the file lies in
            the station's ``refused`` folder beside its report.
        KindNotCarriedError: this station does not send records of this kind.
        FileInfectedError, ScannerError: the virus scanner, as the settings have it.
    """
    station.home.empty_work()
    try:
        return _collect(station, given.take(station, path, operator), operator, kind, encoding)
    finally:
        station.home.empty_work()


def _collect(
    station: OpenStation, file: Given, operator: str, kind: Kind | None, encoding: Encoding | None
) -> Collected:
    kinds = kinds_sent(station)
    kind = kind or kind_of_file(file.path, kinds, encoding)
    if kind not in kinds:
        raise KindNotCarriedError(kind=kind, wanted=tuple(kinds))
    checked = _check(station, file, kind, encoding, operator)
    row = checked.row
    known = station.books.has_file(row.file)
    back = known and _is_wanted_back(station, row.file)
    if (known and not back) or (checked.echoes and not row.records):
        return _collected(station, checked, kind, known=True)
    size = checked.path.stat().st_size
    station.record(
        Event.FILE_COLLECTED,
        actor=operator,
        kind=row.kind,
        records=row.records,
        file_sha256=row.file,
        file_bytes=size,
    )
    target = station.home.inbox / f"{row.file}.csv"
    move_durably(checked.path, target)
    if not back:
        with station.books.transaction():
            station.books.add_file(row, collected_at=station.now(), actor=operator)
            # Where nothing was left out, nobody has to read again what was written.
            ids = record_ids(target, kind) if checked.echoes else checked.records.ids()
            enter_records(station, row, ids)
    return _collected(station, checked, kind, known=False)


def enter_records(station: OpenStation, row: InboxRow, ids: Iterable[str]) -> None:
    """Enter the *ids* of the records of a file, in the open transaction of the books."""
    label = n_("Entering the records into the books")
    told = counting(ids, station.progress, label, row.records, at_once=APPLY_BATCH)
    station.books.add_records(row.file, row.kind, told)


def _is_wanted_back(station: OpenStation, file: str) -> bool:
    """Tell whether the known *file* may be issued anew, and is not kept here in the clear."""
    carrier = station.books.bundle(station.books.carrier_of(file) or "")
    gone = not (station.home.inbox / f"{file}.csv").exists()
    return gone and carrier is not None and is_exchanged(station, carrier.receiver)


def _collected(station: OpenStation, checked: _Rewritten, kind: Kind, *, known: bool) -> Collected:
    row = checked.row
    elsewhere = station.books.received_elsewhere(row.file)
    return Collected(
        kind,
        row.records,
        checked.notices,
        row.file,
        known=known,
        received_elsewhere=elsewhere,
        echoes=checked.echoes,
        scanned=checked.file.scanned,
    )


def check_file(
    station: OpenStation, path: Path, *, kind: Kind | None = None, encoding: Encoding | None = None
) -> Checked:
    """Check *path* without taking it in.

    Raises:
        RecordsRefusedError: it has errors; ``errors`` lists them.
        FileInfectedError, ScannerError: the virus scanner, as the settings have it.
    """
    require_scanned(station.home, path, station.clock.now())
    kind = kind or kind_of_file(path, kinds_sent(station), encoding)
    with open_given(path) as stream:
        reader, records = _open(station, stream, kind, encoding)
        for _rows in records.runs(reader):
            pass
    station.progress.finish()
    if records.errors.total:
        raise refusal(path.name, kind, records.errors, station.tables)
    return Checked(kind, records.count, records.notices)


def check_again(station: OpenStation, row: InboxRow, *, operator: str) -> None:
    """Judge a file that was taken in by other tables than this station has now.

    A file that is not right any more is set aside, and what it held can be collected anew.

    Raises:
        RecordsRefusedError: it has errors now; ``errors`` lists them.
    """
    if row.tables == station.tables.sha256:
        return
    path, kind = station.home.inbox / f"{row.file}.csv", Kind(row.kind)
    with open_given(path) as stream:
        reader, records = _open(station, stream, kind, None)
        for _rows in records.runs(reader):
            pass
    station.progress.finish()
    if records.errors.total:
        _set_aside(station, path, records.errors.kept, records.errors.total, operator)
        with station.books.transaction():
            station.books.remove_file(row.file)
        path.unlink()
        raise refusal(path.name, kind, records.errors, station.tables)


def kinds_sent(station: OpenStation) -> list[Kind]:
    """Return the kinds of record that some route from this station carries."""
    routes = [route for route in station.trust.routes if route.sender == station.id]
    return sorted({kind for route in routes for kind in route.kinds})


def _check(
    station: OpenStation, file: Given, kind: Kind, encoding: Encoding | None, operator: str
) -> _Rewritten:
    target = station.home.work / "collected.csv"
    with open_given(file.path) as source, new_file(target) as output:
        reader, records = _open(station, source, kind, encoding)
        rewriting = _Rewriting(CsvWriter(output, kind, tables=station.tables), kind)
        if station.hears_echoes:
            rewriting.one_by_one(records, station.is_echo)
        else:
            rewriting.all_of(records.runs(reader))
    station.progress.finish()
    if records.errors.total:
        _set_aside(station, file.path, records.errors.kept, records.errors.total, operator)
        raise refusal(file.name, kind, records.errors, station.tables)
    with target.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    echoes = rewriting.echoes
    row = InboxRow(
        file=digest,
        kind=kind.value,
        records=records.count - len(echoes),
        events=dict(rewriting.events),
        tables=station.tables.sha256,
        notices=dict(records.notices.counts),
    )
    return _Rewritten(target, row, records.notices, tuple(echoes), records, file)


class _Rewriting:
    """Puts the records of one file into the format's own CSV, counted by their reason."""

    def __init__(self, writer: CsvWriter, kind: Kind) -> None:
        self._writer = writer
        self._reason_field = kind.facts.reason_field
        self.events: Counter[str] = Counter()
        self.echoes: list[str] = []

    def one_by_one(
        self, records: Iterable[tuple[str, Record]], is_echo: Callable[[Record], bool]
    ) -> None:
        for identity, record in records:
            if is_echo(record):
                self.echoes.append(identity)
                continue
            self._writer.write_again(record)
            self.events[str(record.get(self._reason_field))] += 1

    def all_of(self, runs: Iterable[Columns]) -> None:
        for columns in runs:
            self._writer.write_rows(columns)
            self.events.update(columns[self._reason_field])


def _open(
    station: OpenStation, stream: BinaryIO, kind: Kind, encoding: Encoding | None
) -> tuple[RowReader, RecordFile]:
    """Begin to read a file in either format, showing progress in bytes."""
    reader = open_records(stream, kind, tables=station.tables, encoding=encoding)
    municipality = station.config.municipality_code
    # Loading the tables takes as long whatever the file holds.
    station.progress.start(n_("Checking every record"), os.fstat(stream.fileno()).st_size)
    return reader, RecordFile(stream, reader, kind, municipality, station.progress)


def record_ids(path: Path, kind: Kind) -> Iterator[str]:
    """Yield the record ids of a file in the format's own CSV, which was just written."""
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield row[kind.facts.id_field]


def _set_aside(
    station: OpenStation, path: Path, errors: list[RecordError], total: int, operator: str
) -> None:
    """Keep the refused file, whole, beside a report that repeats none of its values."""
    digest = hashlib.sha256()
    copy = station.home.work / "refused"
    with open_given(path) as source, new_file(copy) as output:
        suffix = format_of(source).value
        station.progress.start(n_("Setting the file aside"), os.fstat(source.fileno()).st_size)
        while chunk := source.read(1 << 20):
            digest.update(chunk)
            output.write(chunk)
            station.progress.advance(len(chunk))
    station.progress.finish()
    name = digest.hexdigest()
    reason = RecordsRefusedError.reason
    station.record(
        Event.FILE_REFUSED, actor=operator, errors=total, file_sha256=name, reason=reason
    )
    report = {"errors": [error.log_form() for error in errors], "total": total}
    write_durably(
        station.home.refused / f"{name}.json", json.dumps(report, indent=1).encode("ascii")
    )
    move_durably(copy, station.home.refused / f"{name}.{suffix}")
