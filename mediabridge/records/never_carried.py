"""What must not travel at all: individual numbers (個人番号) and resident record codes.

An individual number is recognised by its check digit and refused wherever it
stands. No public rule for the check digit of the resident record code (住民票コード)
exists, so its column is refused by name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from stdnum.jp import in_ as individual_number

Look = Callable[[str], re.Match[str] | None]
"""Looks for a run of digits in a text."""

FREE_TEXT: Final = frozenset(
    {
        "address",
        "previous_address",
        "next_address",
        "place_of_residence",
        "previous_place_of_residence",
        "name_kanji_original",
        "remarks",
    }
)
"""Fields in which a number may be written with spaces, hyphens or full-width digits."""

_LOOSE_FIELDS: Final = FREE_TEXT | {
    "notice_id",
    "report_id",
    "receipt_id",
    "record_id",
    "decided_by",
    "sequence",
}
# Every row has a number of its own; most are sorted out by this cheaper look.
_has_run = re.compile(r"[0-9]{12}").search
_IN_CODES = re.compile(r"(?<![0-9A-Za-z])[0-9]{12}(?![0-9A-Za-z])")
_GAP = r"[\s\-‐‑‒–—―−－ー]?"
_IN_FREE_TEXT = re.compile(rf"(?<!\d)\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{4}}(?!\d)")

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


def is_forbidden_column(name: str) -> bool:
    """Tell whether a column of this name holds what is never carried."""
    plain = re.sub(r"[\s_\-]", "", unicodedata.normalize("NFKC", name)).casefold()
    return plain in _FORBIDDEN_COLUMNS


def loose_fields(identifiers: Iterable[str]) -> list[tuple[str, Look]]:
    """Return those of *identifiers* whose own form leaves room for twelve digits.

    Each comes with a quick look, which finds something in every text that holds one.
    """
    return [
        (name, _IN_FREE_TEXT.search if name in FREE_TEXT else _has_run)
        for name in identifiers
        if name in _LOOSE_FIELDS
    ]


def in_valid_row(values: Mapping[str, str], loose: list[tuple[str, Look]]) -> list[str]:
    """Return the *loose* fields of a right row of text that hold an individual number."""
    found = []
    for name, look in loose:
        if name in values and look(values[name]) is not None and _holds_one(name, values[name]):
            found.append(name)
    return found


def in_any_row(values: Mapping[str, str]) -> list[str]:
    """Return the fields of a row of text, right or not, that hold an individual number."""
    return [name for name, text in values.items() if _holds_one(name, text)]


def _holds_one(name: str, text: str) -> bool:
    pattern = _IN_FREE_TEXT if name in FREE_TEXT else _IN_CODES
    return any(_passes_check(match[0]) for match in pattern.finditer(text))


def _passes_check(candidate: str) -> bool:
    digits = "".join(str(unicodedata.digit(one)) for one in candidate if one.isdigit())
    return bool(individual_number.is_valid(digits))
