"""What is sealed is what was collected: hashed against its own name, and counted anew.

Between collecting and sealing a file lies in the station's folder, and its figures in the
books. Whoever may write there could exchange the one or change the other, and an officer
would be shown figures of something else. So nothing of the books gets into a summary.
"""

from __future__ import annotations

import csv
import hashlib
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from mediabridge.config import CHUNK_BYTES, LIMITS
from mediabridge.durable import move_durably
from mediabridge.errors import CollectedChangedError, ReceiptChangedError
from mediabridge.kinds import SOFTWARE, Kind
from mediabridge.locale import n_, text
from mediabridge.plainfile import FileTooLargeError, NotPlainFileError, open_plain
from mediabridge.records.csv.source import FileFaultError, Lines
from mediabridge.stations.books import DueReceipt, InboxRow
from mediabridge.stations.station import OpenStation
from mediabridge.translog import events
from mediabridge.translog.events import Event, Fact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Facts = Mapping[str, Fact]


@dataclass(frozen=True)
class Counted:
    """What a collected file really holds."""

    records: int
    events: Counter[str]
    """Records by the value of their kind's reason field."""
    as_of: str | None = None
    """The time of which a full population tells."""


class _Hashing:
    """A stream that hashes what is read from it, so that what was counted is what was hashed."""

    def __init__(self, stream: BinaryIO, progress: Callable[[int], None]) -> None:
        self._stream = stream
        self._progress = progress
        self.sha256 = hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self.sha256.update(data)
        self._progress(len(data))
        return data


def check_collected(station: OpenStation, row: InboxRow, *, operator: str) -> Counted:
    """Return what the collected file *row* holds, which is what the books say.

    A file that is not what was taken in is set aside and forgotten, so that the right one
    can be collected and nothing else has to wait for it.

    Raises:
        CollectedChangedError: it is missing or another file, or its figures in the books or in
            this station's log are not those of its records.
    """
    try:
        counted = (_hashed if row.kind == SOFTWARE else _count)(station, row)
        _compare(row, counted)
        _compare_log(station, row, counted)
    except CollectedChangedError as error:
        _set_aside(station, row, error, operator)
        raise
    return counted


def check_sealed(row: InboxRow, sha256: str) -> None:
    """Accept *sha256*, of the bytes that went into the bundle, only if it is the file's name.

    Raises:
        CollectedChangedError: the file was exchanged after it had been counted.
    """
    if sha256 != row.file:
        raise _changed(row, text("its content is another one"))


def issued_by_log(station: OpenStation, receipts: Iterable[DueReceipt]) -> Mapping[str, Facts]:
    """Return what this station's own log says of the *receipts* it issued, by their id.

    The entries on a bundle are gone through once, however many decisions on it are due.
    """
    found: dict[str, Facts] = {}
    for bundle in sorted({due.bundle for due in receipts}):
        for data in station.log.about(bundle, station.log.size()):
            entry = events.parse(data, station.id)
            if entry.event is Event.RECEIPT_ISSUED:
                found[str(entry.facts["receipt"])] = entry.facts
    return found


def check_receipt(due: DueReceipt, sha256: str | None, logged: Mapping[str, Facts]) -> None:
    """Accept *sha256*, of the receipt that went into the bundle, only if it is what was issued.

    That is said by the books and, in *logged*, by this station's log (:func:`issued_by_log`),
    which the receiver asks as well: a receipt that only the books agree with, it would refuse.

    Raises:
        ReceiptChangedError: it was exchanged, or it is gone (None).
    """
    issued = logged.get(due.receipt, {})
    # What an earlier version issued has no digest, in the books or in its entry.
    digests = {due.sha256 or sha256, issued.get("receipt_sha256", sha256)}
    if sha256 is None or digests != {sha256} or issued.get("records") != due.lines:
        raise ReceiptChangedError(name=due.receipt)


def _hashed(station: OpenStation, row: InboxRow) -> Counted:
    """Return that a file of software holds no record, after reading it to its end."""
    try:
        with os.fdopen(open_plain(_path(station, row), LIMITS.software_bytes), "rb") as stream:
            station.progress.start(n_("Counting what is sealed"), os.fstat(stream.fileno()).st_size)
            hashing = _Hashing(stream, station.progress.advance)
            while hashing.read(CHUNK_BYTES):
                pass
    except OSError as error:
        raise _changed(row, str(error.strerror)) from None
    except (NotPlainFileError, FileTooLargeError):
        raise _changed(row, text("its content is another one")) from None
    finally:
        station.progress.finish()
    check_sealed(row, hashing.sha256.hexdigest())
    return Counted(0, Counter())


def _count(station: OpenStation, row: InboxRow) -> Counted:
    path, facts = _path(station, row), Kind(row.kind).facts
    as_of = None
    events: Counter[str] = Counter()
    try:
        with os.fdopen(open_plain(path, LIMITS.inner_file_bytes), "rb") as stream:
            station.progress.start(n_("Counting what is sealed"), os.fstat(stream.fileno()).st_size)
            hashing = _Hashing(stream, station.progress.advance)
            lines = Lines(cast("BinaryIO", hashing), None, LIMITS)
            for record in csv.DictReader(lines, strict=True):
                lines.unread = 0
                events[str(record.get(facts.reason_field))] += 1
                if facts.extract is not None:
                    as_of = record.get(facts.extract.moment_field)
    except OSError as error:
        raise _changed(row, str(error.strerror)) from None
    except (FileFaultError, NotPlainFileError, FileTooLargeError, csv.Error):
        # No file in the format's own CSV can fail to be read: it is another file.
        raise _changed(row, text("its content is another one")) from None
    finally:
        station.progress.finish()
    check_sealed(row, hashing.sha256.hexdigest())
    return Counted(events.total(), events, as_of)


def _compare(row: InboxRow, counted: Counted) -> None:
    if (row.records, row.events) != (counted.records, dict(counted.events)):
        raise _changed(row, text("the figures in the books are not those of its records"))


def _compare_log(station: OpenStation, row: InboxRow, counted: Counted) -> None:
    """Hold the file against this station's log, as its receiver will do."""
    entry = station.log.collected(row.file, station.log.size())
    said = {} if entry is None else events.parse(entry, station.id).facts
    known = {"kind": row.kind, "records": counted.records}
    if {name: said.get(name) for name in known} != known:
        raise _changed(row, text("it is not what the log of this station says was collected"))


def _set_aside(
    station: OpenStation, row: InboxRow, error: CollectedChangedError, operator: str
) -> None:
    station.record(
        Event.FILE_REFUSED, actor=operator, kind=row.kind, file_sha256=row.file, reason=error.reason
    )
    path = _path(station, row)
    if path.exists():
        move_durably(path, station.home.refused / f"{row.file}.changed")
    with station.books.transaction():
        station.books.remove_file(row.file)


def _path(station: OpenStation, row: InboxRow) -> Path:
    return station.home.collected_file(row.file, row.kind)


def _changed(row: InboxRow, detail: str) -> CollectedChangedError:
    return CollectedChangedError(name=row.file[:16], detail=detail)
