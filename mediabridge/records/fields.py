"""The one table of fields: what each is called, in law and on screen, and what it holds.

The data dictionary, the column headers and the words of an error are all made
from this table. ``certainty`` says how sure the *legal name* is:
``F`` found in a public source, ``M`` from memory, ``P`` this project's own. The
identifiers and the layout are this project's proposal throughout; the official
interface is not published.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final

from mediabridge.config import LIMITS
from mediabridge.kinds import Kind
from mediabridge.records.events import Certainty, IsaEvent, MunicipalEvent
from mediabridge.records.reasons import Reason
from mediabridge.records.values import CardType, Category, DeemedBy, Operation, ReportKind, Sex


@unique
class Need(StrEnum):
    """When a field has to be filled."""

    ALWAYS = "always"
    CATEGORY = "category"
    """Required in the categories that have it, absent in all others."""

    DEPENDS = "depends"
    """A rule says when; see :mod:`mediabridge.records.rules`."""

    OPTIONAL = "optional"


@dataclass(frozen=True)
class Field:
    """One field of one kind of record."""

    identifier: str
    japanese: str
    english: str
    law: str
    certainty: Certainty
    need: Need
    form: Reason
    """The reason that a value of the wrong form is refused for."""

    example: str
    limit: int = 0
    """Characters of text, or the largest number; 0 where the form fixes it."""

    allowed: tuple[str, ...] = ()
    """The values of a closed list."""

    categories: frozenset[Category] = field(default=frozenset(Category))
    """The Article 30-45 categories that have the field."""

    unscanned: str = ""
    """Why no value of this field can hold what is never carried; empty: every value is scanned.

    See :mod:`mediabridge.records.never_carried`. A reason is a claim about the form, and the
    tests try to put an individual number into every field that has one.
    """

    def facts(self) -> dict[str, str | int]:
        """Return what fills the sentences of :class:`Reason` for this field."""
        return {"example": self.example, "limit": self.limit, "allowed": ", ".join(self.allowed)}


_CARD_HOLDERS = frozenset({Category.MID_LONG_TERM, Category.SPECIAL_PERMANENT})
_MID_LONG = frozenset({Category.MID_LONG_TERM})
_REFUGE = frozenset({Category.TEMPORARY_REFUGE})
_PROVISIONAL = frozenset({Category.PROVISIONAL_STAY})

_ID = Reason.NOT_AN_IDENTIFIER
_DATE = Reason.NOT_A_DATE
_TIME = Reason.NOT_A_TIME
_TEXT = Reason.CHARACTER_NOT_ALLOWED
_LIST = Reason.NOT_IN_LIST
_NO_DIGITS = "its form has no digits"
_SHORT_CODE = "its form is a code of three or six digits"
_SMALL_NUMBER = "its form is a number of one or two digits"
_FEW_DIGITS = "its form is a number of eight digits at most"
_EIGHT_DIGITS = "its form is a date, of eight digits"
_CLOCK = "its form is a time, whose digits stand in groups of two and four"
_CARD_FORM = "its form is two letters, eight digits, two letters"
_CLOSED_LIST = "its form is a closed list of short codes"
_ART_30_45 = "住基法30条の45"
_ART_30_50 = "住基法30条の50"
_ART_61_8_2 = "入管法61条の8の2"
_ORDER_2 = "入管法施行令2条"

# fmt: off
_NOTICE_ID = Field(
    "notice_id", "通知番号", "notice number", "", "P", Need.ALWAYS, _ID,
    "01JD3MZ6Q8W9X0Y1Z2A3B4C5D6", 32)
_SEQUENCE = Field(
    "sequence", "宛先ごとの連番", "running number per destination", "", "P", Need.ALWAYS,
    Reason.NOT_A_NUMBER, "12", 2**53 - 1)
_CARD_TYPE = Field(
    "card_type", "在留カード等番号区分", "kind of card", _ART_30_45, "F", Need.CATEGORY, _LIST,
    "1", allowed=tuple(CardType), categories=_CARD_HOLDERS, unscanned=_CLOSED_LIST)
_CARD_NUMBER = Field(
    "card_number", "在留カード等の番号",
    "number of the residence card or special permanent resident certificate", _ART_30_45, "F",
    Need.CATEGORY, Reason.NOT_A_CARD_NUMBER, "AB12345678CD", categories=_CARD_HOLDERS,
    unscanned=_CARD_FORM)
_CATEGORY = Field(
    "art30_45_category", "第30条45規定区分", "category of Article 30-45", _ART_30_45, "F",
    Need.ALWAYS, _LIST, "1", allowed=tuple(Category), unscanned=_CLOSED_LIST)
_NAME_ROMAN = Field(
    "name_roman", "氏名_外国人ローマ字", "name in Roman letters", "住基法7条1号", "F",
    Need.DEPENDS, Reason.NOT_ROMAN_LETTERS, "NGUYEN VAN AN", 100, unscanned=_NO_DIGITS)
_NAME_KANJI = Field(
    "name_kanji", "氏名_外国人漢字", "name in kanji (正字)", "住基法7条1号", "F",
    Need.DEPENDS, Reason.NOT_KANJI, "張偉", 50)
_BIRTH_DATE = Field(
    "birth_date", "生年月日", "date of birth", "住基法7条2号", "F", Need.ALWAYS,
    Reason.NOT_A_PARTIAL_DATE, "1990-04-12", unscanned=_EIGHT_DIGITS)
_SEX = Field(
    "sex", "性別", "sex", "住基法7条3号", "F", Need.ALWAYS, _LIST, "1", allowed=tuple(Sex),
    unscanned=_CLOSED_LIST)
_NATIONALITY = Field(
    "nationality_region", "国籍・地域", "nationality or region", _ART_30_45, "F", Need.ALWAYS,
    Reason.NOT_A_CODE, "VNM", unscanned=_NO_DIGITS)
_REMARKS = Field(
    "remarks", "備考", "remarks", "", "P", Need.OPTIONAL, _TEXT, "再交付済", 200)

_STAY: tuple[Field, ...] = (
    Field("status_of_residence", "在留資格", "status of residence", _ART_30_45, "F", Need.CATEGORY,
          Reason.NOT_A_CODE, "226", categories=_MID_LONG, unscanned=_SHORT_CODE),
    Field("period_years", "在留期間_年", "period of stay, years", _ART_30_45, "F", Need.CATEGORY,
          Reason.NOT_A_PERIOD, "3", 5, categories=_MID_LONG, unscanned=_SMALL_NUMBER),
    Field("period_months", "在留期間_月", "period of stay, months", _ART_30_45, "F", Need.DEPENDS,
          Reason.NOT_A_NUMBER, "0", 11, categories=_MID_LONG, unscanned=_SMALL_NUMBER),
    Field("period_days", "在留期間_日", "period of stay, days", _ART_30_45, "F", Need.DEPENDS,
          Reason.NOT_A_NUMBER, "0", 99, categories=_MID_LONG, unscanned=_SMALL_NUMBER),
    Field("period_of_stay_expiration_date", "在留期間の満了の日",
          "date of expiration of the period of stay", _ART_30_45, "F", Need.DEPENDS, _DATE,
          "2029-11-30", categories=_MID_LONG, unscanned=_EIGHT_DIGITS),
    Field("landing_period_until", "上陸期間", "end of the permitted landing period", _ART_30_45,
          "M", Need.CATEGORY, _DATE, "2027-05-31", categories=_REFUGE, unscanned=_EIGHT_DIGITS),
    Field("provisional_stay_until", "仮滞在期間", "end of the period of provisional stay",
          _ART_30_45, "M", Need.CATEGORY, _DATE, "2027-05-31", categories=_PROVISIONAL,
          unscanned=_EIGHT_DIGITS),
)

_ISA_NOTICE: tuple[Field, ...] = (
    _NOTICE_ID,
    _SEQUENCE,
    Field("municipality_code", "宛先 全国地方公共団体コード", "code of the receiving municipality",
          _ART_30_50, "F", Need.ALWAYS, Reason.NOT_A_CODE, "131041", unscanned=_SHORT_CODE),
    Field("issued_at", "通知日時", "time of the notice", _ART_30_50, "P", Need.ALWAYS, _TIME,
          "2026-11-20T17:05:00+09:00", unscanned=_CLOCK),
    Field("event_code", "事由", "reason", _ART_30_50, "M", Need.ALWAYS, _LIST, "N02",
          allowed=tuple(IsaEvent), unscanned=_CLOSED_LIST),
    Field("event_date", "事由の生じた日", "date of the event", _ART_30_50, "M", Need.ALWAYS, _DATE,
          "2026-11-19", unscanned=_EIGHT_DIGITS),
    Field("operation_hint", "修正/消除", "correction, deletion or note", "住基法8条", "P",
          Need.ALWAYS, _LIST, "correction",
          allowed=(Operation.CORRECTION, Operation.DELETION, Operation.NOTE),
          unscanned=_CLOSED_LIST),
    Field("prior_card_number", "変更前の番号", "number before the change", _ART_30_50, "M",
          Need.OPTIONAL, Reason.NOT_A_CARD_NUMBER, "AB12345678CD", unscanned=_CARD_FORM),
    _CARD_TYPE,
    _CARD_NUMBER,
    _CATEGORY,
    _NAME_ROMAN,
    _NAME_KANJI,
    Field("name_kanji_original", "置換前の漢字", "kanji as submitted, before conversion",
          "法務省告示582号", "F", Need.OPTIONAL, _TEXT, "张伟", 50),
    _BIRTH_DATE,
    _SEX,
    _NATIONALITY,
    *_STAY,
    _REMARKS,
)

_MUNICIPAL_NOTICE: tuple[Field, ...] = (
    _NOTICE_ID,
    _SEQUENCE,
    Field("municipality_code", "通知元 全国地方公共団体コード", "code of the sending municipality",
          _ART_61_8_2, "F", Need.ALWAYS, Reason.NOT_A_CODE, "131041", unscanned=_SHORT_CODE),
    Field("processed_at", "処理日時", "time of processing", _ART_61_8_2, "P", Need.ALWAYS, _TIME,
          "2026-11-20T16:40:00+09:00", unscanned=_CLOCK),
    Field("event_code", "異動事由", "reason", _ART_61_8_2, "M", Need.ALWAYS, _LIST, "M04",
          allowed=tuple(MunicipalEvent), unscanned=_CLOSED_LIST),
    Field("operation", "記載/消除/修正", "entry, deletion or correction", "住基法8条", "F",
          Need.ALWAYS, _LIST, "correction",
          allowed=(Operation.ENTRY, Operation.DELETION, Operation.CORRECTION),
          unscanned=_CLOSED_LIST),
    Field("event_date", "異動年月日", "date of change", _ART_61_8_2, "M", Need.ALWAYS, _DATE,
          "2026-11-18", unscanned=_EIGHT_DIGITS),
    Field("notified_on", "届出年月日", "date of notification", "住基法22–24条, 30条の46, 30条の47",
          "M", Need.DEPENDS, _DATE, "2026-11-20", unscanned=_EIGHT_DIGITS),
    _CARD_TYPE,
    _CARD_NUMBER,
    _CATEGORY,
    _NAME_ROMAN,
    _NAME_KANJI,
    _BIRTH_DATE,
    _SEX,
    _NATIONALITY,
    Field("address", "住所", "address", "住基法7条7号", "F", Need.DEPENDS, _TEXT,
          "新宿区歌舞伎町一丁目4番1号", 200),
    Field("previous_address", "従前の住所", "previous address", "住基法7条8号", "F", Need.DEPENDS,
          _TEXT, "千代田区九段南一丁目2番1号", 200),
    Field("next_address", "転出先", "next address", "住基法24条", "M", Need.DEPENDS, _TEXT,
          "川口市青木二丁目1番1号", 200),
    Field("next_municipality_code", "転出先 全国地方公共団体コード",
          "code of the next municipality", "住基法24条", "P", Need.OPTIONAL, Reason.NOT_A_CODE,
          "112038", unscanned=_SHORT_CODE),
    Field("foreign_resident_since", "外国人住民となった年月日",
          "date of becoming a foreign resident", _ART_30_45, "F", Need.OPTIONAL, _DATE,
          "2024-04-01", unscanned=_EIGHT_DIGITS),
    _REMARKS,
)

_RESIDENCE_REPORT: tuple[Field, ...] = (
    Field("report_id", "伝達番号", "report number", "", "P", Need.ALWAYS, _ID,
          "01JD3MZ6Q8W9X0Y1Z2A3B4C5D6", 32),
    Field("municipality_code", "伝達元 全国地方公共団体コード", "code of the sending municipality",
          _ORDER_2, "F", Need.ALWAYS, Reason.NOT_A_CODE, "131041", unscanned=_SHORT_CODE),
    Field("report_kind", "届出の種類", "which notification", _ORDER_2, "F", Need.ALWAYS, _LIST,
          "19-9", allowed=tuple(ReportKind), unscanned=_CLOSED_LIST),
    Field("reported_on", "届出の年月日", "date of the notification", _ORDER_2, "F", Need.ALWAYS,
          _DATE, "2026-11-20", unscanned=_EIGHT_DIGITS),
    Field("deemed_by", "みなし届出", "notification deemed to be it", "入管法19条の7–19条の9", "F",
          Need.OPTIONAL, _LIST, "22", allowed=tuple(DeemedBy), unscanned=_CLOSED_LIST),
    Field("card_number", "在留カード等の番号",
          "number of the residence card or special permanent resident certificate", _ORDER_2, "F",
          Need.ALWAYS, Reason.NOT_A_CARD_NUMBER, "AB12345678CD", unscanned=_CARD_FORM),
    _NAME_ROMAN,
    _NAME_KANJI,
    _BIRTH_DATE,
    _SEX,
    _NATIONALITY,
    Field("place_of_residence", "住居地", "place of residence", _ORDER_2, "F", Need.ALWAYS, _TEXT,
          "新宿区歌舞伎町一丁目4番1号", 200),
    Field("residence_since", "住居地を定めた日", "date of settling at the place of residence",
          _ORDER_2, "M", Need.ALWAYS, _DATE, "2026-11-18", unscanned=_EIGHT_DIGITS),
    Field("previous_place_of_residence", "従前の住居地", "former place of residence", _ORDER_2, "M",
          Need.OPTIONAL, _TEXT, "千代田区九段南一丁目2番1号", 200),
)

_ISA_POPULATION: tuple[Field, ...] = (
    Field("entry_id", "全件データの項目番号", "number of the entry", "", "P", Need.ALWAYS, _ID,
          "E-20261120-0000001", 32),
    Field("extract_id", "全件データの抽出番号", "number of the extract", "", "P", Need.ALWAYS, _ID,
          "X-20261120", 32),
    Field("as_of", "抽出日時", "time of the extract", "", "P", Need.ALWAYS, _TIME,
          "2026-11-20T02:00:00+09:00", unscanned=_CLOCK),
    Field("total", "全件データの件数", "number of entries of the extract", "", "P", Need.ALWAYS,
          Reason.NOT_A_NUMBER, "4812", LIMITS.record_rows, unscanned=_FEW_DIGITS),
    Field("municipality_code", "宛先 全国地方公共団体コード", "code of the receiving municipality",
          "", "P", Need.ALWAYS, Reason.NOT_A_CODE, "131041", unscanned=_SHORT_CODE),
    _CARD_TYPE,
    _CARD_NUMBER,
    _CATEGORY,
    _NAME_ROMAN,
    _NAME_KANJI,
    _BIRTH_DATE,
    _SEX,
    _NATIONALITY,
    *_STAY,
    Field("address", "住居地", "place of residence", "", "P", Need.OPTIONAL, _TEXT,
          "新宿区歌舞伎町一丁目4番1号", 200),
)

# fmt: on

FIELDS: Final[Mapping[Kind, Mapping[str, Field]]] = MappingProxyType(
    {
        kind: MappingProxyType({item.identifier: item for item in table})
        for kind, table in (
            (Kind.ISA_NOTICE, _ISA_NOTICE),
            (Kind.MUNICIPAL_NOTICE, _MUNICIPAL_NOTICE),
            (Kind.RESIDENCE_REPORT, _RESIDENCE_REPORT),
            (Kind.ISA_POPULATION, _ISA_POPULATION),
        )
    }
)
"""Per kind of record, the fields by identifier, in the order of the layout."""


def label(kind: Kind, identifier: str, *, japanese: bool) -> str:
    """Return what a clerk calls the field, in Japanese or English."""
    item = FIELDS[kind][identifier]
    return item.japanese if japanese else item.english
