from __future__ import annotations

import io
from dataclasses import replace

import pytest
from records.rows import ISA, REPORT, load
from records_xml.documents import END, START, codes, document, element, fields, read, record, xml_of

from mediabridge.config import LIMITS
from mediabridge.kinds import Kind
from mediabridge.records.csv import Encoding
from mediabridge.records.tables import shipped
from mediabridge.records.xml import NAMESPACE, XmlReader

RIGHT = load(Kind.ISA_NOTICE, ISA)
SEX = element("sex", "1")


def spoiled(old: str, new: str) -> str:
    text = record()
    assert text.count(old) == 1
    return text.replace(old, new)


def prefixed(text: str) -> str:
    return text.replace("</", "\0").replace("<", "<m:").replace("\0", "</m:")


RIGHT_FORMS = {
    "declared": b'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n' + document(record()),
    "single-quotes": b"<?xml version='1.0' encoding='UTF-8' ?>" + document(record()),
    "byte-order-mark": b"\xef\xbb\xbf" + document(record()),
    "mark-and-declaration": b'\xef\xbb\xbf<?xml version="1.0"?>' + document(record()),
    "comment-first": b"<!-- a - b > <!DOCTYPE --><!----> " + document(record()),
    "comment-in-value": document(spoiled("XAMPLE VAN AN", "XAMPLE<!-- x --> VAN AN")),
    "cdata": document(spoiled("XAMPLE VAN AN", "XAMPLE<![CDATA[ VAN ]]>AN")),
    "character-references": document(spoiled("XAMPLE VAN AN", "&#88;AMPLE VA&#x4E; AN")),
    "space-between": document(record().replace("><", ">\r\n\t <")),
    "space-in-tags": document(record().replace("</isa_notice>", "</isa_notice\n>")),
    "prefix": prefixed(f"<isa_notices>{record()}</isa_notices>")
    .replace("<m:isa_notices", f'<m:isa_notices xmlns:m="{NAMESPACE}"')
    .encode(),
    "namespace-on-record": document(spoiled("<isa_notice>", f'<isa_notice xmlns="{NAMESPACE}">')),
    "namespace-unused": document(spoiled("<isa_notice>", '<isa_notice xmlns:x="urn:x">')),
}


@pytest.mark.parametrize("data", RIGHT_FORMS.values(), ids=RIGHT_FORMS)
def test_right_forms_are_read(data: bytes) -> None:
    assert read(data) == ([RIGHT], [])


def test_space_in_a_value_is_kept() -> None:
    (kept,), errors = read(document(record({**ISA, "remarks": "\n a\t"})))
    assert errors == []
    assert kept.get("remarks") == "\n a\t"
    assert codes(document(spoiled(SEX, "<sex> 1 </sex>"))) == [(1, "sex", "NOT_IN_LIST")]


ODD_RECORDS = [
    (spoiled(SEX, SEX + SEX), [("sex", "ELEMENT_REPEATED")]),
    (spoiled(SEX, "<sex/>"), [("sex", "ELEMENT_EMPTY")]),
    (spoiled(SEX, "<sex></sex>"), [("sex", "ELEMENT_EMPTY")]),
    (spoiled(SEX, "<sex>1<b/></sex>"), [("sex", "ELEMENT_NESTED")]),
    (spoiled(SEX, "<sex><sex>1</sex></sex>"), [("sex", "ELEMENT_NESTED")]),
    (spoiled(SEX, SEX + "<shoe>44</shoe>"), [(None, "ELEMENT_UNKNOWN")]),
    (spoiled(SEX, SEX + "<個人番号>x</個人番号>"), [(None, "ELEMENT_NEVER_CARRIED")]),
    (spoiled(SEX, SEX + "<my_number>x</my_number>"), [(None, "ELEMENT_NEVER_CARRIED")]),
    (spoiled(SEX, '<sex a="1">1</sex>'), [(None, "ATTRIBUTE_NOT_ALLOWED")]),
    (spoiled("<isa_notice>", '<isa_notice xml:lang="ja">'), [(None, "ATTRIBUTE_NOT_ALLOWED")]),
    (
        spoiled(SEX, '<sex xsi:nil="true" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>'),
        [(None, "ATTRIBUTE_NOT_ALLOWED"), ("sex", "ELEMENT_EMPTY")],
    ),
    (spoiled(SEX, "x" + SEX), [(None, "TEXT_OUTSIDE_FIELD")]),
    (spoiled(SEX, "\u3000" + SEX), [(None, "TEXT_OUTSIDE_FIELD")]),
    (spoiled("<isa_notice>", "<isa_notice>x"), [(None, "TEXT_OUTSIDE_FIELD")]),
    (spoiled(SEX, '<sex xmlns="urn:x">1</sex>'), [(None, "ELEMENT_UNKNOWN"), ("sex", "REQUIRED")]),
    (spoiled(SEX, '<sex xmlns="">1</sex>'), [(None, "ELEMENT_UNKNOWN"), ("sex", "REQUIRED")]),
    (
        spoiled(SEX, SEX + '<i:include xmlns:i="http://www.w3.org/2001/XInclude"/>'),
        [(None, "ELEMENT_UNKNOWN")],
    ),
    (
        spoiled(SEX, SEX + '<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="x"/>'),
        [(None, "ATTRIBUTE_NOT_ALLOWED"), (None, "ELEMENT_UNKNOWN")],
    ),
    (f"<isa_notice>{record()}</isa_notice>", None),
    (record(REPORT, Kind.RESIDENCE_REPORT), [(None, "RECORD_OTHER_KIND")]),
    ('<i:include xmlns:i="http://www.w3.org/2001/XInclude"/>', [(None, "RECORD_OTHER_KIND")]),
    ("<isa_notices/>", [(None, "RECORD_OTHER_KIND")]),
    ("x" + record(), [(None, "TEXT_OUTSIDE_FIELD")]),
    (spoiled("N02", "N99"), [("event_code", "NOT_IN_LIST")]),
]


@pytest.mark.parametrize(("odd", "expected"), ODD_RECORDS)
def test_odd_record_among_right_ones(odd: str, expected: list[tuple[str | None, str]]) -> None:
    records, errors = read(document(record(), odd, record()))
    assert records == [RIGHT, RIGHT]
    if expected is None:
        assert {error.reason.value for error in errors} >= {"ELEMENT_UNKNOWN", "REQUIRED"}
    else:
        assert [(error.row, error.field, error.reason.value) for error in errors] == [
            (2, *each) for each in expected
        ]


def test_out_of_order_names_the_late_ones() -> None:
    early = spoiled(SEX, "").replace("<birth_date>", SEX + "<birth_date>")
    assert codes(document(early)) == [(1, "birth_date", "ELEMENT_MISPLACED")]


def test_structure_and_values_come_out_together() -> None:
    text = record({**ISA, "birth_date": "1990-13-01", "event_code": "N99"}).replace(SEX, SEX * 2)
    assert codes(document(text)) == [
        (1, "sex", "ELEMENT_REPEATED"),
        (1, "event_code", "NOT_IN_LIST"),
        (1, "birth_date", "NOT_A_PARTIAL_DATE"),
    ]


def test_text_after_the_last_record() -> None:
    assert codes(document(record(), "x")) == [(2, None, "TEXT_OUTSIDE_FIELD")]
    assert codes(document("x")) == [(1, None, "TEXT_OUTSIDE_FIELD")]
    assert codes(document(record(), "<x/>")) == [(2, None, "RECORD_OTHER_KIND")]


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
    + START
    + "&c;"
    + END
)
UNREADABLE = {
    "empty": (b"", (1, "XML_NOT_WELL_FORMED")),
    "space-only": (b" \n ", (1, "XML_NOT_WELL_FORMED")),
    "no-markup": (b"notice_id,sequence", (1, "XML_NOT_WELL_FORMED")),
    "entity-bomb": (LAUGHS.encode(), (1, "XML_DOCTYPE")),
    "external-entity": (
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + document("&e;"),
        (1, "XML_DOCTYPE"),
    ),
    "external-subset": (
        b'<?xml version="1.0"?>\n<!--c--><!DOCTYPE x SYSTEM "http://localhost/x.dtd">'
        + document(record()),
        (1, "XML_DOCTYPE"),
    ),
    "doctype-inside": (
        document(record(), "<!DOCTYPE x>", record()),
        (2, "XML_NOT_WELL_FORMED"),
    ),
    "undefined-entity": (document(record(), "&nbsp;"), (2, "XML_NOT_WELL_FORMED")),
    "instruction-first": (
        b"<?xml-stylesheet href='x'?>" + document(record()),
        (1, "XML_INSTRUCTION"),
    ),
    "instruction-then-doctype": (b"<?x?><!DOCTYPE x>" + document(), (1, "XML_INSTRUCTION")),
    "instruction-inside": (document(record(), "<?x y?>", record()), (2, "XML_INSTRUCTION")),
    "instruction-in-value": (
        document(record(), spoiled(SEX, "<sex>1<?x?></sex>")),
        (2, "XML_INSTRUCTION"),
    ),
    "instruction-last": (document(record()) + b"<?x?>", (2, "XML_INSTRUCTION")),
    "version-1.1": (b'<?xml version="1.1"?>' + document(record()), (1, "XML_NOT_UTF_8")),
    "declared-utf-16": (
        b'<?xml version="1.0" encoding="UTF-16"?>' + document(record()),
        (1, "XML_NOT_UTF_8"),
    ),
    "declared-shift-jis": (
        '<?xml version="1.0" encoding="Shift_JIS"?>'.encode("shift_jis") + document(record()),
        (1, "XML_NOT_UTF_8"),
    ),
    "declared-utf-7": (
        b'<?xml version="1.0" encoding="utf-7"?>' + document(),
        (1, "XML_NOT_UTF_8"),
    ),
    "utf-16": (document(record()).decode().encode("utf-16"), (1, "XML_NOT_UTF_8")),
    "utf-16-without-mark": (
        document(record()).decode().encode("utf-16-le"),
        (1, "XML_NOT_UTF_8"),
    ),
    "utf-32": (document(record()).decode().encode("utf-32"), (1, "XML_NOT_UTF_8")),
    "lies-about-encoding": (
        b'<?xml version="1.0" encoding="UTF-8"?>'
        + document(record(), record({**ISA, "remarks": "日本"})).decode().encode("cp932"),
        (2, "ENCODING_INVALID"),
    ),
    "cut-in-a-character": (document(record())[:-3] + "日".encode()[:2], (2, "ENCODING_INVALID")),
    "nul": (document(record(), spoiled("N02", "N\0")), (2, "NUL_CHARACTER")),
    "nul-reference": (document(record(), spoiled("N02", "N&#0;")), (2, "XML_NOT_WELL_FORMED")),
    "control-character": (document(record(), spoiled("N02", "\x08")), (2, "XML_NOT_WELL_FORMED")),
    "surrogate-reference": (
        document(record(), spoiled("N02", "&#xD800;")),
        (2, "XML_NOT_WELL_FORMED"),
    ),
    "cut-off": ((START + record()).encode(), (2, "XML_NOT_WELL_FORMED")),
    "wrong-end-tag": (document(record(), "<isa_notice></sex>"), (2, "XML_NOT_WELL_FORMED")),
    "two-roots": (document(record()) * 2, (2, "XML_NOT_WELL_FORMED")),
    "text-after-root": (document(record()) + b"x", (2, "XML_NOT_WELL_FORMED")),
    "no-namespace": (f"<isa_notices>{record()}</isa_notices>".encode(), (1, "XML_ROOT")),
    "other-namespace": (
        document(record()).replace(b"exchange:1", b"exchange:2"),
        (1, "XML_ROOT"),
    ),
    "records-only-in-namespace": (
        (
            f'<isa_notices><isa_notice xmlns="{NAMESPACE}">{fields(ISA)}</isa_notice></isa_notices>'
        ).encode(),
        (1, "XML_ROOT"),
    ),
    "other-kind": (document(kind=Kind.RESIDENCE_REPORT), (1, "XML_ROOT")),
    "record-as-root": (
        record().replace("<isa_notice>", f'<isa_notice xmlns="{NAMESPACE}">').encode(),
        (1, "XML_ROOT"),
    ),
    "attribute-on-root": (
        document(record()).replace(b"<isa_notices ", b'<isa_notices a="b" '),
        (1, "XML_ROOT"),
    ),
    "schema-location": (
        document(record()).replace(
            b"<isa_notices ",
            b'<isa_notices xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
            b' xsi:schemaLocation="urn:mediabridge:exchange:1 http://localhost/x.xsd" ',
        ),
        (1, "XML_ROOT"),
    ),
    "prefix-xmlns": (
        document(record(), spoiled("<isa_notice>", '<isa_notice xmlns:xmlns="urn:x">')),
        (3, "XML_NOT_WELL_FORMED"),
    ),
    "attribute-twice": (document(record(), "<x a='1' a='2'/>"), (2, "XML_NOT_WELL_FORMED")),
    "deep": (document(record(), "<x>" * 300 + "</x>" * 300), (2, "XML_TOO_COMPLEX")),
}


@pytest.mark.parametrize(("data", "expected"), UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable_file_has_one_reason(data: bytes, expected: tuple[int, str]) -> None:
    row, reason = expected
    records, errors = read(data)
    assert [(error.row, error.field, error.reason.value) for error in errors] == [
        (row, None, reason)
    ]
    assert records == [RIGHT] * (row - 1)


def test_undeclared_prefix_is_refused() -> None:
    assert codes(document(record(), spoiled(SEX, SEX + "<x:y/>"))) == [
        (2, None, "ELEMENT_UNKNOWN"),
        (3, None, "XML_NOT_WELL_FORMED"),
    ]


def test_errors_quote_nothing() -> None:
    name = "PERSONSNAME"
    data = document(spoiled(SEX, f"{SEX}<{name} {name}='{name}'>{name}</{name}>"))
    _, errors = read(data + f"<{name}".encode())
    assert len(errors) == 3
    assert name not in repr(errors)
    assert name not in "".join(error.sentence("") for error in errors)


def test_only_utf_8_can_be_declared() -> None:
    assert read(document(record()), encoding=Encoding.UTF_8) == ([RIGHT], [])
    assert codes(document(record()), encoding=Encoding.CP932) == [
        (1, None, "ENCODING_CONTRADICTED")
    ]


def test_offset_of_a_wrong_byte() -> None:
    start = document(*[record()] * 300)[: -len(END)]
    assert len(start) > 128 * 1024
    _, (error,) = read(start + "日".encode()[:1] + b"<")
    assert (error.row, error.facts["offset"]) == (301, len(start))


def test_line_of_a_syntax_error() -> None:
    _, (error,) = read(f"{START}\n{record()}\n<<".encode())
    assert error.facts == {"line": 3}


class Trickle(io.RawIOBase):
    """A stream that gives a few bytes at a time."""

    def __init__(self, data: bytes, most: int) -> None:
        self._stream = io.BytesIO(data)
        self._most = most

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(min(size, self._most))


@pytest.mark.parametrize("end", ["</isa_notice>", "</isa_notice >"])
@pytest.mark.parametrize("most", [1, 7, 1000])
def test_any_cut_gives_the_same(most: int, end: str) -> None:
    odd = spoiled(SEX, SEX + "<shoe/>")
    texts = [record(), odd, "<x/>", record({**ISA, "event_code": "N99"}), "y" + record()] * 30
    data = document(*texts).replace(b"</isa_notice>", end.encode())
    assert len(data) > 64 * 1024
    reader = XmlReader(Trickle(data, most), Kind.ISA_NOTICE, tables=shipped())  # type: ignore[arg-type]
    assert len(list(reader)) == 30
    assert reader.rows == 150
    assert reader.errors.total == 120
    assert reader.errors.kept == read(data)[1]


def test_errors_are_bounded_and_counted() -> None:
    limits = replace(LIMITS, record_errors_kept=5)
    reader = XmlReader(
        io.BytesIO(document(*[record({})] * 9)), Kind.ISA_NOTICE, tables=shipped(), limits=limits
    )
    assert list(reader) == []
    assert len(reader.errors.kept) == 5
    assert reader.errors.total > 50


def test_limits_of_a_file() -> None:
    data = xml_of(*[RIGHT] * 100)
    many = replace(LIMITS, record_rows=99)
    assert codes(data, limits=many) == [(100, None, "ROWS_TOO_MANY")]
    large = replace(LIMITS, record_file_bytes=len(data) - 1)
    assert [code for _, _, code in codes(data, limits=large)] == ["FILE_TOO_LARGE"]
    assert codes(data, limits=replace(LIMITS, record_rows=100)) == []


def test_value_is_for_the_screen_only() -> None:
    _, (error,) = read(document(spoiled("XAMPLE VAN AN", "secret")))
    assert error.value == "secret"
    assert "secret" not in repr(error.log_form())
    assert "secret" not in repr(error)


def test_errors_come_in_the_order_of_records_that_the_parser_hands_over_many_at_a_time() -> None:
    rows = [record({**ISA, "notice_id": f"N-{number}"}) for number in range(1, 601)]
    born_later = element("birth_date", "2101-01-01")
    for number in (5, 300, 590):
        rows[number - 1] = rows[number - 1].replace(element("birth_date", "1990-04-12"), born_later)
    rows[99] = rows[99].replace(SEX, SEX + "<shoe>44</shoe>")
    rows[579] = rows[579].replace(SEX, SEX + SEX)
    reader = XmlReader(
        io.BytesIO((START + "".join(rows)).encode()), Kind.ISA_NOTICE, tables=shipped()
    )
    places = [run.first + place for run in reader.runs() for place in range(len(run.rows))]
    wrong = {5: "BIRTH_AFTER_EVENT", 100: "ELEMENT_UNKNOWN", 300: "BIRTH_AFTER_EVENT"}
    wrong |= {580: "ELEMENT_REPEATED", 590: "BIRTH_AFTER_EVENT", 601: "XML_NOT_WELL_FORMED"}
    assert [(each.row, each.reason.value) for each in reader.errors.kept] == [*wrong.items()]
    assert places == [number for number in range(1, 601) if number not in wrong]
    assert reader.rows == 600
