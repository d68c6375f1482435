from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError
from records.rows import ISA, ISA_BIRTH, ISA_PERMANENT, RIGHT, load, present

from mediabridge.kinds import Kind
from mediabridge.records.codes import table
from mediabridge.records.events import ISA_EVENTS, MUNICIPAL_EVENTS, IsaEvent, MunicipalEvent
from mediabridge.records.fields import FIELDS, Need
from mediabridge.records.load import to_text
from mediabridge.records.model import (
    ADAPTERS,
    BASES,
    CardlessMunicipalNotice,
    MidLongTermIsaNotice,
    TransitionalIsaNotice,
)
from mediabridge.records.rules import CHECKS
from mediabridge.records.types import INDEFINITE, PartialDate
from mediabridge.records.values import Category


@pytest.mark.parametrize(("kind", "row"), RIGHT)
def test_right_rows_load(kind: Kind, row: dict[str, str]) -> None:
    assert to_text(load(kind, row)) == present(row)


@pytest.mark.parametrize(("kind", "row"), RIGHT)
def test_records_are_frozen(kind: Kind, row: dict[str, str]) -> None:
    record = load(kind, row)
    with pytest.raises(ValidationError):
        record.sex = "1"  # type: ignore[attr-defined]


def test_values_become_types() -> None:
    notice = load(Kind.ISA_NOTICE, ISA)
    assert isinstance(notice, MidLongTermIsaNotice)
    assert notice.event_date == date(2026, 11, 18)
    assert notice.event_code is IsaEvent.N02
    assert (notice.period_years, notice.period_months, notice.period_days) == (3, 0, 0)
    assert notice.record_id == ISA["notice_id"]
    assert notice.issued_at == datetime(2026, 11, 19, 8, 5, tzinfo=UTC)


def test_indefinite_period_has_no_numbers() -> None:
    notice = load(Kind.ISA_NOTICE, ISA_PERMANENT)
    assert isinstance(notice, MidLongTermIsaNotice)
    assert notice.period_years == INDEFINITE
    assert (notice.period_months, notice.period_days) == (None, None)


def test_category_items_are_absent() -> None:
    notice = load(Kind.ISA_NOTICE, ISA_BIRTH)
    assert isinstance(notice, TransitionalIsaNotice)
    assert notice.get("card_number") is None
    assert not hasattr(notice, "card_number")
    assert "card_number" not in notice.items()


def test_python_values_are_taken() -> None:
    notice = load(Kind.ISA_NOTICE, ISA)
    again = ADAPTERS[Kind.ISA_NOTICE].validate_python(notice.items())
    assert again == notice


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2026, 11, 19, 17, 5),  # noqa: DTZ001 - the point of the test
        datetime(2026, 11, 19, 8, 5, tzinfo=UTC),
        datetime(2026, 11, 19, 17, 5, tzinfo=timezone(timedelta(hours=8))),
    ],
)
def test_other_time_zone_refused(instant: datetime) -> None:
    items = load(Kind.ISA_NOTICE, ISA).items() | {"issued_at": instant}
    with pytest.raises(ValidationError):
        ADAPTERS[Kind.ISA_NOTICE].validate_python(items)


@pytest.mark.parametrize(
    "text", ["1984-05-17", "1984-05-00", "1984-00-00", "2000-02-29", "2024-02-29"]
)
def test_partial_dates_parse(text: str) -> None:
    day = PartialDate.parse(text)
    assert (day.year, day.month or 0, day.day or 0) == tuple(map(int, text.split("-")))


@pytest.mark.parametrize(
    "text",
    ["1984-00-17", "1984-13-00", "1984-02-30", "1900-02-29", "2023-02-29", "0000-00-00", "1984",
     "１９８４-05-17", "1984-05-17\n", "1984-04-31", "1984-5-7", "1984-05-32"],
)  # fmt: skip
def test_wrong_partial_dates_refused(text: str) -> None:
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        PartialDate.parse(text)
    with pytest.raises(ValidationError):
        ADAPTERS[Kind.ISA_NOTICE].validate_python({**ISA, "birth_date": text})


def test_partial_dates_agree_with_calendar() -> None:
    day = date(1995, 1, 1)
    while day < date(2005, 1, 1):
        known = PartialDate.parse(day.isoformat())
        assert (known.year, known.month, known.day) == (day.year, day.month, day.day)
        day += timedelta(days=1)


def test_fields_are_those_of_the_models() -> None:
    for kind, adapter in ADAPTERS.items():
        named: set[str] = set()
        for row in (row for each, row in RIGHT if each is kind):
            named |= set(type(adapter.validate_python(present(row))).model_fields)
        assert named == set(FIELDS[kind])


def test_every_kind_is_in_every_table() -> None:
    for each in (ADAPTERS, BASES, CHECKS, FIELDS):
        assert list(each) == list(Kind)


def test_facts_of_kinds_are_fields() -> None:
    for kind in Kind:
        assert {kind.facts.id_field, kind.facts.reason_field} <= FIELDS[kind].keys()
        assert FIELDS[kind][kind.facts.id_field].need is Need.ALWAYS
        assert FIELDS[kind][kind.facts.reason_field].need is Need.ALWAYS


def test_labels_are_unique() -> None:
    for fields in FIELDS.values():
        names = [name for item in fields.values() for name in (item.identifier, item.japanese)]
        assert len(set(names)) == len(names)


def test_required_fields_are_required() -> None:
    for kind, row in RIGHT:
        for name, item in FIELDS[kind].items():
            if item.need is Need.ALWAYS:
                with pytest.raises(ValidationError):
                    ADAPTERS[kind].validate_python(present({**row, name: ""}))


def test_examples_are_right() -> None:
    for kind, fields in FIELDS.items():
        base = next(row for each, row in RIGHT if each is kind)
        for name in base:
            ADAPTERS[kind].validate_python(present({**base, name: fields[name].example}))


def test_proposals_are_not_official() -> None:
    marks = {item.certainty for fields in FIELDS.values() for item in fields.values()}
    assert marks == {"F", "M", "P"}


def test_event_tables_are_complete() -> None:
    assert list(ISA_EVENTS) == list(IsaEvent)
    assert list(MUNICIPAL_EVENTS) == list(MunicipalEvent)


def test_events_agree_with_code_table() -> None:
    for code, entry in table("event").entries.items():
        event = (ISA_EVENTS | MUNICIPAL_EVENTS)[code]
        assert set(entry.extra["operations"].split()) == set(event.operations), code


def test_categories_agree_with_code_table() -> None:
    assert set(table("category").entries) == set(Category)


def test_cardless_notice_has_no_card() -> None:
    assert "card_number" not in CardlessMunicipalNotice.model_fields
