"""Why a text is not in the form of its field: the cause, and the character at fault."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from typing import Final

from mediabridge.records.fields import Field
from mediabridge.records.reasons import Reason
from mediabridge.records.text.classes import TextClass, class_of, is_selector, refusal_of
from mediabridge.records.text.meant import in_japanese, in_roman_name, written

Explanation = tuple[Reason, Mapping[str, str | int]]
"""A reason, and the facts of its sentence beside those of the field."""

_DATES: Final = frozenset({Reason.NOT_A_DATE, Reason.NOT_A_PARTIAL_DATE, Reason.NOT_A_TIME})
_ROMAN: Final = re.compile(r"[A-Z' -]")
_JAPANESE: Final = re.compile(
    "[㐀-䶿一-鿿\uf900-\ufaff\U00020000-\U0003fffdぁ-ゖァ-ヺ〇々ゝゞヽヾー・　]"
)
_IVS: Final = re.compile("[\U000e0100-\U000e01ef]")
_ESCAPE: Final = re.compile(r"\{U\+(?:E[4-9A-F]|F[0-8])[0-9A-F]{2}\}")
_DAY: Final = re.compile(r"([12][0-9]{3})-(0[1-9]|1[0-2])-([0-3][0-9])", re.ASCII)
_SPACES: Final = re.compile("^[ 　]|[ 　]{2}|[ 　]$")


def explain(item: Field, text: str) -> Explanation:
    """Return why *text*, which the model refused, is not in the form of *item*."""
    private = _first(text, lambda one, _: class_of(one) is TextClass.PRIVATE_USE)
    if private is not None:
        return Reason.PRIVATE_USE, _place(text, private)
    if item.form in _TEXTS and _length(item, text) > item.limit:
        return Reason.TOO_LONG, {}
    if item.form in _DATES:
        return _date(item, text)
    known = _TEXTS.get(item.form)
    return (known(text) if known is not None else None) or (item.form, {})


def _date(item: Field, text: str) -> Explanation:
    found = _DAY.match(text)
    if found is not None:
        year, month, day = map(int, found.groups())
        days = monthrange(year, month)[1]
        if day > days:
            return Reason.NO_SUCH_DAY, {"days": days}
    return item.form, {}


def _free(text: str) -> Explanation | None:
    for position, one in enumerate(text):
        reason = refusal_of(one) if one not in "\t\r\n" else None
        if reason is not None:
            return reason, _place(text, position)
    stray = _first(text, lambda one, before: is_selector(one) and _selects_nothing(before))
    if stray is not None:
        return Reason.STRAY_SELECTOR, _place(text, stray)
    brace = re.search(r"[{}]", _ESCAPE.sub(lambda match: "x" * len(match[0]), text))
    if brace is not None:
        return Reason.GAIJI_FORM, {"position": brace.start() + 1}
    # A field of one line; remarks took these.
    line_end = re.search(r"[\t\r\n]", text)
    return (Reason.CHARACTER_NOT_ALLOWED, _place(text, line_end.start())) if line_end else None


def _japanese(text: str) -> Explanation | None:
    wrong = _first(text, lambda one, _: not (_JAPANESE.match(one) or _IVS.match(one)))
    if wrong is not None:
        meant = in_japanese(text[wrong], text[wrong - 1 : wrong])
        return _of_name(text, wrong, meant, Reason.NOT_KANJI)
    stray = _first(
        text,
        lambda one, before: bool(_IVS.match(one)) and (_selects_nothing(before) or before == "　"),
    )
    if stray is not None:
        return Reason.STRAY_SELECTOR, _place(text, stray)
    return _shape(text)


def _roman(text: str) -> Explanation | None:
    wrong = _first(text, lambda one, _: not _ROMAN.match(one))
    if wrong is not None:
        return _of_name(text, wrong, in_roman_name(text[wrong]), Reason.NOT_ROMAN_LETTERS)
    return _shape(text)


def _of_name(text: str, position: int, meant: str, otherwise: Reason) -> Explanation:
    facts = _place(text, position)
    if meant:
        return Reason.MEANT_OTHERWISE, {**facts, "meant": written(meant)}
    refused = refusal_of(text[position])
    return refused or otherwise, facts


def _shape(text: str) -> Explanation:
    return (Reason.NAME_SPACES if _SPACES.search(text) else Reason.NAME_WITHOUT_LETTER), {}


_TEXTS: Final[Mapping[Reason, Callable[[str], Explanation | None]]] = {
    Reason.CHARACTER_NOT_ALLOWED: _free,
    Reason.NOT_KANJI: _japanese,
    Reason.NOT_ROMAN_LETTERS: _roman,
    Reason.NOT_AN_IDENTIFIER: lambda _text: None,
}
"""What looks for the fault, by the form of the field; forms with a limit in characters."""


def _first(text: str, wrong: Callable[[str, str], bool]) -> int | None:
    """Return where the first character stands that is *wrong*, given the one before it."""
    pairs = zip(text, ["", *text], strict=False)
    return next((at for at, (one, before) in enumerate(pairs) if wrong(one, before)), None)


def _selects_nothing(before: str) -> bool:
    return not before or is_selector(before)


def _length(item: Field, text: str) -> int:
    if item.identifier != "name_kanji_original":
        return len(text)
    return sum(not is_selector(one) for one in _ESCAPE.sub("x", text))


def _place(text: str, position: int) -> dict[str, str | int]:
    return {"position": position + 1, "character": written(text[position])}
