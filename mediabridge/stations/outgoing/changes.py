"""Collect from the registry: what the city's own system wrote beside the residents it changed.

The rows that wait are judged as the rows of a file are, and become a file of records, which
from then on is one that was collected: what an officer approves is made of exactly these
bytes. With an error, no row is taken.

Exactly once, whenever it is killed: the registry notes the rows as taken first, as a batch
with a number of this station; the books enter file and number in one transaction. A batch with
a higher number than the books know was never theirs, and is released when rows are taken next.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from mediabridge.apply.changes import Batch
from mediabridge.apply.ports import ChangeTaker, Registry
from mediabridge.durable import move_durably, new_file
from mediabridge.errors import ChangesRefusedError, KindNotCarriedError
from mediabridge.kinds import Kind
from mediabridge.locale import n_
from mediabridge.progress import NullProgress, counting
from mediabridge.records.changes import ChangeReader
from mediabridge.records.csv import CsvWriter
from mediabridge.records.kept import Kept
from mediabridge.records.notices import RecordNotice
from mediabridge.stations.books import InboxRow
from mediabridge.stations.outgoing.collecting import enter_records, kinds_sent, record_ids
from mediabridge.stations.reading import RecordFile
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event

KIND: Final = Kind.MUNICIPAL_NOTICE
"""What the rows are."""

TABLE: Final = "municipal_change"
"""What the rows lie in, as a refusal calls it."""

_KNOWN: Final = "changes_taken"
"""The fact of the books: the highest number of a batch that got into them."""


@dataclass(frozen=True)
class CollectedChanges:
    """What was taken at one time."""

    rows: int
    """Change rows, sent or not."""
    records: int
    notices: Kept[RecordNotice]
    """What was accepted and is worth a look."""
    file: str | None
    """SHA-256 of the records in the format's own CSV; None where nothing is to be sent."""
    echoes: tuple[str, ...]
    """Records that were left out: they only repeat what the other side told."""
    withdrawn: int
    """Rows that were left out: withdrawn ones, and those that only withdraw."""
    released: int = 0
    """Files taken before that never got into the books; their rows are among these."""


@dataclass
class _Judged:
    """The rows that wait, judged, and written in the format's own CSV."""

    path: Path
    reader: ChangeReader
    events: Counter[str] = field(default_factory=Counter)
    echoes: list[tuple[int, str]] = field(default_factory=list)
    """Number and record of each."""
    records: int = 0

    def row_of(self, station: OpenStation) -> InboxRow | None:
        """Return what the books enter; None where nothing is to be sent."""
        if not self.records:
            return None
        with self.path.open("rb") as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()
        return InboxRow(
            file=digest,
            kind=KIND.value,
            records=self.records,
            events=dict(self.events),
            tables=station.tables.sha256,
            notices=dict(self.reader.notices.counts),
        )


class _Rows:
    """There is no file whose bytes could be counted."""

    def tell(self) -> int:
        return 0


def collect_changes(
    station: OpenStation, registry: Registry, *, operator: str, check: bool = False
) -> CollectedChanges:
    """Take in all change rows that wait in *registry*; with *check* judge them only.

    Raises:
        ChangesRefusedError: some have errors; ``errors`` lists them, and none is taken.
        KindNotCarriedError: this station does not send such notices.
        RegistryWithoutChangesError: the residents are in another system.
        RegistryError: the registry cannot be used; no row is taken.
    """
    kinds = kinds_sent(station)
    if KIND not in kinds:
        raise KindNotCarriedError(kind=KIND, wanted=tuple(kinds))
    station.home.empty_work()
    known = station.books.fact(_KNOWN)
    with registry.take_changes(known) as taker:
        judged = _judge(station, taker)
        if judged.reader.errors.total:
            raise _refusal(station, judged.reader, operator, check=check)
        row = judged.row_of(station)
        if not check:
            _forget(station, taker.released)
            if judged.reader.rows:
                _take(station, taker, judged, row, operator)
    if judged.reader.rows and not check:
        _enter(station, judged.path, row, known + 1, operator)
    station.home.empty_work()
    return CollectedChanges(
        rows=judged.reader.rows,
        records=judged.records,
        notices=judged.reader.notices,
        file=None if row is None else row.file,
        echoes=tuple(identity for _number, identity in judged.echoes),
        withdrawn=judged.reader.withdrawn,
        released=len(taker.released),
    )


def _judge(station: OpenStation, taker: ChangeTaker) -> _Judged:
    rows = counting(taker.rows(), station.progress, n_("Checking every record"), taker.count())
    reader = ChangeReader(rows, KIND, tables=station.tables)
    municipality = station.config.municipality_code
    # Its rows are counted, since there are no bytes.
    records = RecordFile(_Rows(), reader, KIND, municipality, NullProgress())
    judged = _Judged(station.home.work / "collected.csv", reader)
    with new_file(judged.path) as output:
        writer = CsvWriter(output, KIND, tables=station.tables)
        for identity, record in records:
            if station.is_echo(record):
                judged.echoes.append((reader.row, identity))
                continue
            writer.write(record)
            judged.records += 1
            judged.events[str(record.get(KIND.facts.reason_field))] += 1
    return judged


def _refusal(
    station: OpenStation, reader: ChangeReader, operator: str, *, check: bool
) -> ChangesRefusedError:
    errors = reader.errors
    if not check:
        station.record(
            Event.FILE_REFUSED,
            actor=operator,
            kind=KIND.value,
            errors=errors.total,
            reason=ChangesRefusedError.reason,
        )
    return ChangesRefusedError(
        kind=KIND,
        name=TABLE,
        count=errors.total,
        errors=errors.kept,
        tables=station.tables.as_json(),
    )


def _take(
    station: OpenStation, taker: ChangeTaker, judged: _Judged, row: InboxRow | None, operator: str
) -> None:
    """Leave the log entry, then note the rows as taken; in force when the block is left."""
    if row is not None:
        station.record(
            Event.FILE_COLLECTED,
            actor=operator,
            kind=row.kind,
            records=row.records,
            file_sha256=row.file,
            file_bytes=judged.path.stat().st_size,
        )
    serial = station.books.fact(_KNOWN) + 1
    batch = Batch(serial, None if row is None else row.file, station.now(), operator)
    taker.take(batch, {number for number, _identity in judged.echoes})


def _enter(
    station: OpenStation, path: Path, row: InboxRow | None, serial: int, operator: str
) -> None:
    """Enter the file, and that its batch got here, in one transaction."""
    new = row is not None and not station.books.has_file(row.file)
    if row is not None and new:
        target = station.home.inbox / f"{row.file}.csv"
        move_durably(path, target)
    with station.books.transaction():
        if row is not None and new:
            station.books.add_file(row, collected_at=station.now(), actor=operator)
            enter_records(station, row, record_ids(target, KIND))
        station.books.set_fact(_KNOWN, serial)


def _forget(station: OpenStation, released: Iterable[str]) -> None:
    """Remove what lies in the inbox of batches that never got into the books."""
    for file in released:
        if not station.books.has_file(file):
            (station.home.inbox / f"{file}.csv").unlink(missing_ok=True)
