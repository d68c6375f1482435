"""Names of nobody: built of syllables, in the manner of many languages.

A Roman family name begins with ``X``; a kanji name begins with a character that says
"example", "trial", "temporary" or "practice". All kanji are 正字.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from mediabridge.sample.draw import Chance, Weighted

_ONSETS: Final = {
    "CHN": ("zh", "l", "w", "ch", "j", "q", "sh", "h"),
    "VNM": ("ng", "tr", "th", "ph", "l", "v", "h", "d"),
    "KOR": ("k", "p", "ch", "s", "h", "y", "m", "j"),
    "NPL": ("sh", "r", "b", "k", "g", "p", "t", "d"),
    "BRA": ("r", "s", "f", "c", "m", "l", "d", "v"),
}
_RIMES: Final = {
    "CHN": ("ang", "ei", "in", "ong", "ao", "u", "ian"),
    "VNM": ("an", "uyen", "inh", "oa", "uong", "ai", "iet"),
    "KOR": ("im", "ong", "eon", "ae", "un", "i", "ang"),
    "NPL": ("a", "esh", "ita", "un", "aj", "i", "endra"),
    "BRA": ("a", "ei", "ilva", "ado", "ina", "os", "ento"),
}
_OTHERS: Final = "NPL"

KANJI_CULTURES: Final = frozenset({"CHN", "TWN", "KOR", "PRK", "XXA"})
"""Nationalities and regions whose people often have a kanji name added."""

_MARKS: Final = "例試仮練"
_GIVEN: Final = "山川海空花風月星林森雨雪光春夏秋冬朝夕松竹梅桜石玉金銀青白明和平安心美愛文学"
# Simplified forms and the 正字 that Notice 582 puts in their place (Table 4-1, rank 1).
_SIMPLIFIED: Final = {"偉": "伟", "軍": "军", "蘭": "兰", "慶": "庆", "書": "书", "艶": "艳"}
_GAIJI: Final = "{U+E400}"
_WORDS: Final = Weighted({1: 3, 2: 60, 3: 35, 7: 2})
"""Of how many words a name in Roman letters is."""


class Name(NamedTuple):
    """The spellings of one invented name; at least one of the first two is there."""

    roman: str | None
    kanji: str | None
    kanji_original: str | None = None


def invent(rng: Chance, nationality: str, *, kanji_only: bool = False) -> Name:
    """Return a name in the manner of *nationality*; *kanji_only* leaves out Roman letters."""
    wants_kanji = kanji_only or (nationality in KANJI_CULTURES and rng.random() < 0.8)  # noqa: PLR2004
    roman = None if kanji_only else roman_name(rng, nationality)
    if not wants_kanji:
        return Name(roman, None)
    kanji, original = kanji_name(rng)
    return Name(roman, kanji, original)


def roman_name(rng: Chance, nationality: str) -> str:
    """Return a name in Roman letters, most often two words, seldom one or many."""
    words = _WORDS.draw(rng)
    family = "X" + _word(rng, nationality, 2)
    rest = [_word(rng, nationality, rng.choice((1, 2))) for _ in range(words - 1)]
    if rest and rng.random() < 0.04:  # noqa: PLR2004
        rest[0] = f"{rest[0]}-{_word(rng, nationality, 1)}"
    if rest and rng.random() < 0.02:  # noqa: PLR2004
        rest[-1] = f"D'{rest[-1]}"
    return " ".join((family, *rest)).upper()


def kanji_name(rng: Chance) -> tuple[str, str | None]:
    """Return a name in 正字, and its spelling before conversion where that differs."""
    given = "".join(rng.choices(_GIVEN, k=rng.choice((1, 2, 2))))
    mark = rng.choice(_MARKS)
    chance = rng.random()
    if chance < 0.3:  # noqa: PLR2004
        seiji = rng.choice(tuple(_SIMPLIFIED))
        return mark + seiji + given, mark + _SIMPLIFIED[seiji] + given
    if chance < 0.32:  # noqa: PLR2004
        return mark + given + "花", mark + given + _GAIJI
    return mark + given, None


def _word(rng: Chance, nationality: str, syllables: int) -> str:
    manner = nationality if nationality in _ONSETS else _OTHERS
    onsets, rimes, choice = _ONSETS[manner], _RIMES[manner], rng.choice
    return "".join([choice(onsets) + choice(rimes) for _ in range(syllables)])
