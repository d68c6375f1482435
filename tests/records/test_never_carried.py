from __future__ import annotations

import re
import sys
import unicodedata
from pathlib import Path
from typing import get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from records.rows import ISA, MUNICIPAL, REPORT, RIGHT, load, raw_csv, read, refusals

from mediabridge.kinds import Kind
from mediabridge.records import never_carried
from mediabridge.records.fields import FIELDS, Field
from mediabridge.records.load import RecordInvalidError
from mediabridge.records.model import BASES, classes_of
from mediabridge.records.reasons import Reason

pytestmark = pytest.mark.in_turns

# Made up; the last digit is the check digit of the other eleven.
NUMBER = "123456789018"
WRONG = "123456789012"


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        f"番号{NUMBER}です",
        "1234-5678-9018",
        "1234 5678 9018",
        "１２３４５６７８９０１８",
        "１２３４　５６７８　９０１８",
        f"x{NUMBER}",
        "1234.5678.9018",
        "1234/5678/9018",
        "1234・5678・9018",
        "１２３４／５６７８／９０１８",
        "1234 - 5678 - 9018",
        "1234-5678\n9018",
        "1234-5678-\r\n9018",
        "一二三四五六七八九〇一八",
        "一二三四五六七八九○一八",
        "一二三四-五六七八-九◯一八",
        "壱弐参四五六七八九零壱八",
        "一二三四　五六七八　九〇一八",
        "①②③④⑤⑥⑦⑧⑨⓪①⑧",
        "①②③④-⑤⑥⑦⑧-⑨⓪①⑧",
        "❶❷❸❹❺❻❼❽❾⓿❶❽",
        "⑴⑵⑶⑷⑸⑹⑺⑻⑼⓪⑴⑻",
        "¹²³⁴⁵⁶⁷⁸⁹⁰¹⁸",
        "1二３④5六７⑧9〇１⑧",
        "第二 1234-5678-9018",
        "二1234-5678-9018",
        "1一二三四五六七八九〇一八",
        "2①②③④⑤⑥⑦⑧⑨⓪①⑧",
        "5-1234-5678-9018",
    ],
)
def test_individual_number_in_text(text: str) -> None:
    assert refusals(Kind.ISA_NOTICE, {**ISA, "remarks": text}) == [("remarks", "MY_NUMBER")]
    assert refusals(Kind.MUNICIPAL_NOTICE, {**MUNICIPAL, "address": text}) == [
        ("address", "MY_NUMBER")
    ]


def test_every_sign_that_is_a_digit_is_known() -> None:
    """Asked of Unicode by name; raised and lowered digits of other scripts have none of these."""
    kinds = re.compile("CIRCLED|PARENTHESIZED|SUPERSCRIPT|SUBSCRIPT|FULL STOP|COMMA")
    signs = {
        sign
        for sign in map(chr, range(sys.maxunicode + 1))
        if unicodedata.digit(sign, None) is not None and kinds.search(unicodedata.name(sign, ""))
    }
    assert set(never_carried._SIGNS) == signs
    assert len(never_carried._SIGNS) == len(signs)


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", " \n", "\n "])
@pytest.mark.parametrize("at", range(1, 12))
def test_individual_number_broken_over_two_lines(at: int, line_break: str) -> None:
    text = f"番号 {NUMBER[:at]}{line_break}{NUMBER[at:]}"
    assert refusals(Kind.ISA_NOTICE, {**ISA, "remarks": text}) == [("remarks", "MY_NUMBER")]


@pytest.mark.parametrize("name", ["name_kanji", "name_kanji_original"])
def test_individual_number_as_a_name_in_kanji(name: str) -> None:
    row = {**ISA, "name_kanji": "例", name: "一二三四五六七八九〇一八"}
    assert (name, "MY_NUMBER") in refusals(Kind.ISA_NOTICE, row)


@pytest.mark.parametrize(
    "text",
    [
        "123-456-789-018",
        "1-2-3-4-5-6-7-8-9-0-1-8",
        "千二百三十四五千六百七十八九千十八",
        "1234番5678号9018",
    ],
    ids=["threes", "single digits", "tens and hundreds", "words between"],
)
def test_what_the_page_says_is_not_looked_for_is_carried(text: str) -> None:
    assert refusals(Kind.ISA_NOTICE, {**ISA, "remarks": text}) == []


@pytest.mark.parametrize(
    "text",
    [
        "新宿区見本町一丁目1番1号",
        "2026.11.18 03-1234-5678",
        "一二三四五六七八九〇一二",
        "①通知 ②届出 ③訂正",
    ],
)
def test_text_with_other_digits_is_carried(text: str) -> None:
    assert refusals(Kind.ISA_NOTICE, {**ISA, "remarks": text}) == []


@pytest.mark.parametrize("field", ["notice_id", "sequence"])
def test_individual_number_as_identifier(field: str) -> None:
    assert refusals(Kind.ISA_NOTICE, {**ISA, field: NUMBER}) == [(field, "MY_NUMBER")]


def test_individual_number_between_separators() -> None:
    assert refusals(Kind.RESIDENCE_REPORT, {**REPORT, "report_id": f"r-{NUMBER}"}) == [
        ("report_id", "MY_NUMBER")
    ]


@pytest.mark.parametrize("field", list(ISA))
def test_individual_number_in_any_field(field: str) -> None:
    assert (field, "MY_NUMBER") in refusals(Kind.ISA_NOTICE, {**ISA, field: NUMBER})


@pytest.mark.parametrize("text", [WRONG, f"{NUMBER}1", f"1{NUMBER}", "12345678", "1234567-89018"])
def test_other_numbers_are_carried(text: str) -> None:
    assert refusals(Kind.ISA_NOTICE, {**ISA, "remarks": text}) == []


def test_digits_inside_identifier_are_carried() -> None:
    assert refusals(Kind.ISA_NOTICE, {**ISA, "notice_id": f"AB{NUMBER}CD"}) == []


def test_digits_inside_running_number_are_only_malformed() -> None:
    assert refusals(Kind.ISA_NOTICE, {**ISA, "sequence": f"AB{NUMBER}CD"}) == [
        ("sequence", "NOT_A_NUMBER")
    ]


def test_number_is_never_shown() -> None:
    with pytest.raises(RecordInvalidError) as refused:
        load(Kind.ISA_NOTICE, {**ISA, "remarks": NUMBER, "sex": "x"})
    for error in refused.value.errors:
        assert NUMBER not in f"{error!r}{error.value}{error.log_form()}{error.facts}"


@pytest.mark.parametrize(
    "name",
    [
        "個人番号",
        "個人 番号",
        "マイナンバー",
        "ﾏｲﾅﾝﾊﾞｰ",
        "my_number",
        "MyNumber",
        "individual-number",
        "KOJIN_BANGO",
        "住民票コード",
        "resident_record_code",
        "Juminhyo-Code",
    ],
)
def test_forbidden_column_refuses_file(name: str) -> None:
    header = ",".join([*FIELDS[Kind.ISA_NOTICE], name])
    records, errors = read(raw_csv(ISA, header=header))
    assert records == []
    assert [(each.row, each.reason.value) for each in errors] == [(1, "COLUMN_NEVER_CARRIED")]
    assert errors[0].facts["column"] == len(FIELDS[Kind.ISA_NOTICE]) + 1


def test_errors_follow_the_layout() -> None:
    row = {"remarks": NUMBER, "unknown": NUMBER, **ISA, "sequence": NUMBER}
    found = [field for field, code in refusals(Kind.ISA_NOTICE, row) if code == "MY_NUMBER"]
    assert found == ["sequence", "remarks", "unknown"]


def test_group_before_the_number_does_not_hide_it() -> None:
    text = "0312 1234-5678-9018"
    assert refusals(Kind.ISA_NOTICE, {**ISA, "remarks": text}) == [("remarks", "MY_NUMBER")]


FIELDS_OF_ALL = [(kind, item) for kind in Kind for item in FIELDS[kind].values()]
UNSCANNED = [(kind, item) for kind, item in FIELDS_OF_ALL if item.unscanned]
WRITTEN = [NUMBER, "1234-5678-9018", "1234 5678 9018", "１２３４５６７８９０１８"]


def _row_with(kind: Kind, name: str) -> dict[str, str]:
    """Return a right row of a category that has the field."""
    for each, row in RIGHT:
        changed = {**row, name: FIELDS[kind][name].example}
        if each is kind and (name, "NOT_OF_CATEGORY") not in refusals(kind, changed):
            return row
    raise LookupError(name)


@pytest.mark.parametrize(("kind", "item"), FIELDS_OF_ALL)
def test_no_field_takes_an_individual_number(kind: Kind, item: Field) -> None:
    row = _row_with(kind, item.identifier)
    # Identifiers are full of digits; in them only twelve that stand together are a find.
    numbers = item.form in {Reason.NOT_AN_IDENTIFIER, Reason.NOT_A_NUMBER}
    for written in WRITTEN[:1] if numbers else WRITTEN:
        changed = {**row, item.identifier: written}
        assert item.identifier in {field for field, _code in refusals(kind, changed)}


@pytest.mark.parametrize(("kind", "item"), UNSCANNED)
@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_reason_for_not_scanning_is_true(kind: Kind, item: Field, data: st.DataObject) -> None:
    """Whatever stands around an individual number, the form of the field refuses it."""
    around = st.text(alphabet="AZaz09-: +.ア例T", max_size=8)
    text = data.draw(around) + data.draw(st.sampled_from(WRITTEN)) + data.draw(around)
    for cls in {BASES[kind], *classes_of(kind).values()}:
        if item.identifier in cls.model_fields:
            adapter = TypeAdapter(get_type_hints(cls, include_extras=True)[item.identifier])
            with pytest.raises(ValidationError):
                adapter.validate_python(text)


def test_what_is_not_scanned_stands_on_the_page() -> None:
    page = (Path(__file__).parents[2] / "docs" / "format" / "records.md").read_text("utf-8")
    for _kind, item in UNSCANNED:
        (line,) = [each for each in page.splitlines() if each.startswith(f"| {item.unscanned} |")]
        assert f"`{item.identifier}`" in line
