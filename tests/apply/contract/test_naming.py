"""Kanji names that are not all 正字: held as they came, entered as a person chose, said why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from mediabridge.apply import ApplyReason, Registry
from mediabridge.apply.casework import HeldCase, examine
from mediabridge.apply.journal import Resolution
from mediabridge.apply.resolve import Choice, Deciders, resolve
from mediabridge.errors import DecisionNotPermittedError, HeldChangedError, KanjiChoiceError
from mediabridge.records.model import Result
from mediabridge.records.names import NamesTable, Reason
from mediabridge.records.names.chosen import Naming, Way
from tests.apply.contract.adapters import population
from tests.apply.contract.conftest import Make
from tests.apply.people import (
    NAMES,
    NEW_CARD,
    NOW,
    RESIDENT,
    apply,
    notice,
    results,
)

pytestmark = pytest.mark.in_turns

ONE = "例张伟"  # 张 has two proposals, 伟 has one
WITHOUT = "例\U00020000"  # a kanji for which the notice has none
APPLIED = Result.APPLIED
TABLE = f"{NAMES.provenance.version} {NAMES.provenance.sha256}"


def case(registry: Registry, names: NamesTable = NAMES) -> HeldCase:
    held = registry.held_record("N-0001")
    assert held is not None
    return examine(held, registry, names)


def options(registry: Registry) -> list[tuple[str, str | None]]:
    return [(each.result, each.way) for each in case(registry).options]


def decide(
    registry: Registry,
    result: Result = APPLIED,
    *,
    seen: str | None = None,
    names: NamesTable = NAMES,
    **chosen: Any,
) -> Resolution:
    choice = Choice("N-0001", seen or case(registry).version, result, **chosen)
    return resolve(
        registry, choice, Deciders("clerk-1"), now=NOW, before_commit=lambda _: None, names=names
    )


def name_of(registry: Registry) -> tuple[str | None, str | None]:
    found = registry.find_by_card(NEW_CARD)
    assert found is not None
    return found.resident.name_roman, found.resident.name_kanji


def test_name_is_held_as_it_came(registry: Registry) -> None:
    before = population(registry)
    told = notice(name_kanji=ONE)
    assert results(registry, told) == [ApplyReason.KANJI_NOT_SEIJI]
    assert population(registry) == before
    assert [each.notice for each in registry.held()] == [told]
    assert options(registry) == [("applied", "proposed"), ("applied", "roman"), ("rejected", None)]


@pytest.mark.parametrize(
    ("ranks", "name", "replaced"),
    [
        (
            {2: None},
            "例張偉",
            [(2, "张", "張", "4-1", 1, None), (3, "伟", "偉", "4-1", 1, None)],
        ),
        (
            {2: Reason.RESIDENT_RECORD},
            "例弡偉",
            [(2, "张", "弡", "4-1", 2, "resident_record"), (3, "伟", "偉", "4-1", 1, None)],
        ),
    ],
)
def test_chosen_name_is_entered_and_explained(
    registry: Registry,
    ranks: Mapping[int, Reason | None],
    name: str,
    replaced: list[tuple[Any, ...]],
) -> None:
    apply(registry, notice(name_kanji=ONE))
    decided = decide(registry, way=Way.PROPOSED, ranks=ranks)
    assert name_of(registry) == ("EXAMPLE ALICE", name)
    assert decided.outcome.result is APPLIED
    assert decided.naming is not None
    assert (decided.naming.way, decided.naming.table) == (Way.PROPOSED, TABLE)
    told = [
        (each.position, each.character, each.result, each.rule, each.rank, each.reason)
        for each in decided.naming.replaced
    ]
    assert told == replaced
    # It is read back as it was written, and what arrived is still what arrived.
    assert [each.naming for each in registry.decisions_on("N-0001")] == [decided.naming]
    (changed,) = registry.changes_by("N-0001")
    assert (changed.before["name_kanji"], changed.after["name_kanji"]) == (None, name)
    held = registry.held_record("N-0001")
    assert held is not None
    assert held.notice.name_kanji == ONE


def test_kanji_are_left_out_for_roman_letters(registry: Registry) -> None:
    apply(registry, notice(name_kanji=ONE))
    decided = decide(registry, way=Way.ROMAN)
    assert name_of(registry) == ("EXAMPLE ALICE", None)
    assert decided.naming == Naming(Way.ROMAN, (), TABLE)
    assert [each.naming for each in registry.decisions_on("N-0001")] == [decided.naming]


def test_kanji_on_record_stay_with_roman_letters(registry_of: Make) -> None:
    with registry_of(RESIDENT | {"name_kanji": "例弡偉"}) as registry:
        apply(registry, notice(name_kanji=ONE))
        decide(registry, way=Way.ROMAN)
        assert name_of(registry) == ("EXAMPLE ALICE", "例弡偉")


@pytest.mark.parametrize(
    ("chosen", "error"),
    [
        ({}, DecisionNotPermittedError),
        ({"way": Way.PROPOSED}, KanjiChoiceError),
        ({"way": Way.PROPOSED, "ranks": {}}, KanjiChoiceError),
        ({"way": Way.PROPOSED, "ranks": {3: None}}, KanjiChoiceError),
        ({"way": Way.PROPOSED, "ranks": {2: None, 3: None}}, KanjiChoiceError),
        ({"way": Way.PROPOSED, "ranks": {2: Reason.PERSON_WISHES}}, KanjiChoiceError),
        ({"way": Way.PROPOSED, "ranks": {1: None, 2: None}}, KanjiChoiceError),
    ],
)
def test_nothing_is_guessed(
    registry: Registry, chosen: dict[str, Any], error: type[Exception]
) -> None:
    """Claim C99."""
    apply(registry, notice(name_kanji=ONE))
    before = registry.fingerprint()
    with pytest.raises(error):
        decide(registry, **chosen)
    assert registry.fingerprint() == before


def test_one_proposal_needs_no_choice(registry: Registry) -> None:
    apply(registry, notice(name_kanji="例伟"))
    decide(registry, way=Way.PROPOSED)
    assert name_of(registry)[1] == "例偉"


def test_refusal_says_why(registry: Registry) -> None:
    before = population(registry)
    apply(registry, notice(name_kanji=ONE))
    decided = decide(registry, Result.REJECTED)
    assert (decided.outcome.reason, decided.naming) == ("KANJI_NOT_SEIJI", None)
    assert population(registry) == before


@pytest.mark.parametrize(
    ("items", "wanted"),
    [
        ({"name_kanji": WITHOUT}, [("applied", "roman"), ("rejected", None)]),
        ({"name_kanji": WITHOUT, "name_roman": None}, [("rejected", None)]),
        ({"name_kanji": ONE, "name_roman": None}, [("applied", "proposed"), ("rejected", None)]),
        # A request to add the name in kanji is not met by leaving the kanji out.
        (
            {"name_kanji": ONE, "event_code": "N16", "prior_card_number": None,
             "period_of_stay_expiration_date": "2026-12-01"},
            [("applied", "proposed"), ("rejected", None)],
        ),
    ],
)  # fmt: skip
def test_only_what_is_possible_is_permitted(
    registry_of: Make, items: dict[str, Any], wanted: list[tuple[str, str | None]]
) -> None:
    register = RESIDENT | ({"card_number": NEW_CARD} if "event_code" in items else {})
    with registry_of(register) as registry:
        assert results(registry, notice(**items)) == [ApplyReason.KANJI_NOT_SEIJI]
        assert options(registry) == wanted
        if ("applied", "proposed") not in wanted:
            with pytest.raises(DecisionNotPermittedError):
                decide(registry, way=Way.PROPOSED)


def test_person_is_found_in_spite_of_the_kanji(registry_of: Make) -> None:
    register = {name: value for name, value in RESIDENT.items() if name != "card_number"}
    with registry_of(register | {"name_kanji": "例張偉"}) as registry:
        apply(registry, notice(name_kanji=ONE))
        held = case(registry)
        assert held.held.reason is ApplyReason.NO_MATCH
        assert [each.name_kanji for each in held.persons] == ["例張偉"]
        assert ("applied", "proposed") in options(registry)
        decide(registry, way=Way.PROPOSED, ranks={2: None})
        assert name_of(registry) == ("EXAMPLE ALICE", "例張偉")


def test_table_of_the_registry_decides(registry: Registry) -> None:
    """A station's own table may know more 正字 than the shipped one, and says so at once."""
    apply(registry, notice(name_kanji=ONE))
    seen = case(registry).version
    amended = replace(
        NAMES,
        seiji=NAMES.seiji | set("张伟"),
        cells={one: row for one, row in NAMES.cells.items() if one not in "张伟"},
    )
    assert case(registry, amended).today.result is APPLIED
    with pytest.raises(HeldChangedError):
        decide(registry, names=amended, seen=seen)
    decided = decide(registry, names=amended, seen=case(registry, amended).version)
    assert name_of(registry)[1] == ONE
    assert decided.naming is None


def test_decision_on_a_name_is_taken_back(registry: Registry) -> None:
    before = population(registry)
    apply(registry, notice(name_kanji=ONE))
    decide(registry, way=Way.PROPOSED, ranks={2: None})
    decide(registry, Result.REJECTED, again=True)
    assert population(registry) == before
    decide(registry, way=Way.ROMAN, again=True)
    assert name_of(registry) == ("EXAMPLE ALICE", None)


def test_other_name_of_the_register_stays(registry_of: Make) -> None:
    """Whatever is chosen for a character, a decision on one notice makes no other person."""
    with registry_of(RESIDENT | {"name_kanji": "例示花子"}) as registry:
        apply(registry, notice(name_kanji=ONE))
        decide(registry, way=Way.PROPOSED, ranks={2: None})
        assert name_of(registry)[1] == "例示花子"
