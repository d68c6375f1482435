"""Mistakes to practise with: a file of nothing else, and names that nobody converted.

In the file every row is wrong in its own way and is refused. A name that is still as it was
submitted is refused nowhere: it travels among the right notices, and is held at the registry.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from mediabridge.kinds import Kind
from mediabridge.records.fields import FIELDS
from mediabridge.records.load import to_text
from mediabridge.records.model import IsaNotice, MidLongTermIsaNotice
from mediabridge.records.reasons import Reason
from mediabridge.records.values import Operation


@dataclass(frozen=True)
class Fault:
    """One mistake: the reason it is refused for, and the fields that make it."""

    reason: Reason
    changes: dict[str, str] = field(default_factory=dict)
    more_fields: tuple[str, ...] = ()


FAULTS: Final = (
    Fault(Reason.REQUIRED, {"birth_date": ""}),
    Fault(Reason.NOT_A_NUMBER, {"sequence": "１２"}),
    Fault(Reason.NOT_A_DATE, {"event_date": "令和8年11月19日"}),
    Fault(Reason.NO_SUCH_DAY, {"period_of_stay_expiration_date": "2027-02-29"}),
    Fault(Reason.NOT_A_PARTIAL_DATE, {"birth_date": "1990/4/12"}),
    Fault(Reason.NOT_A_TIME, {"issued_at": "2026-11-19 17:05"}),
    Fault(Reason.NOT_A_PERIOD, {"period_years": "3年"}),
    Fault(Reason.NOT_IN_LIST, {"sex": "男"}),
    Fault(Reason.NOT_AN_IDENTIFIER, {"notice_id": "通知1号"}),
    Fault(Reason.NOT_A_CARD_NUMBER, {"card_number": "AB1234567CD"}),
    Fault(Reason.NOT_ROMAN_LETTERS, {"name_roman": "XAMPLE TARŌ"}),
    Fault(Reason.NOT_KANJI, {"name_kanji": "例(TEST)"}),
    Fault(Reason.MEANT_OTHERWISE, {"name_kanji": "⻑例"}),
    Fault(Reason.DIRECTION_MARK, {"remarks": "例\u202e例"}),
    Fault(Reason.NO_SUCH_CHARACTER, {"name_kanji": "例\U0002fffc"}),
    Fault(Reason.PRIVATE_USE, {"name_kanji": "例\ue400"}),
    Fault(Reason.CHECK_DIGIT, {"municipality_code": "131042"}),
    Fault(Reason.CODE_UNKNOWN, {"status_of_residence": "999"}),
    Fault(Reason.CODE_UNKNOWN, {"nationality_region": "ZZZ"}),
    Fault(Reason.NOT_OF_CATEGORY, {"landing_period_until": "2027-01-31"}),
    Fault(Reason.EXPIRY_BEFORE_EVENT, {"period_of_stay_expiration_date": "2015-03-31"}),
    Fault(Reason.EXPIRY_MISSING, {"period_of_stay_expiration_date": ""}),
    Fault(
        Reason.PERIOD_TOO_SHORT,
        {"period_years": "0", "period_months": "3", "period_days": "0"},
    ),
    Fault(Reason.NAME_MISSING, {"name_roman": "", "name_kanji": "", "name_kanji_original": ""}),
    Fault(Reason.BIRTH_AFTER_EVENT, {"birth_date": "2101-01-01"}),
    Fault(Reason.EVENT_OPERATION, {"operation_hint": "note"}),
    Fault(Reason.TOO_LONG, {"remarks": "長い備考。" * 50}),
    Fault(Reason.MY_NUMBER, {"remarks": "個人番号は1234-5678-9018です"}),
    Fault(Reason.ROW_TOO_WIDE, more_fields=("余分",)),
)
"""One row each, in this order."""

_ONE_IN: Final = 3
"""Of how many names that had to be converted one is not; the first of a day is one."""


def write_faulty(stream: BinaryIO, notices: Sequence[IsaNotice]) -> None:
    """Write one row for every fault, made from right *notices*, of which one is enough.

    Raises:
        ValueError: none of *notices* extends a period of stay.
    """
    right = [each for each in notices if _can_be_spoilt(each)]
    if not right:
        msg = "no notice to make mistakes in"
        raise ValueError(msg)
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    columns = list(FIELDS[Kind.ISA_NOTICE])
    writer.writerow(columns)
    for number, fault in enumerate(FAULTS):
        values = {**to_text(right[number % len(right)]), **fault.changes}
        writer.writerow([values.get(name, "") for name in columns] + list(fault.more_fields))
    stream.write(text.getvalue().encode("utf-8"))


def unconverted(notices: Iterable[IsaNotice]) -> Iterator[IsaNotice]:
    """Yield *notices*, now and then one with its kanji name as submitted, before conversion."""
    found = 0
    for each in notices:
        if not _was_converted(each):
            yield each
            continue
        forgotten = found % _ONE_IN == 0
        found += 1
        changes = {"name_kanji": each.name_kanji_original} if forgotten else {}
        yield each.model_copy(update=changes)


def _was_converted(notice: IsaNotice) -> bool:
    original = notice.name_kanji_original
    # An 入管外字 may not stand in the name itself.
    named = original is not None and "{" not in original
    return named and notice.operation_hint is Operation.CORRECTION


def _can_be_spoilt(notice: IsaNotice) -> bool:
    extends = notice.event_code == "N02" and notice.name_kanji_original is None
    return extends and isinstance(notice, MidLongTermIsaNotice)
