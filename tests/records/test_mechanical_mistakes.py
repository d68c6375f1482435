"""What tools do to a file: each mistake has its own sentence, or costs a notice only."""

from __future__ import annotations

import codecs
import io

import pytest
from records.rows import ISA, MUNICIPAL, codes, csv_of, load, raw_csv, read

from mediabridge.kinds import Kind
from mediabridge.records.csv import CsvReader, Encoding
from mediabridge.records.fields import FIELDS
from mediabridge.records.files import kind_by_content
from mediabridge.records.tables import shipped

COLUMNS = list(FIELDS[Kind.ISA_NOTICE])
RIGHT = raw_csv(ISA, ISA)
HEADER, ROW, _ = (line + b"\r\n" for line in RIGHT.splitlines()[:1] + RIGHT.splitlines()[1:])
NOTICE = load(Kind.ISA_NOTICE, ISA)
COMMAS = b"," * (len(COLUMNS) - 1) + b"\r\n"
JAPANESE = raw_csv(
    {**MUNICIPAL, "notice_id": "1"}, kind=Kind.MUNICIPAL_NOTICE,
    header=",".join(item.japanese for item in FIELDS[Kind.MUNICIPAL_NOTICE].values()),
)  # fmt: skip


def _quoted(quote: str) -> bytes:
    return RIGHT.decode().replace('"', quote).replace(",", f"{quote},{quote}").encode()


def _header(text: str) -> bytes:
    return text.encode() + b"\r\n" + ROW


ACCEPTED = [
    ("Ctrl-Z at the end", RIGHT + b"\x1a", ["CTRL_Z_AT_END"]),
    ("a block of Ctrl-Z", RIGHT + b"\x1a" * 100, ["CTRL_Z_AT_END"]),
    ("Ctrl-Z with a line end", RIGHT + b"\x1a\r\n", ["CTRL_Z_AT_END"]),
    ("Ctrl-Z after the last field", RIGHT[:-2] + b"\x1a", ["CTRL_Z_AT_END"]),
    ("blank last line", RIGHT + b"\r\n", ["BLANK_LINES_AT_END"]),
    ("blank last lines", RIGHT + b"\r\n \r\n\xe3\x80\x80\r\n", ["BLANK_LINES_AT_END"]),
    ("both", RIGHT + b"\r\n\r\n\x1a", ["BLANK_LINES_AT_END", "CTRL_Z_AT_END"]),
    ("UTF-16", codecs.BOM_UTF16_LE + (RIGHT + b"\r\n\x1a").decode().encode("utf-16-le"),
     ["BLANK_LINES_AT_END", "CTRL_Z_AT_END"]),
]  # fmt: skip


@pytest.mark.parametrize(("_name", "data", "wanted"), ACCEPTED, ids=[case[0] for case in ACCEPTED])
def test_end_that_loses_nothing_is_accepted(_name: str, data: bytes, wanted: list[str]) -> None:
    reader = CsvReader(io.BytesIO(data), Kind.ISA_NOTICE, tables=shipped())
    assert list(reader) == [NOTICE, NOTICE]
    assert (reader.errors.total, reader.rows) == (0, 2)
    assert [each.reason.value for each in reader.notices.kept] == wanted


def test_blank_lines_are_counted() -> None:
    reader = CsvReader(io.BytesIO(RIGHT + b"\r\n\r\n\r\n"), Kind.ISA_NOTICE, tables=shipped())
    assert len(list(reader)) == 2
    (notice,) = reader.notices.kept
    assert notice.facts == {"count": 3}


def test_right_file_has_no_notice() -> None:
    reader = CsvReader(io.BytesIO(RIGHT), Kind.ISA_NOTICE, tables=shipped())
    assert len(list(reader)) == 2
    assert reader.notices.total == 0


REFUSED = [
    ("blank line within", HEADER + ROW + b"\r\n" + ROW, [(3, "ROW_BLANK")]),
    ("blank lines within", HEADER + b"\r\n\r\n" + ROW, [(2, "ROW_BLANK"), (3, "ROW_BLANK")]),
    ("Ctrl-Z within", HEADER + ROW + b"\x1a\r\n" + ROW, [(3, "CTRL_Z_WITHIN")]),
    ("two files joined at a Ctrl-Z", RIGHT + b"\x1a" + RIGHT, [(4, "HEADER_REPEATED")]),
    ("a row after a Ctrl-Z", RIGHT + b"\x1a" + ROW, [(4, "CTRL_Z_WITHIN")]),
    ("two files joined", RIGHT + RIGHT, [(4, "HEADER_REPEATED")]),
    ("two files with BOM joined", codecs.BOM_UTF8 + RIGHT + codecs.BOM_UTF8 + RIGHT,
     [(4, "HEADER_REPEATED")]),
    ("a BOM before a row", RIGHT + codecs.BOM_UTF8 + ROW, [(4, "BOM_REPEATED")]),
    ("a second BOM", codecs.BOM_UTF8 * 2 + RIGHT, [(1, "BOM_REPEATED")]),
    ("a second BOM in UTF-16", codecs.BOM_UTF16_BE * 2 + b"\0a", [(1, "BOM_REPEATED")]),
    ("a line of commas", RIGHT + COMMAS, [(4, "ROW_OF_COMMAS")]),
    ("a short line of commas", HEADER + ROW + b",,,\r\n" + ROW, [(3, "ROW_OF_COMMAS")]),
    ("a comma at each line's end", RIGHT.replace(b"\r\n", b",\r\n"),
     [(1, "COLUMN_WITHOUT_NAME")]),
    ("a comma at the end of a row", HEADER + ROW.replace(b"\r\n", b",\r\n") + ROW,
     [(2, "ROW_ENDS_WITH_COMMA")]),
    ("a title above", "法務省通知 11月20日".encode() + b"\r\n" + RIGHT, [(1, "HEADER_BELOW")]),
    ("a title with commas", b"title" + COMMAS + RIGHT, [(1, "HEADER_BELOW")]),
    ("a blank line above", b"\r\n" + RIGHT, [(1, "HEADER_BELOW")]),
    ("no header", ROW + ROW, [(1, "HEADER_MISSING")]),
    ("tabs", RIGHT.replace(b",", b"\t"), [(1, "SEPARATED_BY_TABS")]),
    ("tabs without quotes", RIGHT.replace(b",", b"\t").replace(b'"', b""),
     [(1, "SEPARATED_BY_TABS")]),
    ("tabs in a file of quotes", csv_of(NOTICE).replace(b",", b"\t"), [(1, "SEPARATED_BY_TABS")]),
    ("semicolons in a file of quotes", csv_of(NOTICE).replace(b",", b";"),
     [(1, "SEPARATED_OTHERWISE")]),
    ("semicolons", RIGHT.replace(b",", b";"), [(1, "SEPARATED_OTHERWISE")]),
    ("full-width commas", RIGHT.replace(b",", "，".encode()), [(1, "SEPARATED_OTHERWISE")]),
    ("apostrophes", _quoted("'"), [(1, "QUOTED_OTHERWISE")]),
    ("curly quotes", RIGHT.replace(HEADER, _header(",".join(f"“{one}”" for one in COLUMNS))),
     [(1, "QUOTED_OTHERWISE")]),
    ("CR only", RIGHT.replace(b"\r\n", b"\r"), [(1, "LINE_ENDS_CR")]),
    ("CR only, many rows", (HEADER + ROW * 5000).replace(b"\r\n", b"\r"), [(1, "LINE_ENDS_CR")]),
    ("CP932 undeclared, labels", JAPANESE.decode().encode("cp932"), [(1, "ENCODING_UNDECLARED")]),
    ("CP932 undeclared, in a row", HEADER + ROW + ROW.replace(b"XAMPLE", "見本".encode("cp932")),
     [(3, "ENCODING_UNDECLARED")]),
    ("EUC-JP", HEADER + ROW.replace(b"XAMPLE", "見本町一丁目".encode("euc_jp")),
     [(2, "ENCODING_INVALID")]),
    ("spaces after the commas", _header(", ".join(COLUMNS)), None),
    ("capitals", _header(",".join(COLUMNS).upper()), None),
    ("a workbook", b"PK\x03\x04" + b"\0" * 100, [(1, "FILE_NOT_TEXT")]),
    ("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", [(1, "FILE_NOT_TEXT")]),
    ("February 29 of a common year", raw_csv({**ISA, "event_date": "2026-02-29"}),
     [(2, "NO_SUCH_DAY")]),
    ("February 29 of a birth", raw_csv({**ISA, "birth_date": "1990-02-29"}), [(2, "NO_SUCH_DAY")]),
    ("April 31 of a time", raw_csv({**ISA, "issued_at": "2026-04-31T00:00:00+09:00"}),
     [(2, "NO_SUCH_DAY")]),
]  # fmt: skip


@pytest.mark.parametrize(("_name", "data", "wanted"), REFUSED, ids=[case[0] for case in REFUSED])
def test_mistake_is_named(_name: str, data: bytes, wanted: list[tuple[int, str]] | None) -> None:
    found = [(row, code) for row, _field, code in codes(data)]
    if wanted is None:
        assert {code for _, code in found[: len(COLUMNS) - 1]} == {"COLUMN_ALMOST"}
    else:
        assert found == wanted


def test_days_of_the_month_are_said() -> None:
    _, (error,) = read(raw_csv({**ISA, "event_date": "2026-02-29"}))
    assert error.facts["days"] == 28
    assert "28" in error.sentence("date")


def test_true_header_row_is_said() -> None:
    _, (error,) = read(b"title\r\n\r\n" + RIGHT)
    assert error.facts == {"found": 3}


def test_undeclared_file_is_right_when_declared() -> None:
    data = JAPANESE.decode().encode("cp932")
    reader = CsvReader(
        io.BytesIO(data), Kind.MUNICIPAL_NOTICE, encoding=Encoding.CP932, tables=shipped()
    )
    assert len(list(reader)) == 1
    assert reader.errors.total == 0


@pytest.mark.parametrize("separator", ["\t", ";"])
@pytest.mark.parametrize("kind", [Kind.MUNICIPAL_NOTICE, Kind.RESIDENCE_REPORT])
def test_spoilt_header_still_tells_its_kind(separator: str, kind: Kind) -> None:
    data = separator.join(FIELDS[kind]).encode() + b"\r\n"
    assert kind_by_content(io.BytesIO(data)) is kind
    assert kind_by_content(io.BytesIO(b"title\r\n" + data)) is kind
