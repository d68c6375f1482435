from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from mediabridge.records import names
from mediabridge.records.names import Rule, Stop, table
from mediabridge.records.names.characters import is_kanji, not_seiji
from mediabridge.records.types import KanjiName

check = partial(names.check, table=names.table())
convert = partial(names.convert, table=names.table())


@pytest.mark.parametrize("text", ["", "張偉", "刘云", "張　ホアン", "辻\U000e0101", "ZHANG", "𠮟"])
def test_seiji_passes(text: str) -> None:
    assert check(text) == ()


def test_every_fault_is_listed() -> None:
    found = check("張伟 龍马⼈")
    assert [(character.position, character.written) for character in found] == [
        (1, "伟"),
        (4, "马"),
        (5, "⼈"),
    ]
    assert found[0].rule is Rule.TABLE_4_1
    assert found[2].stop is Stop.LOOKALIKE


@pytest.mark.parametrize("text", ["\ue479", "張\ue479", "{U+E479}"])
def test_private_seiji_only_in_its_field(text: str) -> None:
    assert "\ue479" in table().seiji
    assert [character.stop for character in check(text)] == [Stop.GAIJI_NOT_HERE]
    assert check(text, gaiji=True) == ()


@given(st.text(st.characters(min_codepoint=0x3400, max_codepoint=0x323AF), max_size=8))
def test_a_name_is_judged_alike_at_both_ends(text: str) -> None:
    """What `collect` notices is what the registry holds: one of them asks code point by code point.

    Of text as a kanji name may have it: kanji, kana and signs.
    """
    try:
        name: str = TypeAdapter(KanjiName).validate_python(text)
    except ValidationError:
        name = f"例{''.join(filter(is_kanji, text))}"
    places = [place for place, _ in not_seiji(name, table().seiji)]
    assert places == [each.position + 1 for each in check(name)]


@given(
    st.lists(
        st.one_of(st.characters(), st.sampled_from(sorted(table().seiji)), st.just("{U+E479}")),
        max_size=8,
    ).map("".join),
    st.booleans(),
)
def test_check_agrees_with_convert(text: str, gaiji: bool) -> None:
    fine = {Rule.SEIJI, Rule.SPECIAL, Rule.NOT_SUBJECT}
    wanted = [
        char.position for char in convert(text, gaiji=gaiji).characters if char.rule not in fine
    ]
    assert [character.position for character in check(text, gaiji=gaiji)] == wanted
