"""事由: why a notice is sent, on what legal base, and what it may do to a record.

Codes are this project's own (the official interface is not published); the
Japanese names and legal bases are read from 住基法 30条の50 and 入管法 61条の8の2, or made up
for want of a published list; ``certainty`` says how sure each of them is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final, Literal

from mediabridge.kinds import Kind
from mediabridge.records.values import Category, Operation

Certainty = Literal["F", "M", "P", "?"]
"""[F] found in a public source, [M] from memory, [P] this project's proposal, [?] uncertain."""

ANY_CATEGORY: Final = frozenset(Category)
_CARD_HOLDERS = frozenset({Category.MID_LONG_TERM, Category.SPECIAL_PERMANENT})
_MID_LONG = frozenset({Category.MID_LONG_TERM})
_SPECIAL = frozenset({Category.SPECIAL_PERMANENT})
_REFUGE = frozenset({Category.TEMPORARY_REFUGE, Category.PROVISIONAL_STAY})

_ENTRY = frozenset({Operation.ENTRY})
_DELETION = frozenset({Operation.DELETION})
_CORRECTION = frozenset({Operation.CORRECTION})
_NOTE = frozenset({Operation.NOTE})


@unique
class IsaEvent(StrEnum):
    """Reasons of an ``isa_notice`` (法務省通知)."""

    N01 = "N01"
    N02 = "N02"
    N03 = "N03"
    N04 = "N04"
    N05 = "N05"
    N06 = "N06"
    N07 = "N07"
    N08 = "N08"
    N09 = "N09"
    N10 = "N10"
    N11 = "N11"
    N12 = "N12"
    N13 = "N13"
    N14 = "N14"
    N15 = "N15"
    N16 = "N16"
    N17 = "N17"
    N18 = "N18"


@unique
class MunicipalEvent(StrEnum):
    """Reasons of a ``municipal_notice`` (市町村通知)."""

    M01 = "M01"
    M02 = "M02"
    M03 = "M03"
    M04 = "M04"
    M05 = "M05"
    M06 = "M06"
    M07 = "M07"
    M08 = "M08"
    M09 = "M09"
    M10 = "M10"
    M11 = "M11"
    M12 = "M12"
    M13 = "M13"


@dataclass(frozen=True)
class Event:
    """One reason of the table."""

    code: str
    japanese: str
    english: str
    legal_base: str
    operations: frozenset[Operation]
    categories: frozenset[Category] = ANY_CATEGORY
    required: frozenset[str] = frozenset()
    certainty: Certainty = "M"


def _table(*events: Event) -> MappingProxyType[str, Event]:
    return MappingProxyType({event.code: event for event in events})


ISA_EVENTS: Final = _table(
    Event(
        "N01",
        "在留資格の変更許可",
        "permission to change the status of residence",
        "入管法20条3項",
        _CORRECTION,
        _MID_LONG,
    ),
    Event(
        "N02",
        "在留期間の更新許可",
        "permission to extend the period of stay",
        "入管法21条3項",
        _CORRECTION,
        _MID_LONG,
    ),
    Event(
        "N03",
        "永住許可",
        "permission for permanent residence",
        "入管法22条2項",
        _CORRECTION,
        _MID_LONG,
    ),
    Event(
        "N04",
        "在留資格の取得許可",
        "permission to acquire a status of residence",
        "入管法22条の2, 22条の3",
        _CORRECTION,
        _MID_LONG,
    ),
    Event(
        "N05",
        "氏名・生年月日・性別・国籍地域の変更届出",
        "notification of a change of name, birth date, sex, nationality or region",
        "入管法19条の10",
        _CORRECTION,
        _MID_LONG,
    ),
    Event(
        "N06",
        "在留カードの有効期間の更新",
        "renewal of the validity of a residence card",
        "入管法19条の11",
        _CORRECTION,
        _MID_LONG,
    ),
    Event(
        "N07",
        "在留カードの再交付",
        "reissue of a residence card",
        "入管法19条の12, 19条の13",
        _CORRECTION,
        _MID_LONG,
    ),
    Event(
        "N08",
        "在留資格の取消し",
        "revocation of the status of residence",
        "入管法22条の4",
        _CORRECTION | _DELETION,
        _MID_LONG,
    ),
    Event(
        "N09",
        "在留カードの失効",
        "loss of validity of a residence card",
        "入管法19条の14",
        _DELETION,
        _MID_LONG,
    ),
    Event(
        "N10",
        "在留特別許可",
        "special permission to stay",
        "入管法50条",
        _CORRECTION,
        _MID_LONG,
    ),
    Event(
        "N11",
        "難民・補完的保護対象者の認定に伴う定住者",
        "long-term resident status upon recognition of a refugee or person under"
        " complementary protection",
        "入管法61条の2の2",
        _CORRECTION,
        _MID_LONG,
    ),
    Event(
        "N12",
        "一時庇護上陸許可・仮滞在許可、期間の変更・取消",
        "landing permission for temporary refuge or permission for provisional stay,"
        " change or revocation",
        "入管法18条の2, 61条の2の4",
        _CORRECTION | _DELETION,
        _REFUGE,
    ),
    Event(
        "N13",
        "特別永住許可",
        "permission for special permanent residence",
        "入管特例法4条, 5条",
        _CORRECTION,
        _SPECIAL,
    ),
    Event(
        "N14",
        "特別永住者証明書 記載事項変更・更新・再交付",
        "change, renewal or reissue of a special permanent resident certificate",
        "入管特例法11–14条",
        _CORRECTION,
        _SPECIAL,
    ),
    Event(
        "N15",
        "退去強制 等により該当しなくなった",
        "no longer within Article 30-45 (deportation and the like)",
        "入管法",
        _DELETION,
    ),
    Event(
        "N16",
        "漢字氏名の表記の申出",
        "request to add the name in kanji",
        "入管法施行規則19条の7",
        _CORRECTION,
        _CARD_HOLDERS,
        frozenset({"name_kanji"}),
        "F",
    ),
    Event("N17", "誤りの訂正", "correction of an error", "住基法30条の50", _CORRECTION),
    Event(
        "N18",
        "特例期間の情報",
        "special period while an application is pending",
        "入管法20条6項",
        _NOTE,
        _MID_LONG,
        certainty="?",
    ),
)
"""N01 to N18 by code."""

_BY_NOTIFICATION = frozenset({"notified_on"})
_MOVED_IN = _BY_NOTIFICATION | {"address"}

MUNICIPAL_EVENTS: Final = _table(
    Event(
        "M01",
        "転入 (国内)",
        "move in from within Japan",
        "住基法22条",
        _ENTRY,
        required=_MOVED_IN | {"previous_address"},
    ),
    Event(
        "M02", "国外からの転入", "move in from abroad", "住基法30条の46", _ENTRY, required=_MOVED_IN
    ),
    Event(
        "M03",
        "中長期在留者等となった者の届出",
        "notification by a person who became a mid- to long-term resident or the like",
        "住基法30条の47",
        _ENTRY,
        required=_MOVED_IN,
    ),
    Event(
        "M04",
        "転居",
        "move within the municipality",
        "住基法23条",
        _CORRECTION,
        required=_MOVED_IN | {"previous_address"},
    ),
    Event(
        "M05",
        "転出 (国内)",
        "move out within Japan",
        "住基法24条",
        _DELETION,
        required=_BY_NOTIFICATION | {"next_address"},
    ),
    Event(
        "M06", "転出 (国外)", "move out abroad", "住基法24条", _DELETION, required=_BY_NOTIFICATION
    ),
    Event(
        "M07",
        "出生",
        "birth",
        "職権 (戸籍届出)",
        _ENTRY,
        frozenset({Category.TRANSITIONAL_BIRTH}),
        frozenset({"address"}),
    ),
    Event(
        "M08",
        "国籍喪失",
        "loss of Japanese nationality",
        "職権",
        _ENTRY,
        frozenset({Category.TRANSITIONAL_NATIONALITY_LOSS}),
        frozenset({"address"}),
    ),
    Event("M09", "死亡・失踪宣告", "death or adjudication of disappearance", "職権", _DELETION),
    Event(
        "M10",
        "帰化・国籍取得",
        "naturalisation or acquisition of Japanese nationality",
        "職権",
        _DELETION,
    ),
    Event(
        "M11",
        "職権記載・職権消除・職権修正",
        "ex officio entry, deletion or correction",
        "住基法8条, 住基法施行令12条",
        _ENTRY | _DELETION | _CORRECTION,
    ),
    Event(
        "M12",
        "住居表示・区画変更 等",
        "change of the residence indication or of boundaries",
        "職権",
        _CORRECTION,
        required=frozenset({"address"}),
    ),
    Event(
        "M13",
        "転出取消・回復・誤記修正",
        "cancelled move, restored record or corrected error",
        "職権",
        _CORRECTION,
    ),
)
"""M01 to M13 by code."""

EVENTS: Final[Mapping[Kind, Mapping[str, Event]]] = MappingProxyType(
    {Kind.ISA_NOTICE: ISA_EVENTS, Kind.MUNICIPAL_NOTICE: MUNICIPAL_EVENTS}
)
"""The events of each kind that has any."""
