"""The kinds of value a record field can hold, each with one spelling as text.

Every type accepts two things and nothing between: the exact text of the exchange
format (ISO 8601 dates, ``+09:00``, ASCII digits; docs/format/records.md), or the
Python value itself. Both are checked by pydantic's compiled core; no Python
function runs per field, because a snapshot of an office is a million rows.

Text is data: nothing here trims, folds or normalises a character.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from mediabridge.config import LIMITS
from mediabridge.records.text.classes import SELECTOR, UNFIT
from mediabridge.records.values import CARD_NUMBER

JST_OFFSET_SECONDS: Final = 9 * 3600
"""Notices are dated in Japan Standard Time and carry that offset."""

INDEFINITE: Final = "indefinite"
"""How ``period_years`` says that a period of stay has no end (無期限)."""

_DAY_OF_MONTH = (
    r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_LEAP_YEAR = r"(?:[12][0-9](?:0[48]|[2468][048]|[13579][26])|(?:1[26]|2[048])00)"
_DAY = rf"(?:[12][0-9]{{3}}-{_DAY_OF_MONTH}|{_LEAP_YEAR}-02-29)"
_DATE = rf"^{_DAY}$"
_INSTANT = rf"^{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\+09:00$"
_DAY_UNKNOWN = r"[12][0-9]{3}-(?:00|0[1-9]|1[0-2])-00"
_PARTIAL_DATE = rf"^(?:{_DAY_UNKNOWN}|{_DAY})$"

# In the syntax of Rust. Half-width kana, radicals and strokes are no part of a name.
_IVS = r"[\x{E0100}-\x{E01EF}]?"
_LETTERS = r"\x{3400}-\x{4DBF}\x{4E00}-\x{9FFF}\x{F900}-\x{FAFF}\x{20000}-\x{3FFFD}ぁ-ゖァ-ヺ〇"
_LETTER = rf"[{_LETTERS}]{_IVS}"
_SIGN = rf"[々ゝゞヽヾー・]{_IVS}"
_EITHER = rf"[{_LETTERS}々ゝゞヽヾー・]{_IVS}"
# Words, one space between them, and a letter in one of them at least.
_KANJI_NAME = rf"^(?:(?:{_SIGN})+　)*(?:{_SIGN})*{_LETTER}(?:{_EITHER})*(?:　(?:{_EITHER})+)*$"
_ROMAN_NAME = r"^(?:['-]+ )*['-]*[A-Z][A-Z'-]*(?: [A-Z'-]+)*$"
_PUA_ESCAPE = r"\{U\+(?:E[4-9A-F]|F[0-8])[0-9A-F]{2}\}"
_SELECTED = rf"[{SELECTOR}]?"


class PartialDate(str):
    """A date of which the day, or the month and the day, may be unknown.

    The value is its text: ``1984-05-17``, ``1984-05-00`` (day unknown) or
    ``1984-00-00`` (month and day unknown). Years run from 1000 to 2999.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Return *text* as a partial date.

        Raises:
            ValueError: *text* is not one of the three forms, or no such day exists.
        """
        if re.fullmatch(_PARTIAL_DATE, text, re.ASCII) is None:
            msg = "not in the form YYYY-MM-DD, YYYY-MM-00 or YYYY-00-00"
            raise ValueError(msg)
        return cls(text)

    @property
    def year(self) -> int:
        """The year, which is always known."""
        return int(self[:4])

    @property
    def month(self) -> int | None:
        """The month, or None when it is unknown."""
        return int(self[5:7]) or None

    @property
    def day(self) -> int | None:
        """The day of the month, or None when it is unknown."""
        return int(self[8:]) or None

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: Any, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check the calendar in the compiled core, then only wrap the text."""
        return core_schema.no_info_after_validator_function(
            cls, core_schema.str_schema(pattern=_PARTIAL_DATE, strict=True)
        )


def _text_or(pattern: str, parsed: CoreSchema, value: CoreSchema) -> Any:
    """Accept text of exactly *pattern*, converted by *parsed*, or a ready *value*."""
    text = core_schema.chain_schema([core_schema.str_schema(pattern=pattern, strict=True), parsed])
    return _Schema(core_schema.union_schema([text, value], mode="left_to_right"))


class _Schema:
    """Annotation that replaces a field's schema."""

    def __init__(self, schema: CoreSchema) -> None:
        self._schema = schema

    def __get_pydantic_core_schema__(
        self, _source: Any, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return self._schema


def _whole(maximum: int) -> Any:
    value = core_schema.int_schema(ge=0, le=maximum)
    exact = core_schema.int_schema(ge=0, le=maximum, strict=True)
    return _text_or(rf"^(?:0|{_up_to(str(maximum))})$", value, exact)


def _up_to(maximum: str) -> str:
    """Return a pattern of the numbers from 1 to *maximum*, without leading zeros."""
    last = len(maximum) - 1
    choices = [rf"[1-9][0-9]{{0,{last - 1}}}" if last > 1 else "[1-9]"] if last else []
    for place, digit in enumerate(maximum):
        least = 0 if place else 1
        if int(digit) > least:
            rest = rf"[0-9]{{{last - place}}}" if place < last else ""
            choices.append(f"{maximum[:place]}[{least}-{int(digit) - 1}]{rest}")
    return "|".join([*choices, maximum])


def _text(pattern: str, maximum: int) -> Any:
    return _Schema(core_schema.str_schema(pattern=pattern, max_length=maximum, strict=True))


Day = Annotated[
    date, _text_or(_DATE, core_schema.date_schema(), core_schema.date_schema(strict=True))
]
"""A calendar day, ``YYYY-MM-DD``."""

Instant = Annotated[
    datetime,
    _text_or(
        _INSTANT,
        core_schema.datetime_schema(tz_constraint=JST_OFFSET_SECONDS),
        core_schema.datetime_schema(strict=True, tz_constraint=JST_OFFSET_SECONDS),
    ),
]
"""A second in Japan Standard Time, ``YYYY-MM-DDTHH:MM:SS+09:00``."""

Sequence = Annotated[int, _whole(2**53 - 1)]
"""A running number; no larger than JSON carries exactly."""

Total = Annotated[int, _whole(LIMITS.record_rows)]
"""How many records an extract has; no more than a file may have."""

PeriodYears = Annotated[
    int | Literal["indefinite"],
    _Schema(
        core_schema.union_schema(
            [
                core_schema.chain_schema(
                    [
                        core_schema.str_schema(pattern=r"^[0-5]$", strict=True),
                        core_schema.int_schema(),
                    ]
                ),
                core_schema.int_schema(ge=0, le=5, strict=True),
                core_schema.literal_schema([INDEFINITE]),
            ],
            mode="left_to_right",
        )
    ),
]
"""Years 0 to 5, or ``indefinite``."""

PeriodMonths = Annotated[int, _whole(11)]
PeriodDays = Annotated[int, _whole(99)]

RecordId = Annotated[str, _text(r"^[A-Za-z0-9][A-Za-z0-9._-]*$", 32)]
"""A ULID, or up to 32 ASCII letters, digits, dots, underscores and hyphens."""

MunicipalityCode = Annotated[str, _text(r"^[0-9]{6}$", 6)]
"""全国地方公共団体コード; its check digit is a rule, not a shape."""

CardNumber = Annotated[str, _text(CARD_NUMBER, 12)]
"""Number of a residence card or special permanent resident certificate."""

StatusCode = Annotated[str, _text(r"^[0-9]{3}$", 3)]
NationalityCode = Annotated[str, _text(r"^[A-Z]{3}$", 3)]

RomanName = Annotated[str, _text(_ROMAN_NAME, 100)]
"""Upper-case letters as in the passport, hyphen, apostrophe, single spaces."""

KanjiName = Annotated[str, _text(_KANJI_NAME, 50)]
"""Kanji and kana, never normalised; variation selectors are kept."""

OriginalName = Annotated[
    str,
    _text(
        rf"^(?:(?:[^{{}}{UNFIT}]|{_PUA_ESCAPE}){_SELECTED}){{1,50}}$",
        50 * len("{U+E400}\U000e0100"),
    ),
]
"""Characters as submitted; a 入管外字 is written ``{U+E400}``, never as itself.

An escape form counts as one character, and so does a character with its selector.
"""

Address = Annotated[str, _text(rf"^(?:[^{UNFIT}]{_SELECTED})+$", 200)]
"""One line of text."""

Remarks = Annotated[str, _text(rf"^(?:(?:[^{UNFIT}]|[\t\r\n]){_SELECTED})+$", 200)]
"""Free text; the only field that may run over several lines."""
