"""How our own Japanese is read: no kanji without an entry, no reading that was guessed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from threading import Thread

import pytest
from babel.messages.pofile import read_po
from rich.cells import cell_len

from mediabridge.kinds import Kind
from mediabridge.locale import CATALOGUES, Language, reading, set_language, text
from mediabridge.locale.readings import KANJI, TABLE, entries, entry_for, read
from mediabridge.records import codes
from mediabridge.records.fields import FIELDS, label
from mediabridge.shown.codes import CODED, code_said
from mediabridge.shown.wrapping import wrapped

SHOWN_ELSEWHERE = {"bench", "cli", "doctor", "hub", "report", "sample"}
"""The rooms of which no text comes to the desk's screen."""
NARROW = 24
"""Columns that the longest word takes with its reading, so that a column of a table has room."""


WORD = re.compile(rf"\{{[^{{}}]*\}}|([{KANJI}]+)")
"""What is filled in, or a word."""


def words_of(shown: str) -> Iterator[re.Match[str]]:
    return (found for found in WORD.finditer(shown) if found[1])


def messages() -> Iterator[str]:
    with (CATALOGUES / "ja/LC_MESSAGES/mediabridge.po").open("rb") as stream:
        catalogue = read_po(stream)
    for each in catalogue:
        rooms = {path.split("/")[1] for path, _line in each.locations}
        if each.id and not rooms <= SHOWN_ELSEWHERE:
            yield str(each.string)


@cache
def texts() -> tuple[str, ...]:
    """Return all that the desk's screen may say in Japanese and that is no fact."""
    set_language(Language.JA)
    fields = (label(kind, each, japanese=True) for kind in FIELDS for each in FIELDS[kind])
    named = (code_said(name, each) for name in CODED.values() for each in codes.table(name).entries)
    kinds = (each.facts.japanese for each in Kind)
    return (*messages(), *fields, *named, *kinds)


def test_every_kanji_at_the_desk_belongs_to_a_word_of_the_table() -> None:
    unknown = [
        each[found.start() : found.end() + 2]
        for each in texts()
        for found in words_of(each)
        if entry_for(each, found) is None
    ]
    assert unknown == []


def test_every_word_of_the_table_stands_in_some_text() -> None:
    met = {entry_for(each, found) for each in texts() for found in words_of(each)}
    assert [each for each in entries() if each not in met] == []


def test_no_single_kanji_is_read_without_what_stands_beside_it_unless_listed() -> None:
    """A stem such as that of "iku" and "okonau" is read by its kana; a listed noun is none."""
    bare = [each for each in entries() if len(each.word) == 1 and not each.before + each.after]
    assert [each.word for each in bare if not each.alone] == []
    assert [each.word for each in entries() if each.alone and each not in bare] == []


def test_table_is_made_of_words_and_their_kana() -> None:
    found = list(entries())
    assert len(found) > 1000
    for each in found:
        assert len(each.kana) in (0, len(each.parts)), each
        assert all(re.fullmatch("[\u3041-\u3096]+", kana) for kana in each.kana), each
        pairs = zip(each.parts, each.kana, strict=False)
        assert all(cell_len(f"{part}({kana})") <= NARROW for part, kana in pairs), each
    keys = [line.split(" ")[0] for line in TABLE.read_text("utf-8").splitlines() if line]
    assert {key for key, count in Counter(keys).items() if count > 1} <= {"#"}


KNOWN = {
    "媒体を差し込む": "媒体(ばいたい)を差(さ)し込(こ)む",
    "もう一度行ってください": "もう一度(いちど)行(おこな)ってください",
    "この行から先": "この行(ぎょう)から先(さき)",
    "その後、": "その後(ご)、",
    "前または後ろ": "前(まえ)または後(うし)ろ",
    "住民記録側": "住民(じゅうみん)記録側(きろくがわ)",
    "各行の大文字": "各行(かくぎょう)の大文字(おおもじ)",
    "フォルダーが空です": "フォルダーが空(から)です",
    "空きがありません": "空(あ)きがありません",
    "何も変えていません": "何(なに)も変(か)えていません",
    "理由は何ですか": "理由(りゆう)は何(なん)ですか",
    "使い方": "使(つか)い方(かた)",
    "新しい方で": "新(あたら)しい方(ほう)で",
    "バイト数と署名の数": "バイト数(すう)と署名(しょめい)の数(かず)",
    "正しくない版": "正(ただ)しくない版(はん)",
    "出ている": "出(で)ている",
    "出します": "出(だ)します",
    "生年月日": "生年月日(せいねんがっぴ)",
    "一件": "一件(いっけん)",
    "対になる": "対(つい)になる",
    # What is read by its number has no reading, and nobody knows one of what is filled in.
    "{count} 人の署名": "{count} 人の署名(しょめい)",
    "{limit} 分まで": "{limit} 分まで",
    "{days} 日まで": "{days} 日まで",
    "{count} 件": "{count} 件(けん)",
    "{date:%Y年%m月%d日}": "{date:%Y年%m月%d日}",
    "数え": "数(かぞ)え",
    "鍵う": "鍵う",
}


@pytest.mark.parametrize("given", KNOWN)
def test_reading_is_the_one_that_a_person_gives(given: str) -> None:
    assert read(given) == KNOWN[given]


def test_what_is_filled_in_has_no_reading() -> None:
    set_language(Language.JA)
    with reading(shown=True):
        assert text("Medium: {medium}", medium="住民の鍵") == "媒体(ばいたい): 住民の鍵"
    assert text("Medium: {medium}", medium="-") == "媒体: -"


def test_what_another_thread_makes_has_none() -> None:
    """A paper is made behind the screen that shows them."""
    set_language(Language.JA)
    made: list[str] = []
    with reading(shown=True):
        other = Thread(target=lambda: made.append(text("Medium: {medium}", medium="-")))
        other.start()
        other.join()
    assert made == ["媒体: -"]


def test_english_has_none() -> None:
    with reading(shown=True):
        assert text("Medium: {medium}", medium="媒体") == "Medium: 媒体"


def test_line_never_ends_within_a_word_that_has_its_reading() -> None:
    lines = wrapped(read("もう一度、媒体を差し込んで、承認を待ちます。"), 22)
    assert len(lines) > 2
    assert all(line.count("(") == line.count(")") for line in lines)
    assert all(line[0] != "(" for line in lines)
