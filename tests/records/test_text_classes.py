"""Claim C53: each class of characters is refused, or accepted unchanged and reported."""

from __future__ import annotations

import io
import unicodedata
from itertools import pairwise

import pytest
from pydantic import TypeAdapter
from records.rows import ENTRY, ISA, MUNICIPAL, load, present, raw_csv

from mediabridge.kinds import Kind
from mediabridge.records.csv import CsvReader
from mediabridge.records.load import Loader, RecordInvalidError, to_text
from mediabridge.records.notices import Notice, RecordNotice
from mediabridge.records.reasons import Reason, RecordError
from mediabridge.records.tables import shipped
from mediabridge.records.text.classes import (
    SELECTORS,
    TextClass,
    class_of,
    is_selector,
    refusal_of,
)
from mediabridge.records.text.meant import in_japanese, in_roman_name, radicals, written
from mediabridge.records.text.noticing import Noticing
from mediabridge.records.types import Address

pytestmark = pytest.mark.in_turns

CITY = Kind.MUNICIPAL_NOTICE
REFUSED = [each for each in TextClass if each.refused]
NOTICED = [each for each in TextClass if not each.refused]


def _edges(each: TextClass) -> list[str]:
    return [chr(end) for span in each.spans for end in span]


def _error(kind: Kind, row: dict[str, str]) -> RecordError:
    with pytest.raises(RecordInvalidError) as refused:
        Loader(kind, shipped()).load(present(row))
    (error,) = refused.value.errors
    return error


def _notices(row: dict[str, str], kind: Kind = CITY) -> list[RecordNotice]:
    reader = CsvReader(io.BytesIO(raw_csv(row, kind=kind)), kind, tables=shipped())
    (record,) = reader
    assert reader.errors.total == 0
    assert to_text(record) == present(row), "what is reported is not changed"
    return reader.notices.kept


@pytest.mark.parametrize("each", REFUSED)
@pytest.mark.parametrize("name", ["address", "remarks"])
def test_refused_class_is_refused_at_both_ends_of_its_ranges(each: TextClass, name: str) -> None:
    for one in _edges(each):
        if name == "remarks" and one in "\t\r\n":
            continue
        error = _error(CITY, {**MUNICIPAL, name: f"見本{one}町"})
        assert (error.field, error.reason) == (name, each.verdict)
        assert error.facts["position"] == 3
        assert error.facts["character"] == written(one)


@pytest.mark.parametrize("each", NOTICED)
def test_noticed_class_is_accepted_unchanged_and_reported(each: TextClass) -> None:
    for one in _edges(each):
        if refusal_of(one) is not None or unicodedata.category(one) == "Cn":
            continue  # a gap in the block
        notices = _notices({**MUNICIPAL, "address": f"見本か{one}町"})
        assert [(one.row, one.field) for one in notices] == [(2, "address")]
        assert notices[0].facts["position"] == 4


@pytest.mark.parametrize("each", NOTICED)
@pytest.mark.parametrize("field", ["name_roman", "name_kanji"])
def test_names_refuse_what_free_text_only_reports(each: TextClass, field: str) -> None:
    one = chr(each.spans[0][0])
    base = {"name_roman": "XA", "name_kanji": "例か"}[field]
    error = _error(Kind.ISA_NOTICE, {**ISA, field: base + one})
    assert (error.field, error.facts["position"]) == (field, 3)
    assert str(error.facts["character"]).startswith(f"U+{ord(one):04X}")


def test_unassigned_code_point_is_refused() -> None:
    assert refusal_of("\u0378") is Reason.NO_SUCH_CHARACTER
    # Assigned in Unicode 16.0 and in 17.0: the pages name 16.0.
    assert (refusal_of("\u1c89"), refusal_of("\u20c1")) == (None, Reason.NO_SUCH_CHARACTER)


def test_model_and_table_agree_on_every_code_point() -> None:
    accepts = TypeAdapter(Address).validator.isinstance_python
    for code in (code for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF):
        fine = refusal_of(chr(code)) is None and not is_selector(chr(code))
        assert accepts(chr(code)) is fine, hex(code)


def test_classes_do_not_overlap() -> None:
    spans = sorted(span for each in TextClass for span in each.spans)
    assert all(last < first for (_, last), (first, _) in pairwise(spans))


def test_no_character_that_nobody_sees_is_left_out() -> None:
    for code in range(0x110000):
        if unicodedata.category(chr(code)) not in {"Cf", "Cc", "Co", "Zl", "Zp", "Zs"}:
            continue
        # Arabic, Kaithi and Egyptian signs of this category are visible ones.
        visible = unicodedata.name(chr(code), "").startswith(
            ("ARABIC", "SYRIAC", "KAITHI", "EGYPT")
        )
        ordinary = visible or code in {0x20, 0x3000}
        assert ordinary or class_of(chr(code)) is not None, hex(code)


@pytest.mark.parametrize("address", ["\U000e0100町", "町\U000e0100\U000e0101", "町\ufe00\ufe00"])
def test_selector_without_a_character_is_refused(address: str) -> None:
    assert _error(CITY, {**MUNICIPAL, "address": address}).reason is Reason.STRAY_SELECTOR


def test_selector_of_a_character_is_data() -> None:
    assert {class_of(chr(first)) for first, _ in SELECTORS} == {None}
    assert _notices({**MUNICIPAL, "address": "葛\U000e0100飾区"}) == []


@pytest.mark.parametrize(
    ("address", "code", "meant"),
    [
        ("⻑野県", "LOOKS_LIKE_KANJI", "U+9577 (長)"),
        ("⼀丁目", "LOOKS_LIKE_KANJI", "U+4E00 (一)"),
        ("⿰町", "NOT_A_KANJI", ""),
        ("ﾊｲﾂ見本", "HALF_WIDTH", "U+30CF (ハ)"),
        ("ﾞ", "HALF_WIDTH", "U+309B (゛)"),
        ("ﾡ", "HALF_WIDTH", "U+3131 (ㄱ)"),
        ("か\u3099", "COMBINING_MARK", "U+304C (が)"),
        ("見本\u00a0町", "UNUSUAL_SPACE", "U+3000 (IDEOGRAPHIC SPACE)"),
    ],
)
def test_notice_says_which_was_meant(address: str, code: str, meant: str) -> None:
    (notice,) = _notices({**MUNICIPAL, "address": address})
    assert (notice.reason.value, notice.facts["meant"]) == (code, meant)


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({"name_kanji": "例张伟"}, [(2, "U+5F20 (张)")]),
        ({"name_kanji": "张\U000e0100"}, [(1, "U+5F20 (张)")]),
        ({"name_kanji": "例\U0002f800"}, [(2, "U+2F800 (\U0002f800)")]),
        ({"name_kanji": "例刘云ー々\U000e0100　ホ"}, []),
        ({"name_kanji": "例張", "name_kanji_original": "例张"}, []),
        # What writes no name is not held for one.
        ({"name_kanji": "例张", "event_code": "N18", "operation_hint": "note"}, []),
    ],
)
def test_kanji_that_is_no_seiji_is_noticed_once_a_record(
    changed: dict[str, str], wanted: list[tuple[int, str]]
) -> None:
    seen = Noticing(Kind.ISA_NOTICE, shipped().names.seiji).of({**ISA, **changed}, 2)
    assert [(each.facts["position"], each.facts["character"]) for each in seen] == wanted
    assert {each.reason for each in seen} <= {Notice.KANJI_NOT_SEIJI}
    assert not Noticing(CITY, shipped().names.seiji).of({**MUNICIPAL, "name_kanji": "例张"}, 2)


def test_entry_of_an_extract_is_noticed_like_a_notice() -> None:
    (seen,) = Noticing(Kind.ISA_POPULATION, shipped().names.seiji).of(
        {**ENTRY, "name_kanji": "例张伟"}, 2
    )
    assert (seen.reason, seen.facts["position"]) == (Notice.KANJI_NOT_SEIJI, 2)


@pytest.mark.parametrize("address", [" 見本町", "　見本町", "見本町 ", "見本町　", "　"])
def test_space_at_an_edge_is_reported(address: str) -> None:
    (notice,) = _notices({**MUNICIPAL, "address": address})
    assert notice.reason.value == "SPACE_AT_EDGE"


@pytest.mark.parametrize("address", ["新宿区 見本町　１－２", "㈱見本", "神奈川県", "１２Ｆ"])
def test_usual_addresses_have_no_notice(address: str) -> None:
    assert _notices({**MUNICIPAL, "address": address}) == []


@pytest.mark.parametrize(
    ("field", "name", "place", "character", "meant"),
    [
        ("name_kanji", "例⻑", 2, "U+2ED1 (⻑)", "U+9577 (長)"),
        ("name_kanji", "⽥", 1, "U+2F65 (⽥)", "U+7530 (田)"),
        ("name_kanji", "例ﾊﾅ", 2, "U+FF8A (ﾊ)", "U+30CF (ハ)"),
        ("name_kanji", "か\u3099", 2, "U+3099 (\u3099)", "U+304C (が)"),
        ("name_kanji", "例○", 2, "U+25CB (○)", "U+3007 (〇)"),
        ("name_kanji", "例 例", 2, "U+0020", "U+3000 (IDEOGRAPHIC SPACE)"),
        ("name_roman", "XAMPLE an", 8, "U+0061 (a)", "U+0041 (A)"),
        ("name_roman", "ＸA", 1, "U+FF38 (Ｘ)", "U+0058 (X)"),
        ("name_roman", "О'X", 1, "U+041E (О)", "U+004F (O)"),
        ("name_roman", "O’X", 2, "U+2019 (’)", "U+0027 (')"),
        ("name_roman", "A–B", 2, "U+2013 (–)", "U+002D (-)"),
        ("name_roman", "A\u00a0B", 2, "U+00A0 (NO-BREAK SPACE)", "U+0020"),
    ],
)
def test_refused_name_says_which_character_where_and_which_was_meant(
    field: str, name: str, place: int, character: str, meant: str
) -> None:
    error = _error(Kind.ISA_NOTICE, {**ISA, field: name})
    assert error.reason is Reason.MEANT_OTHERWISE
    assert (error.facts["position"], error.facts["character"]) == (place, character)
    assert error.facts["meant"] == meant
    assert character in error.sentence("name")
    assert error.log_form().keys() == {"row", "field", "code"}


@pytest.mark.parametrize(
    ("field", "name", "reason"),
    [
        ("name_roman", "XÉ", Reason.NOT_ROMAN_LETTERS),
        ("name_kanji", "例x", Reason.NOT_KANJI),
        ("name_kanji", "例\u200d", Reason.INVISIBLE_CHARACTER),
        ("name_roman", "X\u202e", Reason.DIRECTION_MARK),
    ],
)
def test_refused_name_says_where_when_none_was_meant(field: str, name: str, reason: Reason) -> None:
    error = _error(Kind.ISA_NOTICE, {**ISA, field: name})
    assert (error.reason, error.facts["position"]) == (reason, 2)


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("name_roman", "-"),
        ("name_roman", "' '"),
        ("name_kanji", "・"),
        ("name_kanji", "々"),
        ("name_kanji", "ー・ー"),
        ("name_kanji_original", "・"),
        ("name_kanji_original", "123"),
    ],
)
def test_name_needs_a_letter(field: str, name: str) -> None:
    error = _error(Kind.ISA_NOTICE, {**ISA, "name_kanji": "例", field: name})
    assert (error.field, error.reason) == (field, Reason.NAME_WITHOUT_LETTER)


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("name_roman", "- X"),
        ("name_roman", "O'X-X"),
        ("name_kanji", "マリア・例"),
        ("name_kanji", "佐々木　例"),
        ("name_kanji", "ー　ア"),
        ("name_kanji_original", "{U+E400}"),
        ("name_kanji_original", "⻑"),
    ],
)
def test_name_with_a_letter_is_one(field: str, name: str) -> None:
    assert load(Kind.ISA_NOTICE, {**ISA, "name_kanji": "例", field: name})


@pytest.mark.parametrize(
    "name",
    [
        ("name_roman", " X"),
        ("name_roman", "X "),
        ("name_kanji", "　例"),
        ("name_kanji", "例　　例"),
    ],
)
def test_name_with_loose_spaces_is_refused(name: tuple[str, str]) -> None:
    assert _error(Kind.ISA_NOTICE, {**ISA, name[0]: name[1]}).reason is Reason.NAME_SPACES


def test_gaiji_and_selectors_count_as_one_character() -> None:
    row = {**ISA, "name_kanji": "例", "name_kanji_original": "{U+E400}\U000e0100" * 50}
    assert load(Kind.ISA_NOTICE, row)
    row["name_kanji_original"] += "例"
    assert _error(Kind.ISA_NOTICE, row).reason is Reason.TOO_LONG


def test_radicals_agree_with_the_decompositions_of_the_interpreter() -> None:
    kangxi = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
    assert kangxi.items() <= radicals().items()
    assert radicals()["⻑"] == "長"
    # Unicode decomposes two radicals of the supplement only.
    assert {in_japanese(one) for one in "⺟⻳"} == {"母", "龟"}


def test_nothing_is_meant_by_an_ordinary_character() -> None:
    assert {in_japanese(one) for one in "例ア・x１"} == {""}
    assert {in_roman_name(one) for one in "例É0_"} == {""}
