"""What must not travel at all: individual numbers (個人番号) and resident record codes.

An individual number is recognised by its check digit and refused wherever it stands: in
every field, but for those whose entry in the table of fields says why its values cannot
hold one. In text it may be written as people write it: in groups of four, with kanji
numerals or circled digits, broken over two lines. What is not looked for is said in
docs/format/records.md.

No public rule for the check digit of the resident record code (住民票コード) exists, so its
column is refused by name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from stdnum.jp import in_ as individual_number

from mediabridge.records.fields import Field
from mediabridge.records.reasons import Reason

# Every row has a number of its own; most are sorted out by this cheaper look.
_RUN = re.compile(r"[0-9]{12}")
_IN_CODES = re.compile(r"(?<![0-9A-Za-z])([0-9]{12})(?![0-9A-Za-z])")
_CIRCLES: Final = "○◯"
"""Written for 〇; a person reads a zero where Unicode has a picture."""
_KANJI: Final = f"{_CIRCLES}〇零一二三四五六七八九壱弐参肆伍陸漆捌玖"
# Raised, lowered, circled, bracketed, with a full stop or a comma.
_SIGNS: Final = (
    "¹²³"
    "⁰⁴⁵⁶⁷⁸⁹"
    "₀₁₂₃₄₅₆₇₈₉"
    "①②③④⑤⑥⑦⑧⑨"
    "⑴⑵⑶⑷⑸⑹⑺⑻⑼"
    "⒈⒉⒊⒋⒌⒍⒎⒏⒐"
    "⓪"
    "⓵⓶⓷⓸⓹⓺⓻⓼⓽"
    "⓿"
    "❶❷❸❹❺❻❼❽❾"
    "➀➁➂➃➄➅➆➇➈"
    "➊➋➌➍➎➏➐➑➒"
    "🄀🄁🄂🄃🄄🄅🄆🄇🄈🄉🄊"
)
_DIGITS: Final = (r"\d", f"[{_KANJI}]", f"[{_SIGNS}]", rf"[\d{_KANJI}{_SIGNS}]")
"""Digits of one script, between which the others are text; and of all of them, mixed."""

_BETWEEN: Final = r"\s\-‐‑‒–—―−－ー./．／・･,，、､_＿:："
_JOINS: Final = r"\-‐‑‒–—―−－ー./．／"
_GAP: Final = rf"[{_BETWEEN}]{{0,3}}"
_BREAK: Final = r"(?:[ \t]?[\r\n]{1,2}[ \t]?)?"


def _in_text(digit: str) -> re.Pattern[str]:
    """Return what finds three groups of four, also where a line ends within one.

    Where groups differ in their separators, or a line ends, another number may begin.
    Then no digit may be joined to either end: 03-1234-5678 and the next line's 2026-11-18
    are a telephone number and a date.
    """
    plain, broken = digit * 4, _BREAK.join([digit] * 4)
    alike = f"{plain}(?P<gap>{_GAP}){plain}(?P=gap){plain}"
    # A gap may be nothing but a line end, so that a line may end between groups as well.
    other = f"(?<!{digit}[{_JOINS}]){broken}{_GAP}{broken}{_GAP}{broken}(?![{_JOINS}]{digit})"
    # A look ahead takes nothing, so that a group of four before the number does not hide it.
    return re.compile(f"(?<!{digit})(?=({alike}(?!{digit})|{other}(?!{digit})))")


_IN_TEXT: Final = tuple(map(_in_text, _DIGITS))
# Finds something wherever one of those does: a break is at most four characters long.
_QUICK: Final = re.compile(rf"{_DIGITS[-1]}(?:[{_BETWEEN}]{{0,4}}{_DIGITS[-1]}){{11}}")

_CODES: Final = frozenset({Reason.NOT_AN_IDENTIFIER, Reason.NOT_A_NUMBER})
"""Forms of running numbers and identifiers: there, twelve digits among others are no find.

Everywhere else a number may be written in groups, and with digits of every script.
"""


_FORBIDDEN_COLUMNS: Final = frozenset(
    {
        "個人番号",
        "マイナンバー",
        "mynumber",
        "individualnumber",
        "kojinbango",
        "住民票コード",
        "residentrecordcode",
        "juminhyocode",
    }
)


class Scan(NamedTuple):
    """How the values of one field are looked at."""

    field: str
    quick: re.Pattern[str]
    """Finds something in every text in which :attr:`exact` does."""

    exact: tuple[re.Pattern[str], ...]


def scans(fields: Iterable[Field]) -> list[Scan]:
    """Return how each of *fields* is scanned; one that says why not is left out."""
    return [_scan(item) for item in fields if not item.unscanned]


def in_valid_row(values: Mapping[str, str], scans: Iterable[Scan]) -> list[str]:
    """Return the fields of a right row of text in which *scans* find an individual number."""
    found = []
    for name, quick, exact in scans:
        text = values.get(name)
        if text is not None and quick.search(text) is not None and _holds_one(exact, text):
            found.append(name)
    return found


def in_any_row(values: Mapping[str, str], fields: Mapping[str, Field]) -> list[str]:
    """Return the fields of a row of text, right or not, that hold an individual number.

    Here nothing is left out: a value of the wrong form may be anything, and so may the
    value of a field that is none of *fields*.
    """
    return [
        name
        for name, text in values.items()
        if _holds_one(_scan(fields[name]).exact if name in fields else _IN_TEXT, text)
    ]


def is_forbidden_column(name: str) -> bool:
    """Tell whether a column of this name holds what is never carried."""
    plain = re.sub(r"[\s_\-]", "", unicodedata.normalize("NFKC", name)).casefold()
    return plain in _FORBIDDEN_COLUMNS


def _scan(item: Field) -> Scan:
    if item.form in _CODES:
        return Scan(item.identifier, _RUN, (_IN_CODES,))
    return Scan(item.identifier, _QUICK, _IN_TEXT)


def _holds_one(patterns: Iterable[re.Pattern[str]], text: str) -> bool:
    return any(_passes_check(match[1]) for pattern in patterns for match in pattern.finditer(text))


def _passes_check(candidate: str) -> bool:
    values = (0 if one in _CIRCLES else unicodedata.numeric(one, None) for one in candidate)
    digits = "".join(str(int(value)) for value in values if value is not None)
    return bool(individual_number.is_valid(digits))
