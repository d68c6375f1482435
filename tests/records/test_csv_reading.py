from __future__ import annotations

import codecs
import io
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace

import pytest
from records.rows import ISA, ISA_BIRTH, REPORT, codes, load, raw_csv, read

from mediabridge.config import KIB, LIMITS, MIB
from mediabridge.kinds import Kind
from mediabridge.records.csv import CsvReader, Encoding
from mediabridge.records.fields import FIELDS
from mediabridge.records.tables import shipped

COLUMNS = list(FIELDS[Kind.ISA_NOTICE])
HEADER = ",".join(COLUMNS).encode() + b"\r\n"
NOTICE = load(Kind.ISA_NOTICE, ISA)


def test_all_errors_of_a_file_are_found() -> None:
    data = raw_csv(ISA, {**ISA, "sex": "x"}, ISA, {**ISA, "sequence": "-", "birth_date": ""}, ISA)
    records, errors = read(data)
    assert records == [NOTICE] * 3
    assert [(each.row, each.field, each.reason.value) for each in errors] == [
        (3, "sex", "NOT_IN_LIST"),
        (5, "sequence", "NOT_A_NUMBER"),
        (5, "birth_date", "REQUIRED"),
    ]


def test_errors_are_bounded_and_counted() -> None:
    reader = CsvReader(
        io.BytesIO(raw_csv(*[{**ISA, "sex": "x"}] * 1200)), Kind.ISA_NOTICE, tables=shipped()
    )
    assert list(reader) == []
    assert reader.errors.total == reader.rows == 1200
    assert len(reader.errors.kept) == LIMITS.record_errors_kept


def test_value_is_for_the_screen_only() -> None:
    _, (error,) = read(raw_csv({**ISA, "sex": "男"}))
    assert error.value == "男"
    assert error.log_form() == {"row": 2, "field": "sex", "code": "NOT_IN_LIST"}


@pytest.mark.parametrize(
    "header",
    [",".join(item.japanese for item in FIELDS[Kind.ISA_NOTICE].values()), ",".join(COLUMNS)],
)
def test_header_by_identifier_or_label(header: str) -> None:
    assert read(raw_csv(ISA, header=header)) == ([NOTICE], [])


def test_column_order_is_free() -> None:
    names = [name for name in reversed(COLUMNS) if name in ISA]
    rows = ",".join(names) + "\r\n" + ",".join(f'"{ISA[name]}"' for name in names) + "\r\n"
    assert read(rows.encode()) == ([NOTICE], [])


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends_and_last_line(end: str, last: bool) -> None:
    data = raw_csv(ISA, ISA, end=end)
    assert read(data if last else data.removesuffix(end.encode())) == ([NOTICE, NOTICE], [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_undeclared_encodings(encoding: str) -> None:
    data = raw_csv({**ISA, "name_kanji": "例𠮟"}).decode().encode(encoding)
    records, errors = read(data)
    assert errors == []
    assert records[0].get("name_kanji") == "例𠮟"


def test_utf_16_big_endian() -> None:
    data = codecs.BOM_UTF16_BE + raw_csv(ISA).decode().encode("utf-16-be")
    assert read(data) == ([NOTICE], [])


def test_header_only_is_an_empty_file_of_records() -> None:
    assert read(HEADER) == ([], [])


HEADER_FAULTS = [
    (
        HEADER.replace(b"sex", b"gender"),
        [(1, None, "COLUMN_UNKNOWN"), (1, "sex", "COLUMN_MISSING")],
    ),
    (HEADER.replace(b"remarks", b"sex"), [(1, "sex", "COLUMN_DUPLICATE")]),
    (HEADER.replace(b"remarks", "性別".encode()), [(1, "sex", "COLUMN_DUPLICATE")]),
    (HEADER.replace(b"remarks", b"Remarks"), [(1, "remarks", "COLUMN_ALMOST")]),
    (b"", [(1, None, "FILE_EMPTY")]),
    (codecs.BOM_UTF8, [(1, None, "FILE_EMPTY")]),
    (b"\r\n" + HEADER, [(1, None, "HEADER_BELOW")]),
    (b"\r\n\r\n", [(1, None, "FILE_EMPTY")]),
]


@pytest.mark.parametrize(("data", "expected"), HEADER_FAULTS)
def test_header_faults(data: bytes, expected: list[tuple[int, str | None, str]]) -> None:
    assert codes(data) == expected


def test_missing_optional_column_is_fine() -> None:
    header = [name for name in COLUMNS if name != "remarks"]
    row = [ISA.get(name, "") for name in header]
    assert read((",".join(header) + "\r\n" + ",".join(row)).encode()) == ([NOTICE], [])


ROW = raw_csv(ISA)[len(HEADER) :]
HOSTILE = [
    ("row too wide", HEADER + ROW + ROW.replace(b"\r\n", b',"x"\r\n') + ROW, (3, "ROW_TOO_WIDE")),
    ("row too narrow", HEADER + b'"a","b"\r\n' + ROW, (2, "ROW_TOO_NARROW")),
    ("blank row", HEADER + b"\r\n" + ROW, (2, "ROW_BLANK")),
    ("NUL", HEADER + ROW + ROW.replace(b"XAMPLE", b"X\0MPLE"), (3, "NUL_CHARACTER")),
    ("not UTF-8", HEADER + ROW + ROW.replace(b"XAMPLE", b"X\xffMPLE"), (3, "ENCODING_INVALID")),
    ("cut UTF-8", HEADER + ROW + "例".encode()[:2], (3, "ENCODING_INVALID")),
    ("surrogate", HEADER + b"\xed\xa0\x80", (2, "ENCODING_INVALID")),
    ("cp932 undeclared", HEADER + "例".encode("cp932"), (2, "ENCODING_UNDECLARED")),
    ("CRLF then LF", HEADER + ROW + ROW.replace(b"\r\n", b"\n") + ROW, (3, "LINE_ENDS_MIXED")),
    ("LF then CRLF", HEADER.replace(b"\r\n", b"\n") + ROW, (2, "LINE_ENDS_MIXED")),
    ("lone CR", HEADER + ROW.replace(b"\r\n", b"\r") + ROW, (2, "LINE_ENDS_MIXED")),
    ("CR only", (HEADER + ROW).replace(b"\r\n", b"\r"), (1, "LINE_ENDS_CR")),
    ("unterminated", HEADER + ROW + b'"abc\r\n', (3, "QUOTES_UNPAIRED")),
    ("text after quote", HEADER + b'"a"b' + ROW[3:], (2, "QUOTES_UNPAIRED")),
    ("UTF-16 without BOM", (HEADER + ROW).decode().encode("utf-16-le"), (1, "UTF16_WITHOUT_BOM")),
    ("odd UTF-16", codecs.BOM_UTF16_LE + HEADER.decode().encode("utf-16-le") + b"x",
     (2, "ENCODING_INVALID")),
    ("UTF-32", (HEADER + ROW).decode().encode("utf-32"), (1, "NUL_CHARACTER")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "expected"), [case[1:] for case in HOSTILE], ids=[c[0] for c in HOSTILE]
)
def test_hostile_file_has_one_reason(data: bytes, expected: tuple[int, str]) -> None:
    records, errors = read(data)
    assert [(each.row, each.reason.value) for each in errors] == [expected]
    assert records in ([], [NOTICE], [NOTICE, NOTICE])


@pytest.mark.parametrize(
    ("declared", "data", "reason"),
    [
        (Encoding.CP932, codecs.BOM_UTF8 + HEADER, "ENCODING_CONTRADICTED"),
        (Encoding.CP932, HEADER + ROW.replace(b"XAMPLE", "例".encode()), "ENCODING_CONTRADICTED"),
        (Encoding.UTF_8, codecs.BOM_UTF16_LE + HEADER, "ENCODING_CONTRADICTED"),
        (Encoding.UTF_16, HEADER, "UTF16_WITHOUT_BOM"),
        (Encoding.SHIFT_JIS_2004, HEADER + b"\xff\xff", "ENCODING_INVALID"),
    ],
)
def test_wrong_declared_encoding(declared: Encoding, data: bytes, reason: str) -> None:
    assert [code for _, _, code in codes(data, encoding=declared)] == [reason]


def test_line_ends_in_fields_are_data() -> None:
    remarks = "一\r\n二\n三\r四"
    data = raw_csv(*[{**ISA, "remarks": remarks}] * 3, end="\n")
    records, errors = read(data)
    assert errors == []
    assert {record.get("remarks") for record in records} == {remarks}


def test_line_ends_in_fields_across_blocks() -> None:
    rows = [{**ISA, "remarks": "\n\r\n" * (number % 40 + 1)} for number in range(3000)]
    records, errors = read(raw_csv(*rows))
    assert errors == []
    assert [record.get("remarks") for record in records] == [row["remarks"] for row in rows]


def test_mixed_ends_found_in_later_block() -> None:
    data = raw_csv(*[{**ISA, "remarks": "a\nb"}] * 2000)
    records, errors = read(data + ROW.replace(b"\r\n", b"\n"))
    assert len(records) == 2000
    assert [(each.row, each.reason.value) for each in errors] == [(2002, "LINE_ENDS_MIXED")]


def test_too_many_rows() -> None:
    limits = replace(LIMITS, record_rows=3)
    assert read(raw_csv(*[ISA] * 3), limits=limits) == ([NOTICE] * 3, [])
    assert codes(raw_csv(*[ISA] * 4), limits=limits) == [(5, None, "ROWS_TOO_MANY")]


def test_too_large_file() -> None:
    data = raw_csv(*[ISA] * 1000)
    limits = replace(LIMITS, record_file_bytes=len(data) - 1)
    assert [code for _, _, code in codes(data, limits=limits)] == ["FILE_TOO_LARGE"]


class Endless(io.RawIOBase):
    """A stream that repeats one piece for ever and says how much was taken."""

    def __init__(self, start: bytes, piece: bytes) -> None:
        self._pieces = self._forever(start, piece)
        self.taken = 0

    def _forever(self, start: bytes, piece: bytes) -> Iterator[bytes]:
        yield start
        while True:
            yield piece

    def read(self, size: int = -1) -> bytes:
        data = next(self._pieces)[:size]
        self.taken += len(data)
        return data


ENDLESS = [
    (HEADER + b'"', b"x" * 64 * KIB, "FIELD_TOO_LONG"),
    (HEADER, b"x" * 64 * KIB, "FIELD_TOO_LONG"),
    (HEADER + b'"', b"xxxxxxx\n" * 8192, "FIELD_TOO_LONG"),
    (HEADER, b"," * 64 * KIB, "ROW_TOO_LONG"),
    (HEADER, b'"",' * 20000, "ROW_TOO_LONG"),
    (HEADER, b'"\r\n",' * 10000, "ROW_TOO_LONG"),
    (b"x,", b"x," * 32768, "ROW_TOO_LONG"),
]


@pytest.mark.parametrize(("start", "piece", "reason"), ENDLESS)
def test_endless_input_ends_early(start: bytes, piece: bytes, reason: str) -> None:
    stream = Endless(start, piece)
    tracemalloc.start()
    reader = CsvReader(stream, Kind.ISA_NOTICE, tables=shipped())  # type: ignore[arg-type]
    assert list(reader) == []
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [error.reason.value for error in reader.errors.kept] == [reason]
    assert stream.taken < 2 * MIB
    assert peak < 32 * MIB


def _peak(rows: int) -> int:
    row = ROW
    stream = io.BytesIO(HEADER + row * rows)
    tracemalloc.start()
    count = sum(1 for _ in CsvReader(stream, Kind.ISA_NOTICE, tables=shipped()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == rows
    return peak


def test_memory_does_not_grow() -> None:
    _peak(100)
    # Two batches are there at once, whatever comes after them.
    assert _peak(6_000) < _peak(3_000) + 256 * KIB


def test_other_kinds_read() -> None:
    data = raw_csv(REPORT, kind=Kind.RESIDENCE_REPORT)
    assert read(data, Kind.RESIDENCE_REPORT) == ([load(Kind.RESIDENCE_REPORT, REPORT)], [])


def test_categories_share_a_file() -> None:
    records, errors = read(raw_csv(ISA, ISA_BIRTH))
    assert errors == []
    assert [record.get("art30_45_category") for record in records] == ["1", "5"]
