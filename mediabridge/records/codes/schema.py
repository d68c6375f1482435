"""The code tables there are, and what each of their cells may hold.

A *closed* table is a contract with the records (``1 male``, ``N01``): a site may
fill ``juki_code`` and change names, but not add or remove a code. The others
follow a law or a list that changes without us.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from mediabridge.kinds import Kind
from mediabridge.records.codes import periods
from mediabridge.records.events import EVENTS
from mediabridge.records.values import Operation

Check = Callable[[str], bool]


@dataclass(frozen=True)
class Column:
    """One column: a test for its cells and an example of a right one."""

    accepts: Check
    example: str


@dataclass(frozen=True)
class Schema:
    """What one code table looks like."""

    identifier: str
    code: Column
    closed: bool
    extra: Mapping[str, Column] = field(default_factory=dict)

    @property
    def columns(self) -> Mapping[str, Column]:
        """All columns, in the order in which the file must have them."""
        return {"code": self.code, **COMMON, **self.extra}


def _form(pattern: str, example: str) -> Column:
    compiled = re.compile(pattern)
    return Column(lambda cell: compiled.fullmatch(cell) is not None, example)


def _is_periods(cell: str) -> bool:
    try:
        periods.parse(cell)
    except ValueError:
        return False
    return True


_DATE = _form(r"|[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", "2027-04-01")
_TEXT = _form(r"|\S(.{0,198}\S)?", "text without spaces at its ends")
_OPERATIONS = f"({'|'.join(Operation)})"

COMMON: Final[Mapping[str, Column]] = MappingProxyType(
    {
        "name_ja": _form(r"\S(.{0,98}\S)?", "永住者"),
        "name_en": _TEXT,
        "juki_code": _form(r"[0-9A-Za-z._-]{0,32}", "01"),
        "valid_from": _DATE,
        "valid_until": _DATE,
    }
)
"""The columns every code table has after ``code``."""

SCHEMAS: Final[Mapping[str, Schema]] = MappingProxyType(
    {
        schema.identifier: schema
        for schema in (
            Schema(
                "status_of_residence",
                _form(r"[0-9]{3}", "601"),
                closed=False,
                extra={
                    "periods": Column(_is_periods, "5y 3y 1y <=5y"),
                    "mid_long_term": _form(r"yes|no|by_period", "by_period"),
                    "note": _TEXT,
                },
            ),
            Schema(
                "nationality_region",
                _form(r"[A-Z]{3}", "VNM"),
                closed=False,
                extra={"note": _TEXT},
            ),
            Schema("sex", _form(r"[0-9]", "1"), closed=True),
            Schema("category", _form(r"[0-9]", "1"), closed=True),
            Schema("card_type", _form(r"[0-9]", "1"), closed=True),
            Schema("operation", _form(r"[a-z]+", "correction"), closed=True),
            Schema(
                "event",
                _form(r"[NM][0-9]{2}", "N02"),
                closed=True,
                extra={
                    "record_kind": _form("|".join(EVENTS), Kind.ISA_NOTICE),
                    "legal_base": _form(r"\S.{0,98}", "入管法21条3項"),
                    "operations": _form(rf"{_OPERATIONS}( {_OPERATIONS})*", "correction deletion"),
                },
            ),
            Schema(
                "municipality",
                _form(r"[0-9]{6}", "131041"),
                closed=False,
                extra={
                    "kana": _form(r"[ぁ-ゖー・]*", "しんじゅくく"),
                    "prefecture": _form(r"\S{3,4}", "東京都"),
                    "kind": _form(r"prefecture|municipality|designated_city|ward", "ward"),
                    "office": _form(r"yes|no", "yes"),
                },
            ),
        )
    }
)
"""Every code table, by its identifier."""
