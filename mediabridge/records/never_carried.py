"""What must not travel at all: individual numbers (個人番号) and resident record codes.

An individual number is recognised by its check digit and refused wherever it stands: in
every field, but for those whose entry in the table of fields says why its values cannot
hold one. No public rule for the check digit of the resident record code (住民票コード)
exists, so its column is refused by name.
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
_GAP = r"[\s\-‐‑‒–—―−－ー]?"
# A look ahead takes nothing, so that a group of four before the number does not hide it.
_IN_TEXT = re.compile(rf"(?<!\d)(?=(\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{4}})(?!\d))")

_CODES: Final = frozenset({Reason.NOT_AN_IDENTIFIER, Reason.NOT_A_NUMBER})
"""Forms of running numbers and identifiers: there, twelve digits among others are no find.

Everywhere else a number may be written with spaces, hyphens or full-width digits.
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

    exact: re.Pattern[str]


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
        return Scan(item.identifier, _RUN, _IN_CODES)
    return Scan(item.identifier, _IN_TEXT, _IN_TEXT)


def _holds_one(pattern: re.Pattern[str], text: str) -> bool:
    return any(_passes_check(match[1]) for match in pattern.finditer(text))


def _passes_check(candidate: str) -> bool:
    digits = "".join(str(unicodedata.digit(one)) for one in candidate if one.isdigit())
    return bool(individual_number.is_valid(digits))
