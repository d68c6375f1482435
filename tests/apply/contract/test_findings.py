"""Decisions on what a population's comparison found: bound to what was shown, kept, answered."""

from __future__ import annotations

import tracemalloc
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediabridge.apply import Registry
from mediabridge.apply.population.casework import Chosen, Seen, cases, seen_of
from mediabridge.apply.population.deciding import decide as take_decision
from mediabridge.apply.population.findings import FindingKind
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resolve import Deciders
from mediabridge.errors import (
    FindingNotDecidableError,
    FindingsChangedError,
    FindingUnknownError,
    PopulationOutdatedError,
    PopulationUnknownError,
    RegistryRefusedError,
    SecondPersonMissingError,
)
from mediabridge.records.model import Result
from tests.apply.contract.adapters import Adapter
from tests.apply.contract.adapters import population as people
from tests.apply.contract.conftest import Make
from tests.apply.people import NAMES, NEW_CARD, NOW, OLD_CARD, RESIDENT, apply, same_stay
from tests.apply.populations import (
    AS_OF,
    compare,
    compare_all,
    decide,
    entry,
    found,
    open_cases,
    outcomes,
    population,
)

pytestmark = pytest.mark.in_turns

STRANGER = "QQ00000001CD"
BOB = {
    "card_number": "QQ00000002CD",
    "name_roman": "EXAMPLE BOB",
    "birth_date": "1980-01-02",
    "sex": "1",
}
ALONE = Deciders("clerk-1")
CHANGED = {"status_of_residence": "211", "name_kanji": "例"}
LATER = "2026-11-21T02:00:00+09:00"


def again(registry: Registry, *entries: Any, seq: int) -> list[tuple[int, str, str]]:
    """Compare the same entries as another extract; return what is found now."""
    compare(
        registry,
        *(each.model_copy(update={"entry_id": f"{each.entry_id}-{seq}", "extract_id": f"X-{seq}"})
          for each in entries),
        seq=seq,
    )  # fmt: skip
    return found(registry, seq)


def resident(registry: Registry, card: str) -> dict[str, Any]:
    whom = registry.find_by_card(card)
    assert whom is not None
    return whom.resident._asdict()


# --- what is entered -----------------------------------------------------------------


def test_items_of_the_extract_are_entered(registry: Registry) -> None:
    before = resident(registry, OLD_CARD)
    told = entry(**CHANGED)
    compare(registry, told)
    decided = decide(registry, None, 1, deciders=ALONE)
    assert (decided.count, decided.result, decided.reason) == (1, Result.APPLIED, None)
    after = resident(registry, OLD_CARD)
    news = CHANGED | {"last_issued_at": AS_OF}
    assert after == before | news
    (entered,) = registry.changes_by("E-0001")
    assert entered.before == {name: before[name] for name in news}
    assert entered.after == news
    assert entered.operation == "correction"
    (answer,) = registry.decisions_on("E-0001")
    assert (answer.supplement, answer.outcome.result, answer.decided_by) == (
        1,
        "applied",
        "clerk-1",
    )
    assert found(registry) == []
    assert population(registry).open == 0
    assert again(registry, told, seq=2) == []


def test_missing_one_gets_a_record(registry: Registry) -> None:
    told = entry(2, **(BOB | {"address": "9-9-9 Example"}))
    compare(registry, entry(), told)
    decide(registry, FindingKind.MISSING)
    made = resident(registry, BOB["card_number"])
    assert made["state"] == "resident"
    assert {name: made[name] for name in BOB} == BOB
    assert (made["address"], made["last_issued_at"]) == ("9-9-9 Example", AS_OF)
    (entered,) = registry.changes_by("E-0002")
    assert (entered.operation, entered.resident) == ("entry", made["id"])
    assert set(entered.before.values()) == {None}
    assert registry.count() == 2
    assert registry.cards_of(made["id"]) == [BOB["card_number"]]
    assert again(registry, entry(), told, seq=2) == []


def test_extra_one_is_put_out_of_force_and_stays(registry_of: Make) -> None:
    registry = registry_of(RESIDENT, RESIDENT | BOB)
    compare(registry, entry())
    before = resident(registry, BOB["card_number"])
    decide(registry, FindingKind.EXTRA)
    after = resident(registry, BOB["card_number"])
    assert after == before | {"state": "deleted", "last_issued_at": AS_OF}
    # No record of the bundle: nothing is answered.
    assert list(registry.decisions()) == []
    assert outcomes(registry) == ["already_applied"]
    assert again(registry, entry(), seq=2) == []


def test_new_card_of_somebody_who_was_identified(registry: Registry) -> None:
    told = entry(card_number=NEW_CARD)
    compare(registry, told)
    with pytest.raises(FindingNotDecidableError):
        decide(registry, FindingKind.UNCLEAR)
    decide(registry, None, 1, deciders=ALONE)
    after = resident(registry, NEW_CARD)
    assert after["card_number"] == NEW_CARD
    assert registry.cards_of(after["id"]) == sorted([OLD_CARD, NEW_CARD])
    assert registry.count() == 1
    assert again(registry, told, seq=2) == []


def test_later_news_stands_above_what_an_extract_says_of_somebody_identified(
    registry: Registry,
) -> None:
    """Claim C100. The card of an older extract replaces none that came since."""
    compare(registry, entry(card_number=STRANGER))
    apply(registry, same_stay("N06", event_date="2026-11-21"), seq=2)
    assert found(registry) == [(1, "unclear", "POPULATION_PERSON_LIKE")]
    before = registry.fingerprint()
    with pytest.raises(FindingNotDecidableError):
        decide(registry, None, 1)
    assert registry.fingerprint() == before
    decide(registry, None, 1, because=ApplyReason.REGISTER_CONFIRMED, deciders=ALONE)


@pytest.mark.parametrize(
    "items", [{"sex": "1"}, {"name_roman": "EXAMPLE BEATRICE"}, {"birth_date": "1990-05-18"}]
)
def test_identity_is_never_entered_from_an_extract(
    registry: Registry, items: dict[str, Any]
) -> None:
    """Claim C100."""
    compare(registry, entry(**items))
    before = registry.fingerprint()
    for kind, position in ((FindingKind.UNCLEAR, None), (None, 1)):
        with pytest.raises(FindingNotDecidableError):
            decide(registry, kind, position)
    assert registry.fingerprint() == before


# --- what is rejected, and what settled itself -----------------------------------------


def test_rejected_leaves_the_register(registry_of: Make) -> None:
    registry = registry_of(RESIDENT, RESIDENT | BOB)
    compare(registry, entry(sex="1"))
    before = people(registry)
    for kind in (FindingKind.UNCLEAR, FindingKind.EXTRA):
        decide(registry, kind, because=ApplyReason.REGISTER_CONFIRMED, deciders=ALONE)
    assert people(registry) == before
    (answer,) = registry.decisions()
    assert (answer.outcome.result, answer.outcome.reason) == ("rejected", "REGISTER_CONFIRMED")
    assert found(registry) == []
    # It is no secret that they still differ.
    assert len(again(registry, entry(sex="1"), seq=2)) == 2


def test_register_settled_it_meanwhile(registry: Registry) -> None:
    compare(registry, entry(status_of_residence="211"))
    apply(registry, same_stay("N06", event_date="2026-11-21"), seq=2)
    assert found(registry) == [(1, "settled", "POPULATION_SETTLED")]
    before = people(registry)
    decided = decide(registry, FindingKind.SETTLED, deciders=ALONE)
    assert (decided.result, decided.reason) == ("superseded", ApplyReason.POPULATION_SETTLED)
    assert people(registry) == before
    assert found(registry) == []


def test_extra_one_who_moved_meanwhile_is_settled(registry_of: Make) -> None:
    registry = registry_of(RESIDENT)
    compare(registry, entry(**BOB))
    apply(registry, same_stay("N06", event_date="2026-11-21"), seq=2)
    assert found(registry)[1] == (2, "settled", "POPULATION_SETTLED")


# --- two people at once ------------------------------------------------------------------


def wish(registry: Registry, kind: FindingKind, seen: Seen, **items: Any) -> Any:
    chosen = Chosen(f"{1:032x}", kind)
    arguments: dict[str, Any] = {
        "because": None,
        "deciders": Deciders("clerk-1", "officer-1"),
        "names": NAMES,
        "now": NOW,
        "before_commit": lambda _decided: None,
    } | items
    because, deciders = arguments.pop("because"), arguments.pop("deciders")
    return take_decision(registry, chosen, seen, because, deciders, **arguments)


def seen(registry: Registry, kind: FindingKind) -> Seen:
    chosen = Chosen(f"{1:032x}", kind)
    return seen_of(cases(chosen, population(registry).extract, registry, NAMES))


def test_decision_holds_for_what_was_shown(registry_of: Make) -> None:
    """Claim C100."""
    registry = registry_of(RESIDENT, RESIDENT | BOB)
    compare(registry, entry(**CHANGED), entry(2, **(BOB | CHANGED)))
    shown = seen(registry, FindingKind.DIFFERENT)
    assert shown.count == 2
    decide(registry, None, 2, deciders=ALONE)
    before = registry.fingerprint()
    with pytest.raises(FindingsChangedError) as changed:
        wish(registry, FindingKind.DIFFERENT, shown)
    assert changed.value.facts["count"] == 1
    assert registry.fingerprint() == before


def test_register_that_changed_is_noticed(registry: Registry) -> None:
    """Claim C100."""
    compare(registry, entry(**CHANGED))
    shown = seen(registry, FindingKind.DIFFERENT)
    apply(
        registry,
        same_stay("N06", issued_at="2026-11-19T09:00:00+09:00", event_date="2026-11-19",
                  card_number=OLD_CARD, name_roman="EXAMPLE ALI CE"),
        seq=2,
    )  # fmt: skip
    assert found(registry) == [(1, "different", "POPULATION_DIFFERS")]
    with pytest.raises(FindingsChangedError):
        wish(registry, FindingKind.DIFFERENT, shown)


def test_missing_log_decides_nothing(registry: Registry) -> None:
    def no_log(_decided: object) -> None:
        raise RegistryRefusedError(detail="no log")

    compare(registry, entry(**CHANGED), entry(2, **BOB))
    for kind in (FindingKind.DIFFERENT, FindingKind.MISSING):
        before = registry.fingerprint()
        with pytest.raises(RegistryRefusedError):
            wish(registry, kind, seen(registry, kind), before_commit=no_log)
        assert registry.fingerprint() == before


@pytest.mark.parametrize("kind", [FindingKind.DIFFERENT, FindingKind.MISSING, FindingKind.EXTRA])
def test_all_of_a_kind_takes_two(registry_of: Make, kind: FindingKind) -> None:
    """Claim C100."""
    registry = registry_of(RESIDENT, RESIDENT | BOB)
    compare(registry, entry(**CHANGED), entry(2, card_number=STRANGER, birth_date="1971-01-01"))
    before = registry.fingerprint()
    with pytest.raises(SecondPersonMissingError):
        decide(registry, kind, deciders=ALONE)
    if kind is FindingKind.EXTRA:
        with pytest.raises(SecondPersonMissingError):
            decide(registry, None, 3, deciders=ALONE)
    assert registry.fingerprint() == before
    decide(registry, kind)


def test_older_extract_is_not_entered(registry: Registry) -> None:
    compare(registry, entry(**CHANGED))
    compare(registry, entry(2, extract_id="X-2", as_of=LATER, **CHANGED), seq=2)
    with pytest.raises(PopulationOutdatedError):
        decide(registry, FindingKind.DIFFERENT)
    decide(registry, FindingKind.DIFFERENT, because=ApplyReason.NEWER_EXTRACT, deciders=ALONE)
    decide(registry, FindingKind.DIFFERENT, seq=2)
    assert resident(registry, OLD_CARD)["last_issued_at"] == LATER


def test_nothing_to_decide_on(registry: Registry) -> None:
    compare(registry, entry())
    with pytest.raises(FindingUnknownError):
        decide(registry, FindingKind.EXTRA)
    with pytest.raises(FindingUnknownError):
        decide(registry, None, 1)
    with pytest.raises(PopulationUnknownError):
        take_decision(
            registry, Chosen("f" * 32, FindingKind.EXTRA), Seen(0, ""), None, ALONE,
            names=NAMES, now=NOW, before_commit=lambda _decided: None,
        )  # fmt: skip


def test_one_decision_on_many_has_one_answer(registry_of: Make) -> None:
    registry = registry_of(RESIDENT, RESIDENT | BOB)
    compare(registry, entry(**CHANGED), entry(2, **(BOB | CHANGED)))
    decide(registry, FindingKind.DIFFERENT)
    told = [
        (each.number, each.supplement, each.position, each.outcome.record_id, each.seconded_by)
        for each in registry.decisions()
    ]
    assert told == [(1, 1, 1, "E-0001", "officer-1"), (2, 1, 2, "E-0002", "officer-1")]
    assert all(datetime.fromisoformat(each.decided_at) == NOW for each in registry.decisions())


# --- the property -------------------------------------------------------------------------

ITEM = st.fixed_dictionaries(
    {},
    optional={
        "status_of_residence": st.sampled_from(["211", "226"]),
        "period_of_stay_expiration_date": st.sampled_from(["2026-12-01", "2029-12-01"]),
        "name_kanji": st.sampled_from(["例", "見本"]),
        "sex": st.sampled_from(["1", "2", "9"]),
        "birth_date": st.sampled_from(["1990-05-00", "1990-05-17", "1991-01-01"]),
    },
)
NUMBERS = st.integers(min_value=1, max_value=7)


def card(number: int) -> str:
    return f"QQ0000000{number}CD"


def named(number: int) -> dict[str, str]:
    return {"card_number": card(number), "name_roman": f"EXAMPLE {'ABCDEFGH'[number]}"}


@given(
    here=st.dictionaries(NUMBERS, ITEM, max_size=7),
    there=st.dictionaries(NUMBERS, ITEM, min_size=1, max_size=7),
    moved=st.sets(NUMBERS, max_size=2),
)
@settings(max_examples=25, deadline=None)
def test_after_all_decisions_only_what_was_rejected_is_found_again(
    adapter: Adapter,
    here: dict[int, dict[str, Any]],
    there: dict[int, dict[str, Any]],
    moved: set[int],
) -> None:
    entries = [entry(number, **(named(number) | items)) for number, items in there.items()]
    with TemporaryDirectory() as folder, adapter.open(Path(folder)) as registry:
        registry.load_population([
            RESIDENT | named(number) | items
            | ({"state": "moved_out"} if number in moved else {})
            for number, items in here.items()
        ])  # fmt: skip
        applied = compare(registry, *entries)
        assert applied.counts.records == len(entries)
        rejected = set()
        while waiting := open_cases(registry):
            first = waiting[0]
            if first.change is None:
                rejected.add(first.resident)
                decide(registry, None, first.position, because=ApplyReason.REGISTER_CONFIRMED)
            elif first.kind is FindingKind.UNCLEAR:
                decide(registry, None, first.position)
            else:
                decide(registry, first.kind)
        again(registry, *entries, seq=2)
        assert {each.resident for each in open_cases(registry, 2)} == rejected
        assert all(each.kind is FindingKind.UNCLEAR for each in open_cases(registry, 2))


# --- memory ---------------------------------------------------------------------------------


def many(number: int) -> dict[str, str]:
    letters = "".join("ABCDEFGHIJ"[int(digit)] for digit in str(number))
    return {"card_number": f"QQ{number:08d}CD", "name_roman": f"EXAMPLE {letters}"}


def peak_of(adapter: Adapter, count: int) -> int:
    """Return the most memory taken while *count* entries are compared, and all decided on."""
    with TemporaryDirectory() as folder, adapter.open(Path(folder)) as registry:
        registry.load_population(RESIDENT | many(number) for number in range(count))
        tracemalloc.start()
        try:
            compare_all(
                registry,
                (entry(number, **(many(number) | CHANGED)) for number in range(count)),
            )
            assert decide(registry, FindingKind.DIFFERENT).count == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def test_memory_does_not_grow_with_the_population(
    adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("population.taking", "sqlite.findings", "postgres.findings",
                   "population.deciding"):  # fmt: skip
        monkeypatch.setattr(f"mediabridge.apply.{module}.APPLY_BATCH", 20)
    peak_of(adapter, 20)
    few, more = peak_of(adapter, 100), peak_of(adapter, 800)
    # Kept in memory, 700 entries more and their decisions are several MiB.
    assert more - few < 256 * 1024
