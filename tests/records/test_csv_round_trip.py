from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records.rows import (
    ADDRESS,
    ISA,
    KANJI,
    MUNICIPAL,
    ORIGINAL,
    REMARKS,
    REPORT,
    RIGHT,
    ROMAN,
    csv_of,
    load,
    read,
)

from mediabridge.kinds import Kind
from mediabridge.locale import Language, set_language
from mediabridge.records.csv import CsvWriter, Encoding, PeopleCsvWriter
from mediabridge.records.csv.writer import disarmed
from mediabridge.records.fields import FIELDS
from mediabridge.records.load import RecordInvalidError, to_text
from mediabridge.records.model import Record
from mediabridge.records.never_carried import in_any_row
from mediabridge.records.tables import shipped

_ISA = st.fixed_dictionaries(
    {"remarks": REMARKS, "name_roman": ROMAN, "name_kanji": KANJI, "name_kanji_original": ORIGINAL}
)
_CITY = st.fixed_dictionaries(
    {"remarks": REMARKS, "name_kanji": KANJI, "address": ADDRESS, "previous_address": ADDRESS}
)
_REPORT = st.fixed_dictionaries(
    {
        "name_kanji": KANJI,
        "place_of_residence": ADDRESS,
        "birth_date": st.sampled_from(["1984-05-00", "1984-00-00", "1984-05-17"]),
    }
)
HOSTILE = st.one_of(
    st.tuples(st.just(Kind.ISA_NOTICE), st.just(ISA), _ISA),
    st.tuples(st.just(Kind.MUNICIPAL_NOTICE), st.just(MUNICIPAL), _CITY),
    st.tuples(st.just(Kind.RESIDENCE_REPORT), st.just(REPORT), _REPORT),
).filter(lambda each: not in_any_row(each[2], FIELDS[each[0]]))


@settings(max_examples=150, deadline=None)
@given(hostile=HOSTILE)
def test_what_a_reader_found_right_is_written_the_same(hostile: Any) -> None:
    kind, row, change = hostile
    right = load(kind, {**row, **change})
    stream = io.BytesIO()
    CsvWriter(stream, kind, tables=shipped()).write_again(right)
    assert stream.getvalue() == csv_of(right, kind=kind)
    stream = io.BytesIO()
    _write_row(CsvWriter(stream, kind, tables=shipped()), right)
    assert stream.getvalue() == csv_of(right, kind=kind)


def _write_row(writer: CsvWriter, record: Record) -> None:
    writer.write_rows({name: (text,) for name, text in to_text(record).items()})


@pytest.mark.parametrize("remarks", ["例", '"', 'a "b" c', '","', '"\n"'])
def test_rows_together_are_written_as_one_by_one(remarks: str) -> None:
    """A quotation mark in one of them is doubled, and changes nothing of the others."""
    records = [load(Kind.ISA_NOTICE, {**ISA, "remarks": text}) for text in ("例", remarks, "例")]
    texts = list(map(to_text, records))
    stream = io.BytesIO()
    CsvWriter(stream, Kind.ISA_NOTICE, tables=shipped()).write_rows(
        {name: tuple(each[name] for each in texts) for name in texts[0]}
    )
    assert stream.getvalue() == csv_of(*records, kind=Kind.ISA_NOTICE)


@settings(max_examples=150, deadline=None)
@given(hostile=HOSTILE, again=st.integers(1, 3))
def test_hostile_text_survives(hostile: Any, again: int) -> None:
    kind, row, change = hostile
    record = load(kind, {**row, **change})
    read_back, errors = read(csv_of(*[record] * again, kind=kind), kind)
    assert errors == []
    assert read_back == [record] * again
    for name, text in change.items():
        assert read_back[0].get(name) == text


@pytest.mark.parametrize(("kind", "row"), RIGHT)
@pytest.mark.parametrize("encoding", list(Encoding))
def test_every_encoding_survives(kind: Kind, row: dict[str, str], encoding: Encoding) -> None:
    stream = io.BytesIO()
    CsvWriter(stream, kind, encoding=encoding, tables=shipped()).write(load(kind, row))
    declared = None if encoding is Encoding.UTF_16 else encoding
    assert read(stream.getvalue(), kind, encoding=declared) == ([load(kind, row)], [])


def test_written_bytes_are_exact() -> None:
    notice = load(Kind.ISA_NOTICE, {**ISA, "remarks": '=HYPERLINK("x")\r\n＠ 葛\U000e0100'})
    data = csv_of(notice)
    assert not data.startswith(b"\xef\xbb\xbf")
    header = b",".join(b'"%s"' % name.encode() for name in FIELDS[Kind.ISA_NOTICE])
    assert data.startswith(header + b"\r\n")
    assert data.endswith('"=HYPERLINK(""x"")\r\n＠ 葛\U000e0100"\r\n'.encode())


def test_bom_is_written_when_asked() -> None:
    stream = io.BytesIO()
    CsvWriter(stream, Kind.ISA_NOTICE, bom=True, tables=shipped())
    assert stream.getvalue().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("text", "codepoint", "encoding"),
    [
        ("吴", "U+5434", Encoding.CP932),
        ("𠮷", "U+20BB7", Encoding.SHIFT_JIS_2004),
        ("葛\U000e0100", "U+E0100", Encoding.CP932),
        ("髙", "U+9AD9", Encoding.SHIFT_JIS_2004),
        ("¥", "U+00A5", Encoding.CP932),
    ],
)
@pytest.mark.parametrize("writes", [CsvWriter.write, CsvWriter.write_again, _write_row])
def test_unfit_character_is_named(
    writes: Callable[[CsvWriter, Record], None], text: str, codepoint: str, encoding: Encoding
) -> None:
    stream = io.BytesIO()
    writer = CsvWriter(stream, Kind.ISA_NOTICE, encoding=encoding, tables=shipped())
    writes(writer, load(Kind.ISA_NOTICE, ISA))
    before = stream.getvalue()
    with pytest.raises(RecordInvalidError) as refused:
        writes(writer, load(Kind.ISA_NOTICE, {**ISA, "remarks": f"あ{text}"}))
    (error,) = refused.value.errors
    assert (error.row, error.field, error.reason.value) == (3, "remarks", "NOT_IN_ENCODING")
    assert error.facts["codepoint"] == codepoint
    assert stream.getvalue() == before


def test_record_past_the_rules_is_not_written() -> None:
    notice = load(Kind.ISA_NOTICE, ISA).model_copy(update={"name_roman": None})
    with pytest.raises(RecordInvalidError, match="NAME_MISSING"):
        csv_of(notice)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_people_see_no_formula(start: str) -> None:
    assert disarmed(f"{start}1") == f"'{start}1"
    stream = io.BytesIO()
    PeopleCsvWriter(stream, Kind.ISA_NOTICE).write({**ISA, "remarks": f"{start}1"})
    assert f'"\'{start}1"'.encode() in stream.getvalue()


def test_plain_text_is_not_disarmed() -> None:
    assert disarmed("XAMPLE") == "XAMPLE"


@pytest.mark.parametrize("chosen", Language)
def test_file_for_people_is_not_collected(chosen: Language) -> None:
    set_language(chosen)
    stream = io.BytesIO()
    PeopleCsvWriter(stream, Kind.ISA_NOTICE).write(ISA)
    set_language(Language.EN)
    records, errors = read(stream.getvalue())
    assert records == []
    assert [error.reason.value for error in errors] == ["FILE_FOR_READING"]
