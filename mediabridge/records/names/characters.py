"""Characters as the notice sees them: kanji, 入管外字, and everything else.

Nothing here normalises. NFC and NFKC would replace 75 正字 by other characters
(U+FA19 by 神), so two characters are the same only if their code points are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

FIRST_GAIJI: Final = 0xE400
LAST_GAIJI: Final = 0xF8FF

KANJI: Final = "㐀-䶿一-鿿\uf900-\ufaff\U00020000-\U0003fffd"
# Radicals, strokes and description characters look like kanji or build them, and are none.
LOOKALIKE: Final = "\u2e80-\u2fdf\u2ff0-\u2fff\u31c0-\u31ef"
_PRIVATE_USE = "\ue000-\uf8ff\U000f0000-\U0010fffd"
_SELECTOR = "\ufe00-\ufe0f\U000e0100-\U000e01ef"

_IS_KANJI = re.compile(f"[{KANJI}]")
_IS_LOOKALIKE = re.compile(f"[{LOOKALIKE}]")
_IS_PRIVATE_USE = re.compile(f"[{_PRIVATE_USE}]")
_IS_SELECTOR = re.compile(f"[{_SELECTOR}]")

SUBJECT: Final = re.compile(f"[{KANJI}{LOOKALIKE}{_PRIVATE_USE}{_SELECTOR}]|\\{{U\\+")
"""Finds what the notice has a say about, and where an escape form may begin."""

_ESCAPE = re.compile(r"\{U\+(E[4-9A-F][0-9A-F]{2}|F[0-8][0-9A-F]{2})\}")
_UNIT = re.compile(
    rf"(?P<escape>\{{U\+[0-9A-Fa-f]{{0,8}}\}}?)|(?P<base>.)(?P<selector>[{_SELECTOR}])?", re.DOTALL
)


class Unit(NamedTuple):
    """One character as a person sees it: a base, and the selector of its glyph."""

    position: int
    """Index of the first code point in the text."""

    written: str
    """As it stands in the text."""

    base: str
    """One code point; empty for an escape form that names no 入管外字."""

    selector: str
    """A variation selector (IVS U+E0100–E01EF, or SVS U+FE00–FE0F), or empty."""


def units(text: str) -> Iterator[Unit]:
    """Yield the characters of *text*; the escape form ``{U+E400}`` counts as one."""
    for match in _UNIT.finditer(text):
        written = match[0]
        if match["escape"] is not None:
            yield Unit(match.start(), written, _unescaped(written), "")
        else:
            yield Unit(match.start(), written, match["base"], match["selector"] or "")


def is_kanji(character: str) -> bool:
    """Tell whether *character* lies in a block of CJK ideographs, assigned or not."""
    return _IS_KANJI.fullmatch(character) is not None


def not_seiji(text: str, seiji: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Yield every kanji of *text* that is not among *seiji*, after its place, from 1.

    Kana and variation selectors are no kanji; the notice says nothing about them.
    """
    for place, one in enumerate(text, start=1):
        if one not in seiji and is_kanji(one):
            yield place, one


def is_lookalike(character: str) -> bool:
    """Tell whether *character* is a radical, a stroke or a description character."""
    return _IS_LOOKALIKE.fullmatch(character) is not None


def is_private_use(character: str) -> bool:
    """Tell whether *character* is for private use, whoever's."""
    return _IS_PRIVATE_USE.fullmatch(character) is not None


def is_gaiji(character: str) -> bool:
    """Tell whether *character* is in the range of 入管外字, E400 to F8FF."""
    return len(character) == 1 and FIRST_GAIJI <= ord(character) <= LAST_GAIJI


def has_private_use(text: str) -> bool:
    """Tell whether any character of *text* is for private use."""
    return _IS_PRIVATE_USE.search(text) is not None


def is_selector(character: str) -> bool:
    """Tell whether *character* is a variation selector."""
    return _IS_SELECTOR.fullmatch(character) is not None


def escape_gaiji(text: str) -> str:
    """Write every 入管外字 of *text* as ``{U+E400}``.

    Raises:
        ValueError: *text* already holds ``{U+``, so that it could not be read back.
    """
    if "{U+" in text:
        msg = "the text already holds an escape form"
        raise ValueError(msg)
    return "".join(f"{{U+{ord(char):04X}}}" if is_gaiji(char) else char for char in text)


def unescape_gaiji(text: str) -> str:
    """Read what :func:`escape_gaiji` writes.

    Raises:
        ValueError: ``{U+`` stands before something else than four capital
            hexadecimal digits from E400 to F8FF and ``}``.
    """
    result = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    if "{U+" in result:
        msg = "an escape form must be {U+E400} to {U+F8FF}, in capitals"
        raise ValueError(msg)
    return result


def code_points(text: str) -> str:
    """Write the code points of *text* as ``U+5F20``, separated by spaces."""
    return " ".join(f"U+{ord(char):04X}" for char in text)


def _unescaped(written: str) -> str:
    match = _ESCAPE.fullmatch(written)
    return chr(int(match[1], 16)) if match else ""
