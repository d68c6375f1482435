"""What must hold for any bytes at all; the fuzzers and the corpus test share it.

Each target takes bytes from anywhere. It may refuse them in the ways it documents;
anything it accepts has to come back unchanged after a round trip. Any other exception
is a defect.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

from mediabridge.kinds import Kind
from mediabridge.records import names
from mediabridge.records.csv import CsvReader, CsvWriter
from mediabridge.records.model import Record
from mediabridge.records.names import encodable
from mediabridge.records.tables import shipped
from mediabridge.records.xml import XmlReader, XmlWriter

check = partial(names.check, table=names.table())
convert = partial(names.convert, table=names.table())

KINDS = tuple(Kind)


def fuzz_csv(data: bytes) -> None:
    """Read *data* as CSV of a kind chosen by its first byte; accepted records round-trip."""
    kind = _kind(data)
    reader = CsvReader(io.BytesIO(data[1:]), kind, tables=shipped())
    records = list(reader)
    assert reader.errors.total >= len(reader.errors.kept)
    _round_trip(records, kind)


def fuzz_xml(data: bytes) -> None:
    """Read *data* as XML of a kind chosen by its first byte; accepted records round-trip."""
    kind = _kind(data)
    reader = XmlReader(io.BytesIO(data[1:]), kind, tables=shipped())
    records = list(reader)
    assert reader.errors.total >= len(reader.errors.kept)
    _round_trip(records, kind)


def fuzz_names(data: bytes) -> None:
    """Convert *data* as a name: the original is kept, and what came out stays as it is."""
    name = data.decode("utf-8", "replace")
    conversion = convert(name, gaiji=bool(data[:1] > b"\x7f"))
    assert conversion.original == name
    encodable(name, "cp932")
    if conversion.converted is not None:
        again = convert(conversion.converted, gaiji=True)
        assert again.converted == conversion.converted
        assert check(conversion.converted, gaiji=True) == ()


TARGETS: dict[str, Callable[[bytes], None]] = {
    "csv": fuzz_csv,
    "xml": fuzz_xml,
    "names": fuzz_names,
}


def _kind(data: bytes) -> Kind:
    return KINDS[data[0] % len(KINDS)] if data else KINDS[0]


def _round_trip(records: list[Record], kind: Kind) -> None:
    """Write *records* in both formats and read them back equal."""
    csv = io.BytesIO()
    writer = CsvWriter(csv, kind, tables=shipped())
    for record in records:
        writer.write(record)
    csv.seek(0)
    assert list(CsvReader(csv, kind, tables=shipped())) == records
    xml = io.BytesIO()
    with XmlWriter(xml, kind, tables=shipped()) as xml_writer:
        for record in records:
            xml_writer.write(record)
    xml.seek(0)
    assert list(XmlReader(xml, kind, tables=shipped())) == records
