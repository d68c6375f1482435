import json
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediabridge.errors import Rank2NotAllowedError
from mediabridge.records import names
from mediabridge.records.names import (
    Character,
    Reason,
    Rule,
    Stop,
    escape_gaiji,
    table,
    unescape_gaiji,
)
from mediabridge.records.names.characters import is_kanji

convert = partial(names.convert, table=names.table())

IVS = "\U000e0101"
UNKNOWN = "\U00030001"
TEXT = st.lists(
    st.one_of(
        st.characters(),
        st.sampled_from(sorted(table().cells)),
        st.sampled_from(sorted(table().seiji)),
        st.sampled_from(["{U+E400}", "{U+", "}", IVS, "\ufe00", "⼈", "神", "\ue000", UNKNOWN]),
    ),
    max_size=20,
).map("".join)


def only(text: str, **options: Any) -> Character:
    (character,) = convert(text, **options).characters
    return character


def test_name_converts_whole() -> None:
    result = convert("张伟 ZHANG WEI")
    assert result.converted == "張偉 ZHANG WEI"
    assert result.original == "张伟 ZHANG WEI"
    assert result.decisions == ()


def test_row_says_where() -> None:
    character = only("张")
    assert character.row.rule is Rule.TABLE_4_1
    assert character.row.number == sum(
        1 for source, cells in table().cells.items() if cells[0] == "4-1" and source <= "张"
    )


def test_result_names_table() -> None:
    assert convert("张").table.version == "2012-03-30"
    assert len(convert("张").table.sha256) == 64


@pytest.mark.parametrize("text", ["", " ", "　", "ホアン・ヴァン", "Ng, 3rd", "々", "한", "\x00\n"])
def test_other_scripts_pass_unchanged(text: str) -> None:
    result = convert(text)
    assert result.converted == text
    assert {character.rule for character in result.characters} <= {Rule.NOT_SUBJECT}


def test_unknown_kanji_stops() -> None:
    result = convert("张" + UNKNOWN)
    assert result.converted is None
    assert [character.stop for character in result.decisions] == [Stop.NO_ENTRY]
    assert result.decisions[0].position == 1
    assert result.decisions[0].rule is Rule.NEEDS_DECISION


def test_radical_stops() -> None:
    assert only("⼈").stop is Stop.LOOKALIKE


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("张", Reason.RESIDENT_RECORD),
        ("张", Reason.EARLIER_STAY),
        ("张", Reason.SUFFICIENT_REASON),
        ("刘", Reason.SUFFICIENT_REASON),
        ("乒", Reason.PERSON_WISHES),
    ],
)
def test_rank_2_needs_reason(text: str, reason: Reason) -> None:
    character = only(text, rank2={0: reason})
    assert character.result == character.row.rank2
    assert character.reason is reason
    assert only(text).result == character.row.rank1


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("张", 0, Reason.PERSON_WISHES),
        ("刘", 0, Reason.PERSON_WISHES),
        ("乒", 0, Reason.SUFFICIENT_REASON),
        ("伟", 0, Reason.EARLIER_STAY),
        ("張", 0, Reason.EARLIER_STAY),
        ("A", 0, Reason.EARLIER_STAY),
        (UNKNOWN, 0, Reason.EARLIER_STAY),
        ("张", 1, Reason.EARLIER_STAY),
        ("张" + IVS, 1, Reason.EARLIER_STAY),
    ],
)
def test_rank_2_refused(text: str, position: int, reason: Reason) -> None:
    with pytest.raises(Rank2NotAllowedError) as caught:
        convert(text, rank2={position: reason})
    assert caught.value.facts["position"] == position
    assert text not in str(caught.value)


def test_rank_2_for_one_of_two() -> None:
    result = convert("张张", rank2={1: Reason.EARLIER_STAY})
    assert result.converted == "張弡"


def test_selector_stays_with_base() -> None:
    character = only("辻" + IVS)
    assert character.result == "辻" + IVS
    assert not character.selector_dropped


@pytest.mark.parametrize("selector", [IVS, "\ufe00"])
def test_selector_goes_with_base(selector: str) -> None:
    character = only("张" + selector)
    assert character.result == "張"
    assert character.selector_dropped
    assert character.written == "张" + selector


def test_special_keeps_selector_at_rank_1() -> None:
    assert only("刘" + IVS).result == "刘" + IVS
    assert only("刘" + IVS, rank2={0: Reason.EARLIER_STAY}).result == "劉"


@pytest.mark.parametrize("text", [IVS, IVS + "张", "张" + IVS + IVS])
def test_stray_selector_stops(text: str) -> None:
    result = convert(text)
    assert result.converted is None
    assert [character.stop for character in result.decisions] == [Stop.STRAY_SELECTOR]


@pytest.mark.parametrize("text", ["\ue400", "{U+E400}"])
def test_gaiji_only_in_its_field(text: str) -> None:
    assert only(text).stop is Stop.GAIJI_NOT_HERE
    assert only(text).rule is Rule.REFUSED
    assert only(text, gaiji=True).result == "帰"
    assert only(text, gaiji=True).written == text


def test_unlisted_gaiji_stops() -> None:
    assert "\ue401" not in table().cells
    assert only("\ue401", gaiji=True).stop is Stop.NO_ENTRY


@pytest.mark.parametrize("gaiji", [True, False])
@pytest.mark.parametrize("text", ["\ue000", "\ue3ff", "\U000f0000", "\U0010fffd"])
def test_other_private_use_refused(text: str, gaiji: bool) -> None:
    assert only(text, gaiji=gaiji).stop is Stop.PRIVATE_USE


@pytest.mark.parametrize("text", ["{U+E3FF}", "{U+F900}", "{U+e400}", "{U+E400", "{U+}", "{U+"])
def test_wrong_escape_refused(text: str) -> None:
    assert only(text, gaiji=True).stop is Stop.ESCAPE_FORM
    with pytest.raises(ValueError, match="escape form"):
        unescape_gaiji(text)


@given(st.text(st.characters(min_codepoint=0xE3FE, max_codepoint=0xF901)))
def test_escape_round_trip(text: str) -> None:
    escaped = escape_gaiji(text)
    assert not any("\ue400" <= character <= "\uf8ff" for character in escaped)
    assert unescape_gaiji(escaped) == text


def test_escape_is_not_doubled() -> None:
    with pytest.raises(ValueError, match="already"):
        escape_gaiji("{U+E400}")


@given(TEXT, st.booleans())
def test_only_tables_alter(text: str, gaiji: bool) -> None:
    result = convert(text, gaiji=gaiji)
    assert result.original == text
    assert "".join(character.written for character in result.characters) == text
    for character in result.characters:
        base = unescape_gaiji(character.written) if character.row else character.written
        if character.result not in (None, character.written):
            assert character.result in table().cells[base[0]][2:]
        if character.rule is Rule.NOT_SUBJECT:
            assert not any(map(is_kanji, character.written))


@given(TEXT)
def test_converting_twice_is_once(text: str) -> None:
    once = convert(text, gaiji=True).converted
    if once is not None:
        assert convert(once, gaiji=True).converted == once


def test_json_says_everything() -> None:
    shown = json.loads(json.dumps(convert("张\ue401", gaiji=True).as_json()))
    assert shown["converted"] is None
    assert shown["decisions"] == [1]
    first, second = shown["characters"]
    assert (first["source_code"], first["result"], first["rank2"]) == ("U+5F20", "張", "弡")
    assert (first["rule"], first["row"]) == ("4-1", 2903)
    assert (second["rule"], second["stop"], second["result"]) == (
        "needs_decision",
        "NO_ENTRY",
        None,
    )
    assert shown["table"]["id"] == "notice582"


def test_repr_shows_no_name() -> None:
    result = convert("张伟")
    assert not set("张伟張偉") & set(repr(result) + repr(result.characters))
