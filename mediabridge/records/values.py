"""The closed lists of values that records have, for whoever reads no record."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Final

CARD_NUMBER: Final = r"^[A-Z]{2}[0-9]{8}[A-Z]{2}$"
"""The form of a number of a residence card or special permanent resident certificate."""


@unique
class Category(StrEnum):
    """第30条45規定区分: which row of the table of 住基法 30条の45 a person is in."""

    MID_LONG_TERM = "1"
    SPECIAL_PERMANENT = "2"
    TEMPORARY_REFUGE = "3"
    PROVISIONAL_STAY = "4"
    TRANSITIONAL_BIRTH = "5"
    TRANSITIONAL_NATIONALITY_LOSS = "6"


@unique
class Operation(StrEnum):
    """記載 / 消除 / 修正, and a note that changes nothing."""

    ENTRY = "entry"
    DELETION = "deletion"
    CORRECTION = "correction"
    NOTE = "note"


@unique
class Sex(StrEnum):
    """性別."""

    MALE = "1"
    FEMALE = "2"
    UNKNOWN = "9"


@unique
class CardType(StrEnum):
    """在留カード等番号区分."""

    RESIDENCE_CARD = "1"
    SPR_CERTIFICATE = "2"


@unique
class ReportKind(StrEnum):
    """Which notification of a place of residence (入管法, 入管特例法) is relayed."""

    NEW_LANDING = "19-7"
    CHANGE_OF_STATUS = "19-8"
    MOVE = "19-9"
    SPR_FIRST = "SPR10-1"
    SPR_CHANGE = "SPR10-2"


@unique
class DeemedBy(StrEnum):
    """Which notification under 住基法 was deemed to be it."""

    MOVED_IN = "22"
    MOVED_WITHIN = "23"
    FROM_ABROAD = "30-46"
    BECAME_RESIDENT = "30-47"
