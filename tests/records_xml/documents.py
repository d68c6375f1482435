"""Documents to read: right ones, raw ones, and strategies for hostile text."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from hypothesis import strategies as st
from records.rows import (
    ADDRESS,
    ISA,
    KANJI,
    MUNICIPAL,
    ORIGINAL,
    REMARKS,
    REPORT,
    ROMAN,
    present,
)

from mediabridge.kinds import Kind
from mediabridge.records.fields import FIELDS
from mediabridge.records.model import Record
from mediabridge.records.never_carried import in_any_row
from mediabridge.records.reasons import RecordError
from mediabridge.records.tables import shipped
from mediabridge.records.xml import NAMESPACE, XmlReader, XmlWriter, root_name

START = f'<isa_notices xmlns="{NAMESPACE}">'
END = "</isa_notices>"

HOSTILE = st.one_of(
    st.tuples(
        st.just(Kind.ISA_NOTICE),
        st.just(ISA),
        st.fixed_dictionaries(
            {
                "remarks": REMARKS,
                "name_roman": ROMAN,
                "name_kanji": KANJI,
                "name_kanji_original": ORIGINAL,
            }
        ),
    ),
    st.tuples(
        st.just(Kind.MUNICIPAL_NOTICE),
        st.just(MUNICIPAL),
        st.fixed_dictionaries({"remarks": REMARKS, "address": ADDRESS, "name_kanji": KANJI}),
    ),
    st.tuples(
        st.just(Kind.RESIDENCE_REPORT),
        st.just(REPORT),
        st.fixed_dictionaries({"name_kanji": KANJI, "place_of_residence": ADDRESS}),
    ),
).filter(lambda each: not in_any_row(each[2], FIELDS[each[0]]))
"""A kind, a right row of it, and hostile text that is right in some of its fields."""


def element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"


def fields(row: Mapping[str, str], kind: Kind = Kind.ISA_NOTICE) -> str:
    """Return the elements of a row, right or wrong, in the order of the layout."""
    values = present(row)
    return "".join(element(name, values[name]) for name in FIELDS[kind] if name in values)


def record(row: Mapping[str, str] = ISA, kind: Kind = Kind.ISA_NOTICE) -> str:
    return f"<{kind}>{fields(row, kind)}</{kind}>"


def document(*records: str, kind: Kind = Kind.ISA_NOTICE) -> bytes:
    root = root_name(kind)
    return f'<{root} xmlns="{NAMESPACE}">{"".join(records)}</{root}>'.encode()


def xml_of(*records: Record, kind: Kind = Kind.ISA_NOTICE) -> bytes:
    stream = io.BytesIO()
    with XmlWriter(stream, kind, tables=shipped()) as writer:
        for each in records:
            writer.write(each)
    return stream.getvalue()


def read(
    data: bytes, kind: Kind = Kind.ISA_NOTICE, **options: Any
) -> tuple[list[Record], list[RecordError]]:
    reader = XmlReader(io.BytesIO(data), kind, tables=shipped(), **options)
    records = list(reader)
    return records, reader.errors.kept


def codes(data: bytes, **options: Any) -> list[tuple[int, str | None, str]]:
    return [(each.row, each.field, each.reason.value) for each in read(data, **options)[1]]
