"""Opening a file of records without saying which format it is in."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable
from contextlib import suppress
from enum import StrEnum, unique
from itertools import islice
from typing import Any, BinaryIO, Final

from lxml import etree

from mediabridge.config import KIB, LIMITS, Limits
from mediabridge.kinds import Kind
from mediabridge.records.csv import CsvReader, Encoding
from mediabridge.records.csv.header import ROWS_ABOVE, as_one_cell, read_header, recognised
from mediabridge.records.csv.source import FileFaultError, Lines
from mediabridge.records.tables import RuleTables
from mediabridge.records.xml import XmlReader
from mediabridge.records.xml.form import qualified, root_name
from mediabridge.records.xml.source import pieces

_HEAD_BYTES: Final = 4 * KIB
_MARKS: Final = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_XML_BEGINS = re.compile(rb"[\0 \t\r\n]*<")


@unique
class FileFormat(StrEnum):
    """The formats of a file of records; the value is also the extension."""

    CSV = "csv"
    XML = "xml"


def format_of(stream: BinaryIO) -> FileFormat:
    """Return the format of the seekable *stream*, which is left where it was.

    Nothing is refused here: whatever does not begin as XML is read as CSV.
    """
    start = stream.tell()
    head = stream.read(_HEAD_BYTES)
    stream.seek(start)
    for mark in _MARKS:
        head = head.removeprefix(mark)
    return FileFormat.XML if _XML_BEGINS.match(head) else FileFormat.CSV


def open_records(
    stream: BinaryIO,
    kind: Kind,
    *,
    tables: RuleTables,
    encoding: Encoding | None = None,
    limits: Limits = LIMITS,
) -> CsvReader | XmlReader:
    """Return the reader for the format that the seekable *stream* is in.

    Both readers have the same interface: iterate once, then see ``errors``; ``row`` and
    ``rows`` count as their own format does.
    """
    reader = CsvReader if format_of(stream) is FileFormat.CSV else XmlReader
    return reader(stream, kind, encoding=encoding, tables=tables, limits=limits)


def kind_by_content(stream: BinaryIO, encoding: Encoding | None = None) -> Kind | None:
    """Return which kind of records *stream* holds by its header or root, or None.

    The stream is left where it was. What is wrong with the file is said when it is read;
    here it only fits nothing.
    """
    start = stream.tell()
    try:
        xml = format_of(stream) is FileFormat.XML
        return _kind_by_root(stream) if xml else _kind_by_columns(stream, encoding)
    except (FileFaultError, etree.XMLSyntaxError):
        return None
    finally:
        stream.seek(start)


def _kind_by_root(stream: BinaryIO) -> Kind | None:
    roots = {qualified(root_name(kind)): kind for kind in Kind}
    parser = etree.XMLPullParser(
        ("start",), encoding="utf-8", resolve_entities=False, no_network=True, collect_ids=False
    )
    parser.feed(next(pieces(stream, LIMITS), b""))
    events: Iterable[tuple[str, Any]] = parser.read_events()
    return next((roots.get(element.tag) for _event, element in events), None)


def _kind_by_columns(stream: BinaryIO, encoding: Encoding | None) -> Kind | None:
    lines = Lines(stream, encoding, LIMITS)
    rows: list[list[str]] = []
    with suppress(FileFaultError, csv.Error):
        rows.extend(islice(csv.reader(lines, strict=True), 1 + ROWS_ABOVE))
    rows = rows or [as_one_cell(lines.first)]
    # A header that a tool has spoilt still says which kind it was made for.
    columns = {kind: max(recognised(row, kind) for row in rows) for kind in Kind}
    faults = {kind: len(read_header(rows[0], kind)[1]) for kind in Kind}
    best = max(Kind, key=lambda kind: (columns[kind], -faults[kind]))
    # A header that fits no kind at all would make any answer a guess.
    return best if columns[best] > 1 else None
