from __future__ import annotations

import io

import pytest
from records.rows import ISA, MUNICIPAL, load, present, raw_csv

from mediabridge.kinds import Kind
from mediabridge.records.csv import CsvReader, CsvWriter, Encoding
from mediabridge.records.load import RecordInvalidError, to_text
from mediabridge.records.tables import shipped
from mediabridge.records.text.noticing import differing

SJIS_2004 = Encoding.SHIFT_JIS_2004
CITY = Kind.MUNICIPAL_NOTICE


def _read(data: bytes, declared: Encoding) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    reader = CsvReader(io.BytesIO(data), CITY, encoding=declared, tables=shipped())
    (record,) = reader
    said = [
        (each.reason.value, str(each.facts["character"]), str(each.facts["meant"]))
        for each in reader.notices.kept
    ]
    return to_text(record), said


def _file(address: bytes) -> bytes:
    return (
        raw_csv({**MUNICIPAL, "address": "@"}, kind=CITY)
        .decode()
        .encode("cp932")
        .replace(b'"@"', b'"' + address + b'"')
    )


@pytest.mark.parametrize(
    ("address", "read_as", "character", "other"),
    [
        (b"a~b", "a‾b", "U+203E (‾)", "U+007E (~)"),
        (b"a\\b", "a¥b", "U+00A5 (¥)", "U+005C (\\)"),
        ("〜".encode(SJIS_2004), "〜", "U+301C (〜)", "U+FF5E (～)"),
        ("髙".encode("cp932"), "郄", "U+90C4 (郄)", "U+9AD9 (髙)"),
    ],
)
def test_what_cp932_reads_otherwise_is_read_as_declared_and_reported(
    address: bytes, read_as: str, character: str, other: str
) -> None:
    values, said = _read(_file(address), SJIS_2004)
    assert values["address"] == read_as
    assert said == [("CP932_DIFFERS", character, other)]
    assert _read(_file(address), Encoding.CP932)[1] == []


def test_text_that_both_read_alike_has_no_notice() -> None:
    row = present(MUNICIPAL)
    assert _read(raw_csv(row, kind=CITY).decode().encode(SJIS_2004), SJIS_2004) == (row, [])


def test_codes_that_differ() -> None:
    # Rows 01 (seven signs), 89 to 92 (kanji selected by NEC) and from 0xF0 on, and two bytes.
    leads = [one.encode(SJIS_2004)[0] for one in differing() if one not in "¥‾"]
    assert len(differing()) == len(set(differing())) == 2651
    assert sorted(set(leads)) == [0x81, 0xED, 0xEE, *range(0xF0, 0xFD)]
    assert leads.count(0x81) == 7


def test_declared_cp932_has_no_such_notice() -> None:
    reader = CsvReader(
        io.BytesIO(raw_csv({**ISA, "remarks": "~"})), Kind.ISA_NOTICE, tables=shipped()
    )
    assert len(list(reader)) == 1
    assert reader.notices.total == 0


@pytest.mark.parametrize("one", "¢£¬‖−〜")
def test_what_would_come_back_as_another_character_is_not_written(one: str) -> None:
    assert one.encode("cp932").decode("cp932") != one
    record = load(CITY, {**MUNICIPAL, "address": f"見本{one}町"})
    with pytest.raises(RecordInvalidError) as refused:
        CsvWriter(io.BytesIO(), CITY, encoding=Encoding.CP932, tables=shipped()).write(record)
    (error,) = refused.value.errors
    assert (error.reason.value, error.facts["codepoint"]) == (
        "NOT_IN_ENCODING",
        f"U+{ord(one):04X}",
    )
