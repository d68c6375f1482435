"""Every rule, and each case of an office's day: moved away, too late, twice, card reissued."""

from __future__ import annotations

import pytest

from mediabridge.apply import ApplyReason, Registry, Resident
from mediabridge.apply.rules import MAY_DIFFER
from mediabridge.records.events import IsaEvent
from mediabridge.records.model import IsaNotice
from tests.apply.contract.adapters import population
from tests.apply.contract.conftest import Make
from tests.apply.people import (
    NEW_CARD,
    NEWER_CARD,
    OLD_CARD,
    RESIDENT,
    SPECIAL_PERMANENT,
    notice,
    results,
    same_stay,
    unchanged,
    without_category_1,
)

APPLIED = ["applied"]


def the_resident(registry: Registry, card: str = OLD_CARD) -> Resident:
    found = registry.find_by_card(card)
    assert found is not None
    return found.resident


def is_held(registry: Registry, record: IsaNotice, reason: ApplyReason) -> None:
    before = population(registry)
    assert results(registry, record) == [reason]
    assert population(registry) == before
    assert [(held.reason, held.notice) for held in registry.held()] == [(reason, record)]


# --- what is applied --------------------------------------------------------


def test_extension_changes_stay(registry: Registry) -> None:
    assert results(registry, notice()) == APPLIED
    resident = the_resident(registry, NEW_CARD)
    assert resident.card_number == NEW_CARD
    assert resident.period_of_stay_expiration_date == "2029-12-01"
    assert resident.last_issued_at == "2026-11-22T09:00:00+09:00"
    assert (resident.address, resident.name_roman) == (RESIDENT["address"], "EXAMPLE ALICE")


def test_old_card_still_finds(registry: Registry) -> None:
    results(registry, notice())
    former, current = registry.find_by_card(OLD_CARD), registry.find_by_card(NEW_CARD)
    assert former is not None
    assert current is not None
    assert former.resident == current.resident
    assert (former.current, current.current) == (False, True)


def test_two_renewals_in_order(registry: Registry) -> None:
    second = notice(
        notice_id="N-0002",
        sequence=2,
        prior_card_number=NEW_CARD,
        card_number=NEWER_CARD,
        period_of_stay_expiration_date="2030-01-01",
    )
    assert results(registry, notice(), second) == ["applied", "applied"]
    assert the_resident(registry).period_of_stay_expiration_date == "2030-01-01"
    assert the_resident(registry).card_number == NEWER_CARD


def test_permanent_residence_has_no_end(registry: Registry) -> None:
    permanent = notice(
        event_code="N03",
        status_of_residence="601",
        period_years="indefinite",
        period_months=None,
        period_days=None,
        period_of_stay_expiration_date=None,
    )
    assert results(registry, permanent) == APPLIED
    resident = the_resident(registry)
    assert (resident.status_of_residence, resident.period_years) == ("601", "indefinite")
    assert resident.period_of_stay_expiration_date is None
    assert resident.period_months is None


def test_status_with_number_changes(registry: Registry) -> None:
    assert results(registry, notice(event_code="N01", status_of_residence="211")) == APPLIED
    assert the_resident(registry).status_of_residence == "211"


def test_reissue_changes_card_only(registry: Registry) -> None:
    before = the_resident(registry)
    assert results(registry, same_stay("N07")) == APPLIED
    after = the_resident(registry)
    changed = {
        name for name, old, new in zip(Resident._fields, before, after, strict=True) if old != new
    }
    assert changed == {"card_number", "last_event_date", "last_issued_at", "last_sequence"}


def test_identity_change_replaces_all(registry: Registry) -> None:
    changed = same_stay(
        "N05",
        name_roman="EXAMPLE ALICIA",
        birth_date="1991-05-17",
        sex="1",
        nationality_region="CAN",
    )
    assert results(registry, changed) == APPLIED
    resident = the_resident(registry)
    assert resident.name_roman == "EXAMPLE ALICIA"
    assert (resident.birth_date, resident.sex) == ("1991-05-17", "1")
    assert resident.nationality_region == "CAN"


def test_kanji_name_is_added(registry: Registry) -> None:
    assert results(registry, same_stay("N16", name_roman=None, name_kanji="例示愛")) == APPLIED
    resident = the_resident(registry)
    assert (resident.name_roman, resident.name_kanji) == ("EXAMPLE ALICE", "例示愛")


@pytest.mark.parametrize("event", sorted(set(IsaEvent) - {"N05", "N14", "N16", "N17"}))
def test_another_name_is_held_but_for_events_about_names(event: IsaEvent) -> None:
    assert ApplyReason.NAME_DIFFERS not in MAY_DIFFER[event]


@pytest.mark.parametrize("event", ["N05", "N14", "N16", "N17"])
def test_events_about_names_may_bring_another(event: str) -> None:
    assert ApplyReason.NAME_DIFFERS in MAY_DIFFER[IsaEvent(event)]


@pytest.mark.parametrize("name", ["SOMEBODY ELSE", "ALICE EXAMPLE", "EXAMPLE ALICIA"])
def test_another_name_in_an_extension_is_held_with_both_spellings(
    registry: Registry, name: str
) -> None:
    is_held(registry, notice(name_roman=name), ApplyReason.NAME_DIFFERS)
    (held,) = registry.held()
    assert held.resident is not None
    assert (held.notice.name_roman, held.resident.name_roman) == (name, "EXAMPLE ALICE")


def test_another_name_in_kanji_is_held(registry_of: Make) -> None:
    with registry_of(RESIDENT | {"name_kanji": "例示愛"}) as registry:
        is_held(registry, notice(name_kanji="例示哀"), ApplyReason.NAME_DIFFERS)


@pytest.mark.parametrize(
    "known", ["Example Alice", "EXAMPLE-ALICE", "EXAMPLE  ALICE", "EXAMPLEALICE", "Ｅxample Ａlice"]
)
def test_name_that_is_only_spelt_otherwise_is_entered_as_told(
    registry_of: Make, known: str
) -> None:
    with registry_of(RESIDENT | {"name_roman": known}) as registry:
        assert the_resident(registry).name_roman == known
        assert results(registry, notice()) == APPLIED
        assert the_resident(registry).name_roman == "EXAMPLE ALICE"


def test_variant_of_a_kanji_is_the_same_name(registry_of: Make) -> None:
    with registry_of(RESIDENT | {"name_kanji": "葛\U000e0100"}) as registry:
        assert results(registry, notice(name_kanji="葛")) == APPLIED
        assert the_resident(registry).name_kanji == "葛"


def test_name_in_another_script_contradicts_nothing(registry_of: Make) -> None:
    row = {name: value for name, value in RESIDENT.items() if name != "name_roman"}
    with registry_of(row | {"name_kanji": "例示愛"}) as registry:
        assert results(registry, notice()) == APPLIED
        assert the_resident(registry).name_kanji == "例示愛"


@pytest.mark.parametrize("names", [{"name_roman": "MONONYM"}, {"name_kanji": "例"}])
def test_single_name_applies(registry_of: Make, names: dict[str, str]) -> None:
    row = {name: value for name, value in RESIDENT.items() if name != "name_roman"} | names
    with registry_of(row) as registry:
        assert results(registry, notice(**({"name_roman": None} | names))) == APPLIED
        resident = the_resident(registry)
        assert (resident.name_roman, resident.name_kanji) == (
            names.get("name_roman"),
            names.get("name_kanji"),
        )


@pytest.mark.parametrize(
    ("known", "told", "kept"),
    [
        ("1990-05-00", "1990-05-17", "1990-05-17"),
        ("1990-00-00", "1990-05-00", "1990-05-00"),
        ("1990-05-17", "1990-00-00", "1990-05-17"),
        ("2000-00-00", "2000-00-00", "2000-00-00"),
    ],
)
def test_better_known_birth_date_stays(registry_of: Make, known: str, told: str, kept: str) -> None:
    with registry_of(RESIDENT | {"birth_date": known}) as registry:
        assert results(registry, notice(birth_date=told)) == APPLIED
        assert the_resident(registry).birth_date == kept


@pytest.mark.parametrize(("known", "told", "kept"), [("9", "2", "2"), ("2", "9", "2")])
def test_better_known_sex_stays(registry_of: Make, known: str, told: str, kept: str) -> None:
    with registry_of(RESIDENT | {"sex": known}) as registry:
        assert results(registry, notice(sex=told)) == APPLIED
        assert the_resident(registry).sex == kept


def test_correction_of_error_makes_unknown(registry: Registry) -> None:
    assert results(registry, notice(event_code="N17", birth_date="1990-05-00")) == APPLIED
    assert the_resident(registry).birth_date == "1990-05-00"


def test_note_changes_no_item(registry: Registry) -> None:
    before = the_resident(registry)
    assert results(registry, unchanged("N18", "note")) == APPLIED
    assert the_resident(registry) == before
    assert population(registry)[-1] == ("N-0001", before.id, "N18", "2026-11-21")


@pytest.mark.parametrize("event", ["N08", "N09", "N15"])
def test_deletion_keeps_items(registry: Registry, event: str) -> None:
    before = the_resident(registry)
    assert results(registry, unchanged(event, "deletion")) == APPLIED
    after = the_resident(registry)
    assert after.state == "deleted"
    assert after[2:19] == before[2:19]
    assert registry.count() == 0


def test_special_permission_changes_category(registry: Registry) -> None:
    special = without_category_1(event_code="N13", art30_45_category="2", card_type="2")
    assert results(registry, special) == APPLIED
    resident = the_resident(registry)
    assert (resident.art30_45_category, resident.card_number) == ("2", NEW_CARD)
    assert (resident.status_of_residence, resident.period_years) == (None, None)
    assert resident.period_of_stay_expiration_date is None


def test_certificate_renewal_keeps_kanji_only(registry_of: Make) -> None:
    with registry_of(SPECIAL_PERMANENT) as registry:
        renewal = without_category_1(
            event_code="N14",
            art30_45_category="2",
            card_type="2",
            name_roman=None,
            name_kanji="例示花子",
            birth_date="1960-00-00",
            nationality_region="KOR",
        )
        assert results(registry, renewal) == APPLIED
        resident = the_resident(registry)
        assert (resident.name_roman, resident.name_kanji) == (None, "例示花子")
        assert resident.birth_date == "1960-00-00"


def test_unknown_period_is_filled_in(registry_of: Make) -> None:
    unknown = {"period_years": "", "period_of_stay_expiration_date": ""}
    with registry_of(RESIDENT | unknown) as registry:
        assert results(registry, same_stay("N07")) == APPLIED
        assert the_resident(registry).period_of_stay_expiration_date == "2026-12-01"


def test_update_without_prior_number(registry: Registry) -> None:
    told = notice(prior_card_number=None, card_number=OLD_CARD)
    assert results(registry, told) == APPLIED
    assert the_resident(registry).period_of_stay_expiration_date == "2029-12-01"


def test_same_news_under_another_id(registry: Registry) -> None:
    again = notice(notice_id="N-0002")
    assert results(registry, notice(), again) == ["applied", "applied"]


def test_card_known_before_notice(registry: Registry) -> None:
    same_news = notice(notice_id="N-0002", sequence=2)
    assert results(registry, notice(), same_news) == ["applied", "applied"]
    assert the_resident(registry).card_number == NEW_CARD


# --- who moved --------------------------------------------------------------


def test_moved_person_is_named_with_municipality(registry_of: Make) -> None:
    moved = RESIDENT | {"state": "moved_out", "next_municipality_code": "112038"}
    with registry_of(moved) as registry:
        before = population(registry)
        assert results(registry, notice()) == ["MOVED_OUT"]
        (outcome,) = registry.outcomes(f"{1:032x}")
        assert (outcome.result, outcome.next_municipality_code) == ("moved_out", "112038")
        assert population(registry) == before
        assert list(registry.held()) == []


def test_out_and_in_same_day(registry_of: Make) -> None:
    moved = RESIDENT | {"state": "moved_out", "next_municipality_code": "112038"}
    back = RESIDENT | {"address": "4-5-6 Example-cho"}
    with registry_of(moved, back) as registry:
        assert results(registry, notice()) == APPLIED
        resident = the_resident(registry, NEW_CARD)
        assert (resident.state, resident.address) == ("resident", "4-5-6 Example-cho")


def test_stranger_learns_no_address(registry_of: Make) -> None:
    moved = RESIDENT | {"state": "moved_out", "next_municipality_code": "112038"}
    with registry_of(moved) as registry:
        is_held(registry, notice(birth_date="1950-01-01"), ApplyReason.BIRTH_DATE_DIFFERS)


# --- what is held -----------------------------------------------------------


def test_unknown_cards_are_held(registry: Registry) -> None:
    stranger = notice(prior_card_number="QQ00000001CD", card_number="QQ00000002CD")
    is_held(registry, stranger, ApplyReason.NO_MATCH)


def test_newborn_is_never_guessed(registry_of: Make) -> None:
    newborn = {
        "art30_45_category": "5",
        "name_roman": "EXAMPLE BABY",
        "birth_date": "2026-11-01",
        "sex": "1",
        "nationality_region": "USA",
    }
    with registry_of(newborn) as registry:
        first = notice(
            event_code="N04",
            prior_card_number=None,
            name_roman="EXAMPLE BABY",
            birth_date="2026-11-01",
            sex="1",
        )
        is_held(registry, first, ApplyReason.FIRST_CARD)


def test_cardless_category_is_held(registry: Registry) -> None:
    cardless = without_category_1(
        event_code="N12",
        art30_45_category="4",
        provisional_stay_until="2027-01-01",
        prior_card_number=None,
        card_number=None,
        card_type=None,
    )
    is_held(registry, cardless, ApplyReason.NO_CARD_NUMBER)


def test_cards_of_two_people(registry_of: Make) -> None:
    with registry_of(RESIDENT, RESIDENT | {"card_number": NEW_CARD}) as registry:
        is_held(registry, notice(), ApplyReason.TWO_PERSONS)


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ({"birth_date": "1990-05-18"}, ApplyReason.BIRTH_DATE_DIFFERS),
        ({"birth_date": "1991-00-00"}, ApplyReason.BIRTH_DATE_DIFFERS),
        ({"sex": "1"}, ApplyReason.SEX_DIFFERS),
        ({"nationality_region": "CAN"}, ApplyReason.NATIONALITY_DIFFERS),
        ({"status_of_residence": "211"}, ApplyReason.STATUS_DIFFERS),
        ({"event_code": "N07"}, ApplyReason.PERIOD_DIFFERS),
        ({"event_code": "N06", "period_years": 1}, ApplyReason.PERIOD_DIFFERS),
        ({"event_code": "N09", "operation_hint": "deletion",
          "period_of_stay_expiration_date": "2026-12-01"}, ApplyReason.CARD_DIFFERS),
        ({"operation_hint": "deletion"}, ApplyReason.OPERATION_IMPOSSIBLE),
        ({"event_code": "N18"}, ApplyReason.OPERATION_IMPOSSIBLE),
        ({"event_code": "N14"}, ApplyReason.CATEGORY_IMPOSSIBLE),
    ],
)  # fmt: skip
def test_contradiction_is_held(
    registry: Registry, items: dict[str, object], reason: ApplyReason
) -> None:
    is_held(registry, notice(**items), reason)


def test_category_cannot_go_back(registry_of: Make) -> None:
    with registry_of(SPECIAL_PERMANENT) as registry:
        ordinary = notice(birth_date="1960-01-01", nationality_region="KOR")
        is_held(registry, ordinary, ApplyReason.CATEGORY_IMPOSSIBLE)


def test_error_in_category_is_corrected(registry_of: Make) -> None:
    with registry_of(SPECIAL_PERMANENT) as registry:
        ordinary = notice(event_code="N17", birth_date="1960-01-01", nationality_region="KOR")
        assert results(registry, ordinary) == APPLIED
        assert the_resident(registry).status_of_residence == "226"


def later(**items: object) -> IsaNotice:
    values: dict[str, object] = {
        "notice_id": "N-0002",
        "sequence": 2,
        "prior_card_number": NEW_CARD,
        "card_number": NEWER_CARD,
    }
    return notice(**(values | items))


@pytest.mark.parametrize(
    ("items", "outcome"),
    [
        ({"issued_at": "2026-11-22T08:59:59+09:00"}, "OLDER_THAN_RECORD"),
        ({"sequence": 0}, "OLDER_THAN_RECORD"),
        ({"sequence": 0, "issued_at": "2026-11-22T09:00:01+09:00"}, "applied"),
        ({"event_date": "2026-11-20"}, "EVENT_BEFORE_RECORD"),
        ({"event_date": "2026-11-20", "event_code": "N17"}, "applied"),
    ],
)
def test_older_news_is_held(registry: Registry, items: dict[str, object], outcome: str) -> None:
    assert results(registry, notice(), later(**items)) == ["applied", outcome]


@pytest.mark.parametrize(
    "cards",
    [
        {"prior_card_number": OLD_CARD, "card_number": NEWER_CARD},
        {"prior_card_number": NEW_CARD, "card_number": OLD_CARD},
        {"prior_card_number": None, "card_number": OLD_CARD},
    ],
)
def test_superseded_card_is_held(registry: Registry, cards: dict[str, str | None]) -> None:
    assert results(registry, notice(), later(**cards)) == ["applied", "CARD_SUPERSEDED"]
    assert the_resident(registry).card_number == NEW_CARD


def test_deleted_record_is_held(registry: Registry) -> None:
    gone = unchanged("N09", "deletion")
    again = unchanged("N15", "deletion", notice_id="N-0002", sequence=2)
    renewal = notice(notice_id="N-0003", sequence=3)
    assert results(registry, gone, again, renewal) == [
        "applied", "ALREADY_DELETED", "RECORD_DELETED",
    ]  # fmt: skip


def test_naturalised_person_is_held(registry_of: Make) -> None:
    with registry_of(RESIDENT | {"state": "deleted"}) as registry:
        is_held(registry, notice(), ApplyReason.RECORD_DELETED)


# --- closed lists -----------------------------------------------------------


def test_every_event_has_rule() -> None:
    assert set(MAY_DIFFER) == set(IsaEvent)


def test_reasons_name_nobody() -> None:
    assert all(reason.name == reason.value for reason in ApplyReason)
    assert all("{" not in reason.sentence for reason in ApplyReason)
