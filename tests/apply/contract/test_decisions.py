"""Decisions of people on held records: permitted, taken once, undone by another only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mediabridge.apply import ApplyReason, Registry, apply_bundle
from mediabridge.apply.casework import PERMITTED, HeldCase, examine
from mediabridge.apply.journal import Resolution
from mediabridge.apply.resolve import Choice, Deciders, resolve
from mediabridge.apply.rules import RULES
from mediabridge.errors import (
    DecisionNotPermittedError,
    HeldChangedError,
    HeldDecidedError,
    RecordNotHeldError,
)
from mediabridge.records.model import IsaNotice, Result
from tests.apply.contract.adapters import Adapter, population
from tests.apply.contract.conftest import Make
from tests.apply.people import (
    NAMES,
    NEW_CARD,
    NEWER_CARD,
    NOW,
    OLD_CARD,
    RESIDENT,
    apply,
    bundle,
    notice,
    results,
    unchanged,
    without_category_1,
)

pytestmark = pytest.mark.in_turns

BIRTH = notice(notice_id="N-0007", birth_date="1990-05-18")
SAME_BIRTH = notice(notice_id="N-0007", event_code="N01", birth_date="1990-05-18")
UNKNOWN_CARDS = {"prior_card_number": "QQ00000001CD", "card_number": "QQ00000002CD"}
STRANGER = notice(notice_id="N-0009", name_roman="EXAMPLE STRANGER", **UNKNOWN_CARDS)
BABY = {
    "art30_45_category": "5",
    "name_roman": "EXAMPLE BABY",
    "birth_date": "2026-11-01",
    "sex": "1",
    "nationality_region": "USA",
}
FIRST = notice(
    notice_id="N-0004",
    event_code="N04",
    prior_card_number=None,
    **{name: value for name, value in BABY.items() if name != "art30_45_category"},
)


class StopError(Exception):
    """Raised by the tests in the middle of a decision."""


def case(registry: Registry, record: str) -> HeldCase:
    held = registry.held_record(record)
    assert held is not None
    return examine(held, registry, NAMES)


def decide(
    registry: Registry,
    record: str,
    result: str,
    *,
    seen: str | None = None,
    by: str = "clerk-1",
    before_commit: Callable[[Resolution], None] = lambda _: None,
    **chosen: Any,
) -> Resolution:
    version = seen or case(registry, record).version
    choice = Choice(record, version, Result.of(result), **chosen)
    return resolve(
        registry, choice, Deciders(by), now=NOW, before_commit=before_commit, names=NAMES
    )


def waiting(registry: Registry) -> list[str]:
    listed = [
        (each.notice.record_id, each.notice.event_code, each.bundle_id, each.held_at, each.reason)
        for each in registry.held()
    ]
    assert listed == [
        (each.record_id, each.event_code, each.bundle_id, each.held_at, each.reason)
        for each in registry.held_listed()
    ]
    found = [each.notice.record_id for each in registry.held()]
    # What status says without reading any of them.
    assert registry.held_count() == len(found)
    return found


def offered(registry: Registry, record: str) -> list[str]:
    return [str(each.result) for each in case(registry, record).options]


# --- what may be decided ----------------------------------------------------


def test_every_reason_to_hold_has_a_way_out() -> None:
    held = {rule.reason for rule in RULES if rule.result is Result.HELD}
    assert set(PERMITTED) == held
    assert all(len(set(results)) > 1 and Result.HELD not in results
               for results in PERMITTED.values())  # fmt: skip


CASES: list[tuple[list[dict[str, Any]], list[IsaNotice], list[str]]] = [
    ([RESIDENT], [BIRTH], ["applied", "conflict", "not_found", "rejected"]),
    ([RESIDENT], [STRANGER], ["not_found", "moved_out", "rejected"]),
    ([RESIDENT], [notice(**UNKNOWN_CARDS)], ["applied", "not_found", "moved_out", "rejected"]),
    ([BABY], [FIRST], ["applied", "not_found", "moved_out", "rejected"]),
    ([BABY, BABY], [FIRST], ["applied", "applied", "not_found", "moved_out", "rejected"]),
    ([BABY | {"name_roman": "EXAMPLE TWIN"}], [FIRST], ["not_found", "moved_out", "rejected"]),
    ([BABY | {"sex": "9"}], [FIRST], ["not_found", "moved_out", "rejected"]),
    ([RESIDENT, RESIDENT | {"card_number": NEW_CARD}], [notice()], ["conflict", "rejected"]),
    ([RESIDENT | {"state": "deleted"}], [notice()],
     ["superseded", "conflict", "rejected", "moved_out"]),
    ([RESIDENT | {"state": "deleted"}], [unchanged("N09", "deletion")],
     ["superseded", "conflict", "rejected"]),
    ([RESIDENT], [notice(event_code="N18")], ["conflict", "rejected"]),
    ([RESIDENT], [notice(event_code="N14")], ["conflict", "rejected"]),
    ([RESIDENT], [notice(status_of_residence="211")], ["applied", "conflict", "rejected"]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "notices", "wanted"), CASES)
def test_what_may_be_decided(
    registry_of: Make, rows: list[dict[str, str]], notices: list[IsaNotice], wanted: list[str]
) -> None:
    with registry_of(*rows) as registry:
        apply(registry, *notices)
        assert offered(registry, notices[-1].record_id) == wanted


def test_what_is_not_offered_is_refused(registry: Registry) -> None:
    apply(registry, STRANGER)
    before = registry.fingerprint()
    for result in set(Result) - {"not_found", "moved_out", "rejected"}:
        with pytest.raises(DecisionNotPermittedError):
            decide(registry, "N-0009", result)
    with pytest.raises(RecordNotHeldError):
        resolve(
            registry, Choice("N-0001", "", Result.REJECTED), Deciders("clerk-1"), now=NOW,
            before_commit=lambda _: None, names=NAMES,
        )  # fmt: skip
    assert registry.fingerprint() == before


def test_one_of_two_people_has_to_be_named(registry_of: Make) -> None:
    with registry_of(BABY, BABY) as registry:
        apply(registry, FIRST)
        with pytest.raises(DecisionNotPermittedError):
            decide(registry, "N-0004", "applied")
        _, second = case(registry, "N-0004").persons
        decide(registry, "N-0004", "applied", resident=second.id)
        found = registry.find_by_card(NEW_CARD)
        assert found is not None
        assert found.resident.id == second.id


# --- what follows -----------------------------------------------------------


def test_newborn_gets_the_first_card(registry_of: Make) -> None:
    with registry_of(RESIDENT, BABY) as registry:
        apply(registry, FIRST)
        (option, *_) = case(registry, "N-0004").options
        assert option.change is not None
        decided = decide(registry, "N-0004", "applied")
        assert (decided.outcome.result, decided.outcome.reason) == ("applied", None)
        found = registry.find_by_card(NEW_CARD)
        assert found is not None
        assert found.resident == option.change.after
        assert (found.resident.art30_45_category, found.resident.name_roman) == (
            "1", "EXAMPLE BABY",
        )  # fmt: skip
        assert waiting(registry) == []


def test_contradicting_identity_stays_as_it_is(registry: Registry) -> None:
    apply(registry, BIRTH)
    decide(registry, "N-0007", "applied")
    found = registry.find_by_card(NEW_CARD)
    assert found is not None
    assert found.resident.birth_date == RESIDENT["birth_date"]
    assert found.resident.period_of_stay_expiration_date == "2029-12-01"


def test_decision_without_effect_changes_nobody(registry: Registry) -> None:
    apply(registry, BIRTH)
    before = population(registry)
    decided = decide(registry, "N-0007", "conflict")
    assert (decided.outcome.result, decided.outcome.reason) == (
        "conflict", "BIRTH_DATE_DIFFERS",
    )  # fmt: skip
    assert population(registry) == before
    assert waiting(registry) == []


def test_next_municipality_travels_with_moved_out(registry: Registry) -> None:
    apply(registry, STRANGER)
    decided = decide(registry, "N-0009", "moved_out", next_municipality_code="112038")
    assert (decided.outcome.reason, decided.outcome.next_municipality_code) == (
        "MOVED_OUT", "112038",
    )  # fmt: skip


def test_first_answer_to_the_bundle_stands(registry: Registry) -> None:
    """The receipt of the bundle is what was said then; the decision is a supplement to it."""
    apply(registry, BIRTH)
    decide(registry, "N-0007", "conflict")
    assert [each.result for each in registry.outcomes(f"{1:032x}")] == ["held"]
    (decided,) = registry.decisions()
    assert (decided.bundle_id, decided.supplement, decided.position) == (f"{1:032x}", 1, 1)
    assert (decided.decided_at, decided.decided_by) == ("2026-11-23T00:30:00Z", "clerk-1")
    assert list(registry.decisions(after=decided.number)) == []


def test_delivered_again_after_the_decision(registry: Registry) -> None:
    apply(registry, BIRTH, STRANGER)
    decide(registry, "N-0007", "applied")
    decide(registry, "N-0009", "not_found")
    before = population(registry)
    assert results(registry, BIRTH, STRANGER, seq=2) == ["already_applied", "NO_MATCH"]
    assert [each.result for each in registry.outcomes(f"{2:032x}")] == [
        "already_applied", "not_found",
    ]  # fmt: skip
    assert (population(registry), waiting(registry)) == (before, [])


def test_supplements_are_counted_by_bundle(registry: Registry) -> None:
    other = STRANGER.model_copy(update={"notice_id": "N-0010"})
    apply(registry, BIRTH, STRANGER)
    apply(registry, other, seq=2)
    for record in ("N-0009", "N-0010", "N-0007"):
        decide(registry, record, "rejected")
    told = [(each.number, each.bundle_id[-1], each.supplement) for each in registry.decisions()]
    assert told == [(1, "1", 1), (2, "2", 1), (3, "1", 2)]


# --- two at once ------------------------------------------------------------


def test_of_two_at_once_one_decides(registry: Registry) -> None:
    """Claim C94."""
    apply(registry, BIRTH)
    seen = case(registry, "N-0007").version
    decide(registry, "N-0007", "conflict", seen=seen)
    before = registry.fingerprint()
    with pytest.raises(HeldDecidedError, match="clerk-1"):
        decide(registry, "N-0007", "applied", seen=seen, by="clerk-2")
    with pytest.raises(HeldChangedError):
        decide(registry, "N-0007", "rejected", seen=seen, by="clerk-2", again=True)
    assert registry.fingerprint() == before


def test_register_that_changed_is_looked_at_again(registry: Registry) -> None:
    """Claim C94."""
    apply(registry, BIRTH)
    seen = case(registry, "N-0007").version
    apply(registry, notice(notice_id="N-0008", card_number=NEWER_CARD), seq=2)
    before = registry.fingerprint()
    with pytest.raises(HeldChangedError):
        decide(registry, "N-0007", "applied", seen=seen)
    assert registry.fingerprint() == before


def test_two_connections_lose_no_decision(
    registry: Registry, adapter: Adapter, tmp_path: Path
) -> None:
    apply(registry, BIRTH, STRANGER)
    with adapter.open(tmp_path) as other:
        seen = case(other, "N-0007").version
        decide(registry, "N-0009", "not_found")
        decide(other, "N-0007", "conflict", seen=seen, by="clerk-2")
        with pytest.raises(HeldDecidedError):
            decide(other, "N-0009", "rejected", seen=seen, by="clerk-2")
    told = [(each.outcome.record_id, each.decided_by) for each in registry.decisions()]
    assert told == [("N-0009", "clerk-1"), ("N-0007", "clerk-2")]


def test_without_its_log_entry_nothing_is_decided(registry: Registry) -> None:
    apply(registry, BIRTH)
    before = registry.fingerprint()

    def no_log(_resolution: Resolution) -> None:
        raise StopError

    with pytest.raises(StopError):
        decide(registry, "N-0007", "applied", before_commit=no_log)
    assert registry.fingerprint() == before
    assert waiting(registry) == ["N-0007"]


# --- another decision -------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "held"),
    [
        ([RESIDENT], BIRTH),
        ([BABY], FIRST),
        ([RESIDENT], notice(event_code="N18", operation_hint="note", status_of_residence="211",
                            prior_card_number=None, card_number=OLD_CARD,
                            period_of_stay_expiration_date="2026-12-01")),
    ],
)  # fmt: skip
def test_what_was_applied_is_taken_back(
    registry_of: Make, rows: list[dict[str, str]], held: IsaNotice
) -> None:
    with registry_of(*rows) as registry:
        apply(registry, held)
        before = population(registry)
        decide(registry, held.record_id, "applied")
        assert population(registry) != before
        assert "applied" not in offered(registry, held.record_id)
        decide(registry, held.record_id, "rejected", again=True)
        assert population(registry) == before
        told = [
            (each.outcome.result, each.supplement) for each in registry.decisions_on(held.record_id)
        ]
        assert told == [("applied", 1), ("rejected", 2)]
        # And, as the case is open again, to the right one.
        decide(registry, held.record_id, "applied", again=True)
        assert population(registry) != before


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        ({}, {"issued_at": "2026-11-20T09:00:00+09:00", "period_years": 1}, "OLDER_THAN_RECORD"),
        ({}, {"prior_card_number": NEW_CARD, "card_number": OLD_CARD}, "CARD_SUPERSEDED"),
    ],
)
def test_who_is_known_does_not_make_old_news_new(
    registry: Registry, first: dict[str, Any], second: dict[str, Any], wanted: str
) -> None:
    """That it is the same person answers the row that asked, and none of those below it."""
    apply(registry, notice(**first))
    before = population(registry)
    late = notice(notice_id="N-0007", sequence=2, name_roman="EXAMPLE BEATRICE", **second)
    assert results(registry, late, seq=2) == ["NAME_DIFFERS"]
    assert offered(registry, "N-0007") == ["conflict", "not_found", "rejected", "superseded"]
    with pytest.raises(DecisionNotPermittedError):
        decide(registry, "N-0007", "applied")
    decided = decide(registry, "N-0007", "superseded")
    assert decided.outcome.reason == wanted
    assert population(registry) == before


@pytest.mark.parametrize("again", [False, True], ids=["at once", "after it was applied"])
def test_who_moved_out_is_told_as_that(registry: Registry, again: bool) -> None:
    """Whatever held the notice: the agency asks where, not why nobody was found."""
    apply(registry, notice(**UNKNOWN_CARDS))
    if again:
        decide(registry, "N-0001", "applied")
        assert offered(registry, "N-0001") == ["not_found", "moved_out", "rejected"]
    decided = decide(registry, "N-0001", "moved_out", again=again)
    assert (decided.outcome.result, decided.outcome.reason) == ("moved_out", "MOVED_OUT")


def test_what_was_built_upon_is_not_taken_back(registry: Registry) -> None:
    apply(registry, BIRTH)
    decide(registry, "N-0007", "applied")
    later = notice(
        notice_id="N-0008", sequence=2, prior_card_number=NEW_CARD, card_number=NEWER_CARD
    )
    assert results(registry, later, seq=2) == ["applied"]
    before = registry.fingerprint()
    assert offered(registry, "N-0007") == []
    with pytest.raises(DecisionNotPermittedError):
        decide(registry, "N-0007", "rejected", again=True)
    assert registry.fingerprint() == before


def test_case_follows_the_register(registry: Registry) -> None:
    """Whoever moves in tomorrow: held today, and what the rules say once they are entered."""
    arriving = notice(notice_id="N-0011", prior_card_number=NEW_CARD, card_number=NEWER_CARD)
    apply(registry, arriving)
    assert case(registry, "N-0011").today.reason is ApplyReason.NO_MATCH
    apply(registry, notice(), seq=2)
    assert case(registry, "N-0011").today.result is Result.APPLIED
    decide(registry, "N-0011", "applied")
    assert registry.find_by_card(NEWER_CARD) is not None


# --- history ----------------------------------------------------------------


def test_every_change_can_be_explained(registry: Registry) -> None:
    apply(registry, notice(), SAME_BIRTH)
    decide(registry, "N-0007", "applied")
    (rule,) = registry.changes_by("N-0001")
    assert (rule.supplement, rule.event_code, rule.operation) == (0, "N02", "correction")
    assert rule.before["card_number"] == OLD_CARD
    assert rule.after["card_number"] == NEW_CARD
    assert rule.before.keys() == rule.after.keys()
    assert "name_roman" not in rule.after
    (person,) = registry.changes_by("N-0007")
    assert (person.supplement, person.event_code) == (1, "N01")
    assert [each.outcome.result for each in registry.arrivals("N-0007")] == ["held"]
    assert list(registry.arrivals("N-9999")) == []


def test_unknown_bundle_is_journalled_without_decisions(registry: Registry) -> None:
    apply_bundle(
        registry,
        bundle(),
        [],
        now=NOW,
        decided_by="clerk-1",
        before_commit=lambda _: None,
        names=NAMES,
    )
    assert (list(registry.decisions()), list(registry.changes_by("N-0001"))) == ([], [])


def test_only_people_in_force_are_proposed(registry_of: Make) -> None:
    with registry_of(BABY | {"state": "moved_out"}) as registry:
        assert registry.find_by_birth("2026-11-01", "USA") == []
    assert ApplyReason.FIRST_CARD in PERMITTED


def test_cardless_person_is_proposed(registry_of: Make) -> None:
    refuge = {
        "art30_45_category": "4", "name_roman": "EXAMPLE ALICE", "birth_date": "1990-05-17",
        "sex": "2", "nationality_region": "USA", "provisional_stay_until": "2026-12-01",
    }  # fmt: skip
    told = without_category_1(
        event_code="N12", art30_45_category="4", provisional_stay_until="2027-01-01",
        prior_card_number=None, card_number=None, card_type=None,
    )  # fmt: skip
    with registry_of(refuge) as registry:
        apply(registry, told)
        decide(registry, told.record_id, "applied")
        (person,) = registry.find_by_birth("1990-05-17", "USA")
        assert person.provisional_stay_until == "2027-01-01"
