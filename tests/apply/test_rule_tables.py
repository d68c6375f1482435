"""The tables of the rules, written down a second time: event by event, category by category."""

from __future__ import annotations

from typing import Any

import pytest

from mediabridge.apply import ApplyReason, Resident
from mediabridge.apply.comparing import is_same_person
from mediabridge.apply.resident import State
from mediabridge.apply.rules import Case, Decision, forced, judge, repeated
from mediabridge.records.events import ISA_EVENTS, IsaEvent
from mediabridge.records.model import IsaNotice, Result
from mediabridge.records.values import Category, Operation
from tests.apply.people import NEW_CARD, OLD_CARD, notice, without_category_1


def decide(told: IsaNotice, known: Resident, *, superseded: bool = False) -> Decision:
    """What *told* does to *known*; *superseded*: a later card has replaced the one it names."""
    return judge(Case(told, known, superseded=superseded))


ALICE = Resident(
    id=1,
    state=State.RESIDENT,
    card_number=OLD_CARD,
    art30_45_category="1",
    name_roman="EXAMPLE ALICE",
    name_kanji=None,
    birth_date="1990-05-17",
    sex="2",
    nationality_region="USA",
    status_of_residence="226",
    period_years="3",
    period_months=0,
    period_days=0,
    period_of_stay_expiration_date="2026-12-01",
    landing_period_until=None,
    provisional_stay_until=None,
    address="1-2-3 Example-cho",
    foreign_resident_since=None,
    next_municipality_code=None,
    last_event_date=None,
    last_issued_at=None,
    last_sequence=None,
)
SAME: dict[str, Any] = {
    "card_number": OLD_CARD,
    "prior_card_number": None,
    "name_kanji": "例",
    "period_of_stay_expiration_date": "2026-12-01",
}
CARDLESS = {"card_type": None, "card_number": None, "prior_card_number": None}
ITEMS: dict[str, dict[str, Any]] = {
    "2": {"card_type": "2", "card_number": OLD_CARD, "prior_card_number": None},
    "3": {**CARDLESS, "landing_period_until": "2027-01-01"},
    "4": {**CARDLESS, "provisional_stay_until": "2027-01-01"},
    "5": CARDLESS,
    "6": CARDLESS,
}


def of_category(event: IsaEvent, category: str, **items: Any) -> IsaNotice:
    """A notice with nothing new in it but *items*."""
    operation = min(ISA_EVENTS[event].operations)
    common = {"event_code": event, "operation_hint": operation, "art30_45_category": category}
    if category == "1":
        return notice(**(SAME | common | items))
    return without_category_1(**(common | {"name_kanji": "例"} | ITEMS[category] | items))


# --- which contradiction is the point of which event -------------------------

NEWS = {
    ApplyReason.BIRTH_DATE_DIFFERS: {"birth_date": "1990-05-18"},
    ApplyReason.SEX_DIFFERS: {"sex": "1"},
    ApplyReason.NATIONALITY_DIFFERS: {"nationality_region": "CAN"},
    ApplyReason.STATUS_DIFFERS: {"status_of_residence": "211"},
    ApplyReason.PERIOD_DIFFERS: {"period_of_stay_expiration_date": "2029-12-01"},
    ApplyReason.CARD_DIFFERS: {"card_number": NEW_CARD, "prior_card_number": OLD_CARD},
}
# In the order of NEWS: + is news that the event brings, - contradicts the record.
NEWS_OF_EVENT = {
    "N01": "---+++",
    "N02": "----++",
    "N03": "---+++",
    "N04": "---+++",
    "N05": "+++--+",
    "N06": "-----+",
    "N07": "-----+",
    "N08": "---+++",
    "N09": "------",
    "N10": "---+++",
    "N11": "---+++",
    "N15": "------",
    "N16": "-----+",
    "N17": "++++++",
    "N18": "------",
}
CASES = [
    (IsaEvent(event), reason, sign == "+")
    for event, signs in NEWS_OF_EVENT.items()
    for reason, sign in zip(NEWS, signs, strict=True)
]


@pytest.mark.parametrize(("event", "reason", "brought"), CASES)
def test_news_of_an_event(event: IsaEvent, reason: ApplyReason, *, brought: bool) -> None:
    decision = decide(of_category(event, "1", **NEWS[reason]), ALICE)
    assert decision.reason == (None if brought else reason)


@pytest.mark.parametrize(
    ("event", "category", "items", "reason"),
    [
        (IsaEvent.N12, "3", {"landing_period_until": "2027-02-01"}, None),
        (IsaEvent.N12, "4", {"provisional_stay_until": "2027-02-01"}, None),
        (IsaEvent.N15, "3", {"landing_period_until": "2027-02-01"}, "PERIOD_DIFFERS"),
        (IsaEvent.N15, "4", {"provisional_stay_until": "2027-02-01"}, "PERIOD_DIFFERS"),
        (IsaEvent.N12, "3", {"sex": "1"}, "SEX_DIFFERS"),
        (IsaEvent.N13, "2", {"card_number": NEW_CARD}, None),
        (IsaEvent.N13, "2", {"birth_date": "1990-05-18"}, "BIRTH_DATE_DIFFERS"),
        (IsaEvent.N14, "2", {"card_number": NEW_CARD}, None),
        (IsaEvent.N14, "2", {"birth_date": "1990-05-18"}, None),
        (IsaEvent.N14, "2", {"sex": "1"}, None),
        (IsaEvent.N14, "2", {"nationality_region": "CAN"}, None),
        (IsaEvent.N15, "2", {"card_number": NEW_CARD}, "CARD_DIFFERS"),
        (IsaEvent.N16, "2", {"card_number": NEW_CARD}, None),
    ],
)
def test_news_in_other_categories(
    event: IsaEvent, category: str, items: dict[str, Any], reason: str | None
) -> None:
    assert decide(of_category(event, category, **items), of_record(category)).reason == reason


def of_record(category: str) -> Resident:
    """ALICE as she stands in the register with *category*."""
    if category == "1":
        return ALICE
    items = {name: None for name in ALICE._fields if name.startswith(("status", "period"))}
    ends = {
        name: ITEMS[category].get(name)
        for name in ("landing_period_until", "provisional_stay_until")
    }
    return ALICE._replace(art30_45_category=category, **items, **ends)


# --- from which category to which ---------------------------------------------

FROM = {
    "N04": "56",
    "N10": "3456",
    "N11": "34",
    "N12": "34",
    "N13": "13456",
    "N17": "123456",
}
CATEGORIES = dict.fromkeys(IsaEvent, "1") | {
    "N12": "34",
    "N13": "2",
    "N14": "2",
    "N15": "123456",
    "N16": "12",
    "N17": "123456",
}


@pytest.mark.parametrize("event", list(IsaEvent))
def test_steps_from_category_to_category(event: IsaEvent) -> None:
    possible = {
        (before.value, after.value)
        for before in Category
        for after in Category
        if decide(of_category(event, after.value), of_record(before.value)).result is Result.APPLIED
    }
    assert possible == {
        (before.value, after)
        for before in Category
        for after in CATEGORIES[event]
        if before == after or before.value in FROM.get(event, "")
    }


# --- what one side does not know ---------------------------------------------------


@pytest.mark.parametrize(
    ("told", "known", "contradicts"),
    [
        ("1990-05-17", "1990-00-00", False),
        ("1990-00-00", "1990-05-17", False),
        ("1990-05-00", "1990-06-00", True),
        ("1991-00-00", "1990-00-00", True),
        ("1990-05-17", "1990-05-18", True),
        ("1990-00-00", "1991-05-17", True),
    ],
)
def test_birth_dates_as_far_as_known(told: str, known: str, *, contradicts: bool) -> None:
    decision = decide(of_category(IsaEvent.N02, "1", birth_date=told), _with(birth_date=known))
    assert decision.reason == (ApplyReason.BIRTH_DATE_DIFFERS if contradicts else None)


def _with(**items: Any) -> Resident:
    return ALICE._replace(**items)


@pytest.mark.parametrize(
    ("told", "known", "contradicts"),
    [
        ({}, {}, False),
        ({}, {"period_months": None, "period_days": None}, False),
        ({"period_months": None, "period_days": None}, {}, False),
        ({}, {"period_months": 1}, True),
        ({}, {"period_days": 1}, True),
        ({}, {"period_years": "1"}, True),
        ({"period_months": 1}, {}, True),
        ({"period_days": 1}, {}, True),
        ({"period_months": 1, "period_days": 1}, {"period_months": 1, "period_days": 1}, False),
        ({"period_years": "indefinite"}, {}, True),
        ({}, {"period_years": None, "period_months": 6}, False),
        ({}, {"period_of_stay_expiration_date": None}, False),
        ({"period_of_stay_expiration_date": "2026-12-02"}, {}, True),
        ({"period_of_stay_expiration_date": None}, {}, False),
    ],
)
def test_periods_as_far_as_known(
    told: dict[str, Any], known: dict[str, Any], *, contradicts: bool
) -> None:
    decision = decide(of_category(IsaEvent.N07, "1", **told), _with(**known))
    assert decision.reason == (ApplyReason.PERIOD_DIFFERS if contradicts else None)


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"card_number": None}, None),
        ({"card_number": NEW_CARD}, ApplyReason.CARD_DIFFERS),
        ({"status_of_residence": None}, None),
        ({"status_of_residence": "211"}, ApplyReason.STATUS_DIFFERS),
        ({"sex": "9"}, None),
        ({"sex": "1"}, ApplyReason.SEX_DIFFERS),
    ],
)
def test_absent_item_contradicts_nothing(known: dict[str, Any], reason: ApplyReason | None) -> None:
    assert decide(of_category(IsaEvent.N18, "1"), _with(**known)).reason == reason


# --- order in time ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        (("2026-11-21", "2026-11-22T09:00:00+09:00", 1), None),
        (("2026-11-21", "2026-11-22T09:00:00+09:00", 0), None),
        (("2026-11-21", "2026-11-22T09:00:00+09:00", 2), ApplyReason.OLDER_THAN_RECORD),
        (("2026-11-21", "2026-11-22T09:00:00+09:00", None), None),
        (("2026-11-21", "2026-11-22T09:00:01+09:00", None), ApplyReason.OLDER_THAN_RECORD),
        (("2026-11-21", "2026-11-22T09:00:01+09:00", 0), ApplyReason.OLDER_THAN_RECORD),
        (("2026-11-21", "2026-11-22T08:59:59+09:00", 2), None),
        (("2026-11-22", "2026-11-22T08:59:59+09:00", 2), ApplyReason.EVENT_BEFORE_RECORD),
        (("2026-11-22", None, None), ApplyReason.EVENT_BEFORE_RECORD),
        ((None, None, None), None),
    ],
)
def test_older_than_what_the_record_says(
    last: tuple[str | None, str | None, int | None], reason: ApplyReason | None
) -> None:
    day, issued_at, sequence = last
    known = _with(last_event_date=day, last_issued_at=issued_at, last_sequence=sequence)
    assert decide(of_category(IsaEvent.N02, "1"), known).reason == reason


# --- the first reason in the order of the rules ---------------------------------------


def test_first_reason_is_given() -> None:
    """Everything is wrong; one thing after the other is put right."""
    told = of_category(IsaEvent.N09, "1", operation_hint="correction", **NEWS_OF_ALL)
    known = _with(
        state=State.DELETED,
        last_issued_at="2026-11-23T00:00:00+09:00",
        last_event_date="2026-11-30",
    )
    found = []
    superseded = True
    for items in (
        {"birth_date": "1990-05-18"},
        {"sex": "1"},
        {"nationality_region": "CAN"},
        {"last_issued_at": None},
        {"state": State.RESIDENT},
        {},
        {"last_event_date": None},
    ):
        found.append(decide(told, known, superseded=superseded).reason)
        superseded = superseded and bool(items)
        known = known._replace(**items)
    found.append(decide(told, known).reason)
    assert found == [
        ApplyReason.BIRTH_DATE_DIFFERS,
        ApplyReason.SEX_DIFFERS,
        ApplyReason.NATIONALITY_DIFFERS,
        ApplyReason.OLDER_THAN_RECORD,
        ApplyReason.RECORD_DELETED,
        ApplyReason.CARD_SUPERSEDED,
        ApplyReason.EVENT_BEFORE_RECORD,
        ApplyReason.OPERATION_IMPOSSIBLE,
    ]


NEWS_OF_ALL = {name: value for items in NEWS.values() for name, value in items.items()}


# --- effects -----------------------------------------------------------------------------


def test_items_of_the_notice_are_taken() -> None:
    told = of_category(IsaEvent.N17, "1", **NEWS_OF_ALL, period_months=1, period_days=2)
    change = decide(told, ALICE).change
    assert change is not None
    assert (change.operation, change.before) == (Operation.CORRECTION, ALICE)
    assert change.after == ALICE._replace(
        card_number=NEW_CARD,
        name_kanji="例",
        birth_date="1990-05-18",
        sex="1",
        nationality_region="CAN",
        status_of_residence="211",
        period_months=1,
        period_days=2,
        period_of_stay_expiration_date="2029-12-01",
        last_event_date="2026-11-21",
        last_issued_at="2026-11-22T09:00:00+09:00",
        last_sequence=1,
    )


def test_note_leaves_the_record_as_it_is() -> None:
    change = decide(of_category(IsaEvent.N18, "1"), ALICE).change
    assert change is not None
    assert change == (Operation.NOTE, ALICE, ALICE)


@pytest.mark.parametrize(
    ("event", "category", "gone"),
    [("N05", "1", True), ("N14", "2", True), ("N17", "1", True), ("N02", "1", False)],
)
@pytest.mark.parametrize("name", ["name_roman", "name_kanji"])
def test_spelling_that_is_no_longer_told(
    event: str, category: str, name: str, *, gone: bool
) -> None:
    known = of_record(category)._replace(name_roman="EXAMPLE ALICE", name_kanji="例")
    change = decide(of_category(IsaEvent(event), category, **{name: None}), known).change
    assert change is not None
    assert getattr(change.after, name) == (None if gone else getattr(known, name))


@pytest.mark.parametrize("category", ["2", "3", "4"])
def test_items_of_another_category_end(category: str) -> None:
    change = decide(of_category(IsaEvent.N17, category), ALICE).change
    assert change is not None
    wanted = of_record(category)._replace(card_number=ITEMS[category]["card_number"])
    assert change.after[2:4] == wanted[2:4]
    assert change.after[9:16] == wanted[9:16]


def test_first_outcome_stands_when_delivered_again() -> None:
    applied = decide(of_category(IsaEvent.N02, "1"), ALICE)
    assert applied.result is Result.APPLIED
    assert repeated(applied) == Decision(Result.ALREADY_APPLIED)
    held = decide(of_category(IsaEvent.N02, "1", sex="1"), ALICE)
    assert repeated(held) == held


def test_another_notice_of_one_number_is_rejected_before_anything_is_asked() -> None:
    decision = judge(Case(of_category(IsaEvent.N02, "1"), None, reused=True))
    assert (decision.result, decision.reason) == (Result.REJECTED, ApplyReason.RECORD_ID_REUSED)


@pytest.mark.parametrize("event", IsaEvent)
def test_first_card_of_somebody_new_is_told_from_one_of_nobody(event: IsaEvent) -> None:
    """Articles 22-2, 22-3 and others: four events may bring somebody into the register."""
    news = notice(**{**SAME, "event_code": event, "card_number": NEW_CARD})
    first = event in {IsaEvent.N04, IsaEvent.N10, IsaEvent.N11, IsaEvent.N13}
    assert judge(Case(news, None)).reason == (
        ApplyReason.FIRST_CARD if first else ApplyReason.NO_MATCH
    )


# --- what a person decides against the rules ----------------------------------

OTHERWISE = {
    "birth_date": "1991-01-01",
    "sex": "1",
    "nationality_region": "CAN",
    "name_roman": "ANOTHER NAME",
    "name_kanji": "例示",
}


def test_decision_makes_no_other_person_of_anybody() -> None:
    known = ALICE._replace(name_kanji="例子")
    told = of_category(IsaEvent.N02, "1", **OTHERWISE, period_of_stay_expiration_date="2029-12-01")
    after = forced(told, known).after
    assert [getattr(after, name) for name in OTHERWISE] == [
        getattr(known, name) for name in OTHERWISE
    ]
    assert after.period_of_stay_expiration_date == "2029-12-01"


def test_decision_takes_no_better_known_birth_date_of_somebody_else() -> None:
    before = ALICE._replace(birth_date="1991-05-00")
    assert forced(of_category(IsaEvent.N02, "1"), before).after.birth_date == "1991-05-00"


@pytest.mark.parametrize(
    ("name", "known", "told"), [("birth_date", "1990-05-00", "1990-05-17"), ("sex", "9", "2")]
)
def test_decision_takes_what_was_not_known(name: str, known: str, told: str) -> None:
    before = ALICE._replace(**{name: known})  # type: ignore[arg-type]
    after = forced(of_category(IsaEvent.N02, "1", sex="2"), before).after
    assert getattr(after, name) == told


def test_decision_enters_what_the_event_is_about() -> None:
    after = forced(of_category(IsaEvent.N17, "1", **OTHERWISE), ALICE).after
    assert [getattr(after, name) for name in OTHERWISE] == list(OTHERWISE.values())


# --- who may be meant ---------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "known", "same"),
    [
        ({}, {}, True),
        ({"birth_date": "1990-05-18"}, {}, False),
        ({"nationality_region": "CAN"}, {}, False),
        ({"sex": "1"}, {}, False),
        ({"sex": "9"}, {}, False),
        ({}, {"sex": "9"}, False),
        ({"birth_date": "1990-05-00"}, {}, False),
        ({}, {"birth_date": "1990-05-00"}, False),
        ({"name_roman": None, "name_kanji": "例"}, {}, False),
        ({}, {"name_roman": None, "name_kanji": "別"}, False),
        ({"name_kanji": None}, {"name_roman": None, "name_kanji": "例"}, False),
        ({"name_roman": None, "name_kanji": "例"}, {"name_kanji": "例"}, True),
    ],
)
def test_same_person_is_one_of_whom_all_is_known_and_the_same(
    told: dict[str, Any], known: dict[str, Any], *, same: bool
) -> None:
    assert is_same_person(of_category(IsaEvent.N02, "1", **told), ALICE._replace(**known)) is same
