"""From CSV to XML and back: the same records, value by value."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from mediabridge.durable import appearing
from mediabridge.errors import RecordsRefusedError, UsageError
from mediabridge.kinds import Kind
from mediabridge.locale import n_, text
from mediabridge.plainfile import open_given
from mediabridge.progress import NullProgress, Progress, telling
from mediabridge.records.csv import CsvReader, CsvWriter, Encoding
from mediabridge.records.files import FileFormat, format_of, kind_by_content, open_records
from mediabridge.records.kept import Kept
from mediabridge.records.load import RecordInvalidError
from mediabridge.records.model import Record
from mediabridge.records.notices import RecordNotice
from mediabridge.records.tables import RuleTables
from mediabridge.records.xml import XmlReader, XmlWriter


@dataclass(frozen=True)
class Converted:
    """What became of a file."""

    kind: Kind
    records: int
    format: FileFormat
    notices: Kept[RecordNotice]
    """What was accepted and is worth a look; rows count as in the source."""


def convert(
    source: Path,
    target: Path,
    *,
    tables: RuleTables,
    kind: Kind | None = None,
    encoding: Encoding | None = None,
    progress: Progress | None = None,
) -> Converted:
    """Write the records of *source* to *target* in the other format.

    The extension of *target* says which that is; *encoding* is that of the CSV file. The
    target appears complete or not at all. *progress* is told the bytes that were read.

    Raises:
        RecordsRefusedError: with all errors; nothing was written.
        UsageError: the target exists, has no folder, another extension or the format of
            the source, or the kind of record cannot be told.
        OSError: one of the files cannot be opened or written.
    """
    wanted = _format_of_name(target)
    if target.exists():
        raise UsageError(detail=text("{name} exists already", name=target.name))
    if not target.parent.is_dir():
        detail = text("there is no folder to write {name} into", name=target.name)
        raise UsageError(detail=detail)
    with open_given(source) as stream:
        found = format_of(stream)
        if found is wanted:
            detail = text("{name} is {form} already", name=source.name, form=found.upper())
            raise UsageError(detail=detail)
        reads = encoding if found is FileFormat.CSV else None
        kind = kind or kind_by_content(stream, reads)
        if kind is None:
            detail = text("the kind of record cannot be told; give it with --kind")
            raise UsageError(detail=detail)
        reader = open_records(stream, kind, encoding=reads, tables=tables)
        told = progress or NullProgress()
        told.start(n_("Converting the records"), os.fstat(stream.fileno()).st_size)
        records = telling(reader, stream, told)
        with appearing(target) as output:
            count = _copy(reader, records, _writer(output, kind, wanted, encoding, tables))
            told.finish()
            if reader.errors.total:
                raise RecordsRefusedError(
                    kind=kind,
                    name=source.name,
                    count=reader.errors.total,
                    errors=reader.errors.kept,
                    tables=tables.as_json(),
                )
    return Converted(kind, count, wanted, reader.notices)


def _format_of_name(path: Path) -> FileFormat:
    try:
        return FileFormat(path.suffix.lower().removeprefix("."))
    except ValueError:
        detail = text("{name} must end in .csv or .xml", name=path.name)
        raise UsageError(detail=detail) from None


def _writer(
    output: BinaryIO,
    kind: Kind,
    wanted: FileFormat,
    encoding: Encoding | None,
    tables: RuleTables,
) -> CsvWriter | XmlWriter:
    if wanted is FileFormat.XML:
        return XmlWriter(output, kind, tables=tables)
    return CsvWriter(output, kind, encoding=encoding or Encoding.UTF_8, tables=tables)


def _copy(
    reader: CsvReader | XmlReader, records: Iterable[Record], writer: CsvWriter | XmlWriter
) -> int:
    """Write the *records* of *reader*; what cannot be written is added to the reader's errors."""
    count = 0
    for record in records:
        try:
            writer.write_again(record)
        except RecordInvalidError as invalid:
            # The place that matters to a person is the one in the file they have.
            reader.errors.extend(replace(error, row=reader.row) for error in invalid.errors)
        count += 1
    if isinstance(writer, XmlWriter):
        writer.close()
    return count
