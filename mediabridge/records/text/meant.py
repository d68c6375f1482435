"""Which character was meant by one that only looks like it. Said to a person, never done."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

_RADICALS: Final = Path(__file__).with_name("data") / "radicals.tsv"
_CIRCLES: Final = "○◯⚪"
_SPACES: Final = " \u00a0\u2002\u2003\u2007\u2009\u202f\u3000"
_MARKS: Final = "\u3099\u309a"
_VOICING: Final = {"ﾞ": "゛", "ﾟ": "゜"}
"""Unicode would give the combining marks, which nobody types."""

_ROMAN: Final = str.maketrans(
    "‐‑‒–—―−－ｰーʻʼ’‘′´｀`＇АВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "----------'''''''''ABEKMHOPCTYXIJSABEZHIKMNOPTYX",
)
"""Hyphens, apostrophes, and the Cyrillic and Greek capitals that look like Latin ones."""

_ROMAN_LETTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ-'")


@cache
def radicals() -> dict[str, str]:
    """Return the kanji that each radical or stroke looks like, where there is one."""
    lines = _RADICALS.read_text(encoding="ascii").splitlines()
    pairs = (line.split("\t") for line in lines if not line.startswith("#"))
    return {chr(int(one, 16)): chr(int(kanji, 16)) for one, kanji in pairs}


def in_japanese(character: str, before: str = "") -> str:
    """Return the character of Japanese text meant by *character*, which follows *before*.

    Empty where none is meant, or nobody can say which.
    """
    if character in _MARKS:
        joined = unicodedata.normalize("NFC", before + character)
        return joined if before and len(joined) == 1 else ""
    if character in _CIRCLES:
        return "〇"
    if character in _SPACES:
        return "\u3000"
    if character in _VOICING:
        return _VOICING[character]
    width, _, code = unicodedata.decomposition(character).partition(" ")
    if width == "<narrow>":
        return chr(int(code, 16))
    return radicals().get(character, "")


def in_roman_name(character: str) -> str:
    """Return the character of a name in Roman letters meant by *character*, or nothing."""
    if character in _SPACES:
        return " "
    plain = unicodedata.normalize("NFKC", character.translate(_ROMAN)).upper()
    return plain if len(plain) == 1 and plain in _ROMAN_LETTERS else ""


def written(character: str) -> str:
    """Return *character* for a sentence: its code point, and itself or its name.

    Nothing for no character.
    """
    if not character:
        return ""
    code = f"U+{ord(character):04X}"
    shown = character if character.isprintable() else unicodedata.name(character, "")
    return f"{code} ({shown})" if shown.strip() else code
