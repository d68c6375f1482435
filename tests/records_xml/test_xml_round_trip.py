from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from records.rows import ISA, RIGHT, csv_of, load
from records.rows import read as read_csv
from records_xml.documents import HOSTILE, fields, read, record, xml_of

from mediabridge.kinds import Kind
from mediabridge.records.fields import FIELDS
from mediabridge.records.load import Loader, RecordInvalidError, to_text
from mediabridge.records.model import Record
from mediabridge.records.tables import shipped
from mediabridge.records.xml import SCHEMA_FILE, XmlWriter

pytestmark = pytest.mark.in_turns

SCHEMA = etree.XMLSchema(file=str(SCHEMA_FILE))


@settings(max_examples=150, deadline=None)
@given(hostile=HOSTILE, again=st.integers(1, 3))
def test_hostile_text_survives(hostile: Any, again: int) -> None:
    kind, row, change = hostile
    right = load(kind, {**row, **change})
    data = xml_of(*[right] * again, kind=kind)
    SCHEMA.assertValid(etree.fromstring(data))
    assert read(data, kind) == ([right] * again, [])
    assert to_text(right).items() >= change.items()
    stream = io.BytesIO()
    with XmlWriter(stream, kind, tables=shipped()) as writer:
        for _ in range(again):
            writer.write_again(right)
    assert stream.getvalue() == data


@settings(max_examples=80, deadline=None)
@given(hostile=HOSTILE)
def test_csv_and_xml_carry_the_same(hostile: Any) -> None:
    kind, row, change = hostile
    right = load(kind, {**row, **change})
    (from_xml,), _ = read(xml_of(right, kind=kind), kind)
    (from_csv,), _ = read_csv(csv_of(from_xml, kind=kind), kind)
    assert xml_of(from_csv, kind=kind) == xml_of(right, kind=kind)


SPOILED = st.tuples(
    st.sampled_from(sorted(RIGHT, key=str)),
    st.lists(
        st.tuples(
            st.integers(0, 30),
            st.text(
                st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
                min_size=1,
                max_size=12,
            )
            | st.sampled_from(["", "N02", "1", "2026-11-18", "123456789018", "M04", "6", "\ue000"]),
        ),
        min_size=1,
        max_size=4,
    ),
)


@settings(max_examples=300, deadline=None)
@given(spoiled=SPOILED)
def test_errors_are_those_of_csv(spoiled: Any) -> None:
    (kind, right), changes = spoiled
    names = list(FIELDS[kind])
    row = {**right, **{names[place % len(names)]: text for place, text in changes}}
    try:
        Loader(kind, shipped()).load({name: text for name, text in row.items() if text})
    except RecordInvalidError as refused:
        expected = refused.errors
    else:
        expected = []
    records, errors = read(
        f'<{kind}s xmlns="urn:mediabridge:exchange:1">{record(row, kind)}</{kind}s>'.encode(), kind
    )
    assert errors == expected
    assert len(records) == (not expected)


@pytest.mark.parametrize(("kind", "row"), RIGHT)
def test_written_elements_keep_their_order(kind: Kind, row: dict[str, str]) -> None:
    data = xml_of(load(kind, row), kind=kind).decode()
    assert f"<{kind}>{fields(row, kind)}</{kind}>\n" in data


def test_written_bytes_are_exact() -> None:
    right = load(Kind.ISA_NOTICE, {**ISA, "remarks": 'a<b>&"\r\n\t'})
    written = xml_of(right).decode()
    assert written.startswith(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<isa_notices xmlns="urn:mediabridge:exchange:1">\n<isa_notice><notice_id>'
    )
    assert written.endswith(
        '<remarks>a&lt;b&gt;&amp;"&#13;\n\t</remarks></isa_notice>\n</isa_notices>\n'
    )


def test_no_records_is_a_document() -> None:
    assert read(xml_of()) == ([], [])
    SCHEMA.assertValid(etree.fromstring(xml_of()))


@pytest.mark.parametrize(
    ("text", "codepoint"), [("a\x00", "U+0000"), ("\x1b[0m", "U+001B"), ("\ufffe", "U+FFFE")]
)
@pytest.mark.parametrize("writes", [XmlWriter.write, XmlWriter.write_again])
def test_unfit_character_is_named(
    writes: Callable[[XmlWriter, Record], None], text: str, codepoint: str
) -> None:
    right = load(Kind.ISA_NOTICE, ISA)
    past_the_rules = right.model_copy(update={"remarks": text})
    stream = io.BytesIO()
    writer = XmlWriter(stream, Kind.ISA_NOTICE, tables=shipped())
    writes(writer, right)
    before = stream.getvalue()
    with pytest.raises(RecordInvalidError) as refused:
        writes(writer, past_the_rules)
    (error,) = refused.value.errors
    assert (error.row, error.field, error.reason.value) == (2, "remarks", "NOT_IN_ENCODING")
    assert error.facts["codepoint"] == codepoint
    assert stream.getvalue() == before


def _write_and_break_off(stream: io.BytesIO) -> None:
    with XmlWriter(stream, Kind.ISA_NOTICE, tables=shipped()) as writer:
        writer.write(load(Kind.ISA_NOTICE, ISA))
        raise KeyboardInterrupt


def test_broken_off_document_is_not_ended() -> None:
    stream = io.BytesIO()
    with pytest.raises(KeyboardInterrupt):
        _write_and_break_off(stream)
    records, errors = read(stream.getvalue())
    assert len(records) == 1
    assert [error.reason.value for error in errors] == ["XML_NOT_WELL_FORMED"]
