"""A full population from one station to the other, and what was decided on it back home."""

from __future__ import annotations

from typing import Any

import pytest
from attacks.records import card, csv_of, entries_csv, entry, isa_csv, isa_notice
from attacks.world import World

from mediabridge.apply.population.findings import FindingKind
from mediabridge.bench.remaining import Watched
from mediabridge.errors import PopulationElsewhereError
from mediabridge.kinds import Kind
from mediabridge.records.model import Result
from mediabridge.stations.books import BundleState
from mediabridge.stations.population import deciding, looking
from mediabridge.stations.population.deciding import Cause
from mediabridge.translog.events import Event

LGWAN, REGISTRY = "lgwan-01", "registry-01"
STRANGERS = {
    "E-0003": {"card_number": "QQ00000003CD", "birth_date": "1983-01-01"},
    "E-0004": {"card_number": "QQ00000004CD", "birth_date": "1984-01-01"},
}
ROWS = [
    entry(1, total=4),
    entry(2, total=4, name_roman="NGUYEN VAN-AN"),
    *(entry(2, total=4, entry_id=name, **items) for name, items in STRANGERS.items()),
]


@pytest.fixture
def sent(world: World) -> str:
    """Have a population sent, by two officers; return its bundle."""
    return world.send(csv_of(Kind.ISA_POPULATION, ROWS), officers=("officer-1", "officer-2"))


@pytest.fixture
def taken(world: World, sent: str) -> str:
    world.import_(REGISTRY)
    return sent


def carry_home(world: World) -> None:
    world.send(station=REGISTRY)
    world.import_(LGWAN)


def closed(world: World, bundle: str) -> dict[str, Any]:
    with world.lgwan() as station:
        return {
            record: (result, reason)
            for _kind, record, result, reason in station.books.records_of(bundle)
        }


def decide(
    world: World, kind: FindingKind, because: Cause | None = None, *, second: str | None = None
) -> int:
    with world.registry() as station:
        asked = deciding.asked(station, looking.named(station, None), kind, None)
        decided = deciding.decide(
            station, asked.chosen, asked.seen, because, operator="clerk-1", second=second
        )
    return decided.count


def test_population_is_compared_and_answered(world: World, taken: str) -> None:
    with world.registry() as station:
        (came,) = looking.came(station)
        residents = station.registry.count()
        assert station.held() == 0
    assert came.found == {"different": 1, "missing": 2, "extra": residents - 2}
    carry_home(world)
    assert closed(world, taken) == {
        "E-0001": ("already_applied", None),
        "E-0002": ("held", "POPULATION_DIFFERS"),
        "E-0003": ("held", "POPULATION_MISSING"),
        "E-0004": ("held", "POPULATION_MISSING"),
    }
    with world.lgwan() as station:
        row = station.books.bundle(taken)
        assert row is not None
        assert row.state is BundleState.DELIVERED


def test_one_decision_on_several_goes_home_as_one_answer(world: World, taken: str) -> None:
    assert decide(world, FindingKind.MISSING, second="officer-1") == 2
    assert decide(world, FindingKind.DIFFERENT, Cause.REGISTER_RIGHT) == 1
    carry_home(world)
    assert closed(world, taken) == {
        "E-0001": ("already_applied", None),
        "E-0002": ("rejected", "REGISTER_CONFIRMED"),
        "E-0003": ("applied", None),
        "E-0004": ("applied", None),
    }
    issued = [each.facts for each in world.log(REGISTRY) if each.event is Event.RECEIPT_ISSUED]
    assert [each["records"] for each in issued] == [4, 2, 1]
    with world.registry() as station:
        found = station.registry.find_by_card(STRANGERS["E-0003"]["card_number"])
    assert found is not None


def test_whom_it_does_not_name_is_decided_on_without_an_answer(world: World, taken: str) -> None:
    count = decide(world, FindingKind.EXTRA, second="officer-1")
    with world.registry() as station:
        gone = station.registry.find_by_card(card(3))
        assert station.registry.count() == 2
    assert gone is not None
    assert gone.resident.state == "deleted"
    (logged,) = (each for each in world.log(REGISTRY) if each.event is Event.RECORD_DECIDED)
    assert (logged.facts["records"], logged.facts["result"]) == (count, Result.APPLIED)
    # The next decision on entries is answered all the same.
    decide(world, FindingKind.DIFFERENT, Cause.INQUIRY)
    carry_home(world)
    assert closed(world, taken)["E-0002"] == ("rejected", "BEING_INQUIRED")


def test_empty_registry_gets_its_residents_from_a_population(world: World) -> None:
    """As a live one begins: docs/operations/first-day.md, "Who is in the register"."""
    world.home(REGISTRY).registry.unlink()
    world.send(isa_csv((1, 1)))
    world.import_(REGISTRY)
    population = world.send(entries_csv(1, 2, 3), officers=("officer-1", "officer-2"))
    world.import_(REGISTRY)
    with world.registry() as station:
        assert station.registry.count() == 0
        (came,) = looking.came(station)
        assert came.found == {"missing": 3}
    assert decide(world, FindingKind.MISSING, second="officer-1") == 3

    # From here on notices are applied; the one from before waits for a person, as ever.
    notice = isa_notice(2, 2) | {"issued_at": "2026-05-03T09:00:00+09:00"}
    later = world.send(csv_of(Kind.ISA_NOTICE, [notice]))
    world.import_(REGISTRY)
    with world.registry() as station:
        assert station.registry.count() == 3
        assert station.held() == 1
    carry_home(world)
    assert set(closed(world, population).values()) == {("applied", None)}
    assert closed(world, later) == {"N-0002": ("applied", None)}


def test_power_cut_before_the_answer_is_made_good(
    world: World, taken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = "mediabridge.stations.incoming.receipts.issue_supplements"
    with monkeypatch.context() as cut:
        cut.setattr(module, lambda *_: None)
        decide(world, FindingKind.MISSING, second="officer-1")
    with world.registry():
        pass
    carry_home(world)
    assert closed(world, taken)["E-0003"] == ("applied", None)


def test_where_the_residents_are_elsewhere_nothing_is_taken(
    world: World, sent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mediabridge.apply.dropfolder.registry import DropFolderRegistry  # noqa: PLC0415
    from mediabridge.apply.sqlite import SqliteRegistry  # noqa: PLC0415

    monkeypatch.setattr(SqliteRegistry, "write_population", DropFolderRegistry.write_population)
    with pytest.raises(PopulationElsewhereError):
        world.import_(REGISTRY)
    with world.registry() as station:
        assert list(station.registry.journal()) == []
        assert station.books.bundle(sent) is None
    (refused,) = (each for each in world.log(REGISTRY) if each.event is Event.BUNDLE_REFUSED)
    assert refused.facts["reason"] == "POPULATION_ELSEWHERE"


@pytest.mark.usefixtures("taken")
def test_looking_through_findings_and_deciding_tell_how_far_they_are(world: World) -> None:
    for kind in (FindingKind.EXTRA, FindingKind.DIFFERENT):
        with world.registry() as station:
            station.progress = heard = Watched(seconds=lambda: 0.0)
            asked = deciding.asked(station, looking.named(station, None), kind, None)
            deciding.decide(
                station,
                asked.chosen,
                asked.seen,
                Cause.REGISTER_RIGHT,
                operator="clerk-1",
                second=None,
            )
            whole = list(looking.report(station, looking.named(station, None), whole=True))
        assert whole
        # An answer goes home only where the extract names somebody.
        answered = ["Writing the receipt"] if kind is FindingKind.DIFFERENT else []
        labels = ["Looking through the findings", "Deciding on the findings", *answered]
        assert [step.label for step in heard.steps] == [*labels, "Looking through the findings"]
        for step in heard.steps:
            done = [each for _at, each in step.ticks]
            assert done == sorted(done)
            assert done[-1] == step.total
