"""The one table of classes of characters: refused, or accepted and reported.

The patterns of the models, the schema, the sentences of a refusal and the table in
``docs/format/records.md`` are all made from it. Ranges are code points, so that both
ends of a route decide alike whatever Unicode their interpreter knows; only what is
assigned at all is asked of the locked library that matches the patterns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum, unique
from functools import cache
from typing import Final

from pydantic_core import SchemaValidator, core_schema

from mediabridge.records.notices import Notice
from mediabridge.records.reasons import Reason

Spans = tuple[tuple[int, int], ...]
"""Ranges of code points, both ends included."""

UNICODE_VERSION: Final = "16.0"
"""The version by which code points are assigned; that of pydantic-core's patterns."""


@unique
class TextClass(Enum):
    """A class of characters: its code points, what follows, and why."""

    CONTROL = (
        ((0x00, 0x1F), (0x7F, 0x9F)),
        Reason.CHARACTER_NOT_ALLOWED,
        "control characters; only `remarks` takes TAB, CR and LF",
    )
    PRIVATE_USE = (
        ((0xE000, 0xF8FF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD)),
        Reason.PRIVATE_USE,
        "private use: other systems show another character",
    )
    NONCHARACTER = (
        (
            (0xFDD0, 0xFDEF),
            *((plane + 0xFFFE, plane + 0xFFFF) for plane in range(0, 0x110000, 0x10000)),
        ),
        Reason.NO_SUCH_CHARACTER,
        "noncharacters: never a character, in any version of Unicode",
    )
    DIRECTION = (
        ((0x61C, 0x61C), (0x200E, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069)),
        Reason.DIRECTION_MARK,
        "direction marks: the text is read in another order than it is stored",
    )
    LINE_SEPARATOR = (
        ((0x2028, 0x2029),),
        Reason.INVISIBLE_CHARACTER,
        "line and paragraph separator: a line end that CSV does not know",
    )
    INVISIBLE = (
        (
            (0xAD, 0xAD),
            (0x34F, 0x34F),
            (0x115F, 0x1160),
            (0x17B4, 0x17B5),
            (0x180B, 0x180F),
            (0x200B, 0x200D),
            (0x2060, 0x2065),
            (0x206A, 0x206F),
            (0x2800, 0x2800),
            (0x3164, 0x3164),
            (0xFEFF, 0xFEFF),
            (0xFFA0, 0xFFA0),
            (0xFFF0, 0xFFFB),
            (0x1BCA0, 0x1BCA3),
            (0x1D173, 0x1D17A),
            (0xE0000, 0xE00FF),
            (0xE01F0, 0xE0FFF),
        ),
        Reason.INVISIBLE_CHARACTER,
        "invisible characters: zero-width spaces and joiners, fillers, tags, a byte order mark",
    )
    REPLACEMENT = (
        ((0xFFFC, 0xFFFD),),
        Reason.CHARACTER_LOST,
        "object and replacement character: another character was lost before",
    )
    RADICAL = (
        ((0x2E80, 0x2FDF), (0x2FF0, 0x2FFF), (0x31C0, 0x31EF)),
        Notice.NOT_A_KANJI,
        "radicals, strokes and description characters: they look like kanji or build them",
    )
    HALF_WIDTH = (
        ((0xFF61, 0xFF9F), (0xFFA1, 0xFFDC), (0xFFE8, 0xFFEE)),
        Notice.HALF_WIDTH,
        "half-width kana, Hangul and symbols",
    )
    SPACE = (
        ((0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x202F, 0x202F), (0x205F, 0x205F)),
        Notice.UNUSUAL_SPACE,
        "no-break spaces and spaces of other widths than U+0020 and U+3000",
    )
    COMBINING = (
        ((0x3099, 0x309A),),
        Notice.COMBINING_MARK,
        "voicing marks that stand apart from their kana (か followed by U+3099)",
    )

    def __init__(self, spans: Spans, verdict: Reason | Notice, meaning: str) -> None:
        """Keep what the table says."""
        self.spans = spans
        self.verdict = verdict
        self.meaning = meaning

    @property
    def refused(self) -> bool:
        """Whether no text may hold such a character."""
        return isinstance(self.verdict, Reason)


SELECTORS: Final[Spans] = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
"""Variation selectors: part of the character before them, and refused without one."""

_UNASSIGNED: Final = r"\p{Cn}"
_ACROSS_SURROGATES: Final = (0xD7FC, 0xE000)
"""Unassigned and private use, said as one range.

Rust's regex-syntax negates two ranges that only the surrogates part (as ``\\p{Cn}``
and ``\\p{Co}`` are) into a class that holds U+D7FF and U+E000 after all.
"""


def pattern_of(spans: Iterable[tuple[int, int]]) -> str:
    """Return *spans* as the inside of a character class, in the syntax of pydantic-core."""
    return "".join(
        rf"\x{{{first:X}}}" + (rf"-\x{{{last:X}}}" if last > first else "")
        for first, last in sorted(spans)
    )


SELECTOR: Final = pattern_of(SELECTORS)
UNFIT: Final = (
    pattern_of(
        [
            _ACROSS_SURROGATES,
            *SELECTORS,
            *(span for each in TextClass if each.refused for span in each.spans),
        ]
    )
    + _UNASSIGNED
)
"""The inside of a character class: whatever may not begin a character of text."""


@cache
def _assigned() -> SchemaValidator:
    return SchemaValidator(core_schema.str_schema(pattern=rf"^[^{_UNASSIGNED}]$"))


def class_of(character: str) -> TextClass | None:
    """Return the class of *character* in the table, or None for an ordinary one."""
    code = ord(character)
    return next(
        (each for each in TextClass for first, last in each.spans if first <= code <= last), None
    )


def is_selector(character: str) -> bool:
    """Tell whether *character* is a variation selector."""
    return any(first <= ord(character) <= last for first, last in SELECTORS)


def refusal_of(character: str) -> Reason | None:
    """Return why no text may hold *character*, or None; selectors depend on their place."""
    found = class_of(character)
    if found is not None and isinstance(found.verdict, Reason):
        return found.verdict
    return None if _assigned().isinstance_python(character) else Reason.NO_SUCH_CHARACTER


NOTICED: Final = re.compile(
    r"^[ \u3000]|[ \u3000]\Z|["
    + "".join(
        f"{chr(first)}-{chr(last)}"
        for each in TextClass
        if not each.refused
        for first, last in each.spans
    )
    + "]"
)
"""Finds, in text that was accepted, what is worth a look; most text has nothing."""
