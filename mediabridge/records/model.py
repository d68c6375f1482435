"""The models of what travels: one for each kind of record, and for each category of one.

Notices are discriminated unions on ``art30_45_category``: each category of the table
of 住基法 30条の45 has its own class, which permits exactly its own items. An item that a
category does not have is absent as an attribute too; use :meth:`Record.get` to ask
for one without knowing the category.

A model holds well-formed values. Whether they make sense together is asked of
:mod:`mediabridge.records.rules`, and :func:`mediabridge.records.load.load` asks both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from mediabridge.kinds import Kind
from mediabridge.records.events import IsaEvent, MunicipalEvent
from mediabridge.records.result import Result as Result  # noqa: PLC0414 - where people look for it
from mediabridge.records.types import (
    Address,
    CardNumber,
    Day,
    Instant,
    KanjiName,
    MunicipalityCode,
    NationalityCode,
    OriginalName,
    PartialDate,
    PeriodDays,
    PeriodMonths,
    PeriodYears,
    RecordId,
    Remarks,
    RomanName,
    Sequence,
    StatusCode,
    Total,
)
from mediabridge.records.values import CardType, Category, DeemedBy, Operation, ReportKind, Sex


class Record(BaseModel):
    """Root of all records: frozen, and without any item it does not name."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    def get(self, identifier: str) -> Any:
        """Return the value of *identifier*, or None if absent or not of this category."""
        return self.__dict__.get(identifier)

    def items(self) -> dict[str, Any]:
        """Return the values that are present, by identifier."""
        return {name: value for name, value in self.__dict__.items() if value is not None}


class _Notice(Record):
    """Items common to both directions."""

    notice_id: RecordId
    sequence: Sequence
    municipality_code: MunicipalityCode
    event_date: Day
    name_roman: RomanName | None = None
    name_kanji: KanjiName | None = None
    birth_date: PartialDate
    sex: Sex
    nationality_region: NationalityCode
    remarks: Remarks | None = None

    @property
    def record_id(self) -> str:
        """The identifier that makes applying idempotent."""
        return self.notice_id


class IsaNotice(_Notice):
    """法務省通知 (住基法 30条の50): items of every category; see the classes below it."""

    issued_at: Instant
    event_code: IsaEvent
    operation_hint: Literal[Operation.CORRECTION, Operation.DELETION, Operation.NOTE]
    prior_card_number: CardNumber | None = None
    art30_45_category: Category
    name_kanji_original: OriginalName | None = None


class MidLongTermIsaNotice(IsaNotice):
    """Category 1, 中長期在留者."""

    art30_45_category: Literal[Category.MID_LONG_TERM]
    card_type: Literal[CardType.RESIDENCE_CARD]
    card_number: CardNumber
    status_of_residence: StatusCode
    period_years: PeriodYears
    period_months: PeriodMonths | None = None
    period_days: PeriodDays | None = None
    period_of_stay_expiration_date: Day | None = None


class SpecialPermanentIsaNotice(IsaNotice):
    """Category 2, 特別永住者."""

    art30_45_category: Literal[Category.SPECIAL_PERMANENT]
    card_type: Literal[CardType.SPR_CERTIFICATE]
    card_number: CardNumber


class TemporaryRefugeIsaNotice(IsaNotice):
    """Category 3, 一時庇護許可者."""

    art30_45_category: Literal[Category.TEMPORARY_REFUGE]
    landing_period_until: Day


class ProvisionalStayIsaNotice(IsaNotice):
    """Category 4, 仮滞在許可者."""

    art30_45_category: Literal[Category.PROVISIONAL_STAY]
    provisional_stay_until: Day


class TransitionalIsaNotice(IsaNotice):
    """Categories 5 and 6, 経過滞在者 by birth or by loss of nationality: no own items."""

    art30_45_category: Literal[Category.TRANSITIONAL_BIRTH, Category.TRANSITIONAL_NATIONALITY_LOSS]


class MunicipalNotice(_Notice):
    """市町村通知 (入管法 61条の8の2): items of every category; see the classes below it."""

    processed_at: Instant
    event_code: MunicipalEvent
    operation: Literal[Operation.ENTRY, Operation.DELETION, Operation.CORRECTION]
    notified_on: Day | None = None
    art30_45_category: Category
    address: Address | None = None
    previous_address: Address | None = None
    next_address: Address | None = None
    next_municipality_code: MunicipalityCode | None = None
    foreign_resident_since: Day | None = None


class MidLongTermMunicipalNotice(MunicipalNotice):
    """Category 1, 中長期在留者."""

    art30_45_category: Literal[Category.MID_LONG_TERM]
    card_type: Literal[CardType.RESIDENCE_CARD]
    card_number: CardNumber


class SpecialPermanentMunicipalNotice(MunicipalNotice):
    """Category 2, 特別永住者."""

    art30_45_category: Literal[Category.SPECIAL_PERMANENT]
    card_type: Literal[CardType.SPR_CERTIFICATE]
    card_number: CardNumber


class CardlessMunicipalNotice(MunicipalNotice):
    """Categories 3 to 6, who hold neither card nor certificate."""

    art30_45_category: Literal[
        Category.TEMPORARY_REFUGE,
        Category.PROVISIONAL_STAY,
        Category.TRANSITIONAL_BIRTH,
        Category.TRANSITIONAL_NATIONALITY_LOSS,
    ]


class ResidenceReport(Record):
    """住居地届出の伝達 (入管法施行令 2条)."""

    report_id: RecordId
    municipality_code: MunicipalityCode
    report_kind: ReportKind
    reported_on: Day
    deemed_by: DeemedBy | None = None
    card_number: CardNumber
    name_roman: RomanName | None = None
    name_kanji: KanjiName | None = None
    birth_date: PartialDate
    sex: Sex
    nationality_region: NationalityCode
    place_of_residence: Address
    residence_since: Day
    previous_place_of_residence: Address | None = None


class IsaPopulation(Record):
    """An entry of a full population: items of every category; see the classes below it.

    No law knows such an extract, and it is no notice: it tells what the agency has of each
    person at one time, not that anything happened.
    """

    entry_id: RecordId
    extract_id: RecordId
    as_of: Instant
    total: Total
    municipality_code: MunicipalityCode
    art30_45_category: Category
    name_roman: RomanName | None = None
    name_kanji: KanjiName | None = None
    birth_date: PartialDate
    sex: Sex
    nationality_region: NationalityCode
    address: Address | None = None

    @property
    def record_id(self) -> str:
        """The identifier that makes taking idempotent."""
        return self.entry_id


class MidLongTermIsaPopulation(IsaPopulation):
    """Category 1, 中長期在留者."""

    art30_45_category: Literal[Category.MID_LONG_TERM]
    card_type: Literal[CardType.RESIDENCE_CARD]
    card_number: CardNumber
    status_of_residence: StatusCode
    period_years: PeriodYears
    period_months: PeriodMonths | None = None
    period_days: PeriodDays | None = None
    period_of_stay_expiration_date: Day | None = None


class SpecialPermanentIsaPopulation(IsaPopulation):
    """Category 2, 特別永住者."""

    art30_45_category: Literal[Category.SPECIAL_PERMANENT]
    card_type: Literal[CardType.SPR_CERTIFICATE]
    card_number: CardNumber


class TemporaryRefugeIsaPopulation(IsaPopulation):
    """Category 3, 一時庇護許可者."""

    art30_45_category: Literal[Category.TEMPORARY_REFUGE]
    landing_period_until: Day


class ProvisionalStayIsaPopulation(IsaPopulation):
    """Category 4, 仮滞在許可者."""

    art30_45_category: Literal[Category.PROVISIONAL_STAY]
    provisional_stay_until: Day


class TransitionalIsaPopulation(IsaPopulation):
    """Categories 5 and 6, 経過滞在者 by birth or by loss of nationality: no own items."""

    art30_45_category: Literal[Category.TRANSITIONAL_BIRTH, Category.TRANSITIONAL_NATIONALITY_LOSS]


AnyIsaNotice = Annotated[
    MidLongTermIsaNotice
    | SpecialPermanentIsaNotice
    | TemporaryRefugeIsaNotice
    | ProvisionalStayIsaNotice
    | TransitionalIsaNotice,
    Field(discriminator="art30_45_category"),
]
"""One of the category classes of :class:`IsaNotice`."""

AnyMunicipalNotice = Annotated[
    MidLongTermMunicipalNotice | SpecialPermanentMunicipalNotice | CardlessMunicipalNotice,
    Field(discriminator="art30_45_category"),
]
"""One of the category classes of :class:`MunicipalNotice`."""

AnyIsaPopulation = Annotated[
    MidLongTermIsaPopulation
    | SpecialPermanentIsaPopulation
    | TemporaryRefugeIsaPopulation
    | ProvisionalStayIsaPopulation
    | TransitionalIsaPopulation,
    Field(discriminator="art30_45_category"),
]
"""One of the category classes of :class:`IsaPopulation`."""

BASES: Final[Mapping[Kind, type[Record]]] = {
    Kind.ISA_NOTICE: IsaNotice,
    Kind.MUNICIPAL_NOTICE: MunicipalNotice,
    Kind.RESIDENCE_REPORT: ResidenceReport,
    Kind.ISA_POPULATION: IsaPopulation,
}
"""What every record of a kind is, whatever its category."""

_DEFERRED: Final = ConfigDict(defer_build=True)
"""Built when the first record of the kind is read, like the classes."""

ADAPTERS: Final[Mapping[Kind, TypeAdapter[Any]]] = {
    Kind.ISA_NOTICE: TypeAdapter(AnyIsaNotice, config=_DEFERRED),
    Kind.MUNICIPAL_NOTICE: TypeAdapter(AnyMunicipalNotice, config=_DEFERRED),
    Kind.RESIDENCE_REPORT: TypeAdapter(ResidenceReport),
    Kind.ISA_POPULATION: TypeAdapter(AnyIsaPopulation, config=_DEFERRED),
}
"""Turns a mapping of identifiers to text (or values) into a record of that kind."""


def classes_of(kind: Kind) -> Mapping[Category, type[Record]]:
    """Return the class of each category of *kind*; empty where the kind has no categories."""
    return {
        category: cls
        for cls in BASES[kind].__subclasses__()
        for category in get_args(get_type_hints(cls)["art30_45_category"])
    }
