"""A decision on a held record, and how it closes the record at home: exactly once."""

from __future__ import annotations

import json
from itertools import permutations

import pytest
from attacks.records import isa_csv
from attacks.world import FIRST_NOTICES, World
from stations.test_setback import clear_stick
from stations.test_voiding import issue_anew, row_of, void

from mediabridge.apply.casework import HeldCase, examine
from mediabridge.apply.journal import Resolution
from mediabridge.apply.resolve import Choice, Deciders
from mediabridge.cli._app import run
from mediabridge.errors import HeldDecidedError, RecordUnknownError
from mediabridge.records.model import Result
from mediabridge.stations import explaining, rerouting
from mediabridge.stations.books import BundleState, ClosedRecord
from mediabridge.stations.clerks import AtDesk
from mediabridge.stations.incoming import receipts
from mediabridge.stations.outgoing import reissuing
from mediabridge.stations.outgoing.approving import look_at
from mediabridge.stations.outgoing.rejecting import reject_shown
from mediabridge.stations.outgoing.rejection import Rejection
from mediabridge.translog.events import Event

pytestmark = pytest.mark.in_turns

RECORD = "N-0003"
BACK = "registry-01"


@pytest.fixture
def bundle(world: World) -> str:
    """Return a bundle that the registry has taken; one of its records is held."""
    sent = world.send(isa_csv(*FIRST_NOTICES))
    world.import_(BACK)
    return sent


def case(world: World, record: str = RECORD) -> HeldCase:
    with world.registry() as station:
        held = station.registry.held_record(record)
        assert held is not None
        return examine(held, station.registry, station.tables.names)


def decide(
    world: World,
    result: str,
    *,
    again: bool = False,
    second: str | None = None,
    record: str = RECORD,
) -> Resolution:
    seen = case(world, record).version
    with world.registry() as station:
        choice = Choice(record, seen, Result.of(result), again=again)
        return station.decide(choice, Deciders("clerk-1", second))


def answer(world: World) -> str:
    """Carry what the registry owes home, and take it in."""
    sent = world.send(station=BACK)
    world.import_("lgwan-01")
    return sent


def at_home(world: World) -> tuple[str | None, str | None, str | None, int]:
    with world.lgwan() as station:
        (own,) = [each for each in station.books._own("1") if each.record == RECORD]
    return own.result, own.reason, own.decided_at, own.supplement


def test_late_outcome_comes_home(world: World, bundle: str) -> None:
    answer(world)
    assert at_home(world)[0] == "held"
    decided = decide(world, "not_found")
    with world.registry() as station:
        (due,) = station.books.due_receipts("lgwan-01")
        assert (due.bundle, due.supplement, due.lines) == (bundle, 1, 1)
        assert not station.status().done
    answer(world)
    assert at_home(world) == ("not_found", "NO_MATCH", decided.decided_at, 1)
    with world.lgwan() as station:
        assert station.books.outcome_counts(bundle) == {"applied": 2, "not_found": 1}


@pytest.mark.usefixtures("bundle")
def test_decision_on_the_same_day_travels_with_the_answer(world: World) -> None:
    decide(world, "rejected")
    answer(world)
    assert at_home(world)[::3] == ("rejected", 1)
    with world.lgwan() as station:
        assert station.status().done


@pytest.mark.usefixtures("bundle")
def test_decision_that_a_void_bundle_carried_travels_with_the_next(world: World) -> None:
    answer(world)
    decide(world, "not_found")
    world.send(station=BACK)
    clear_stick(world)
    issue_anew(world, 2, at=BACK)
    world.import_("lgwan-01")
    assert at_home(world)[::3] == ("not_found", 1)


def test_decision_on_a_number_that_was_void_and_had_arrived_comes_home(world: World) -> None:
    """Its content travels a second time; the registry decides on what it took first."""
    sent = world.send(isa_csv(*FIRST_NOTICES))
    arrived = world.bundles.rename(world.root / "arrived")
    issue_anew(world, 1)
    anew = world.bundles.rename(world.root / "anew")
    for stick in (arrived, anew):
        stick.rename(world.bundles)
        world.import_(BACK)
        world.bundles.rename(stick)
    decide(world, "not_found")
    with world.registry() as station:
        assert sent in {due.bundle for due in station.books.due_receipts("lgwan-01")}
    world.bundles.mkdir()
    answer(world)
    assert at_home(world)[::3] == ("not_found", 1)
    with world.lgwan() as station:
        assert station.status().done


def test_receipt_for_a_void_number_whose_content_an_officer_sent_back(world: World) -> None:
    """It had arrived all the same. What it held is known by record when it is collected again."""
    world.send(isa_csv(*FIRST_NOTICES))
    arrived = world.bundles.rename(world.root / "arrived")
    void(world, 1, anew=True)
    with world.lgwan() as station:
        again = reissuing.seal_again(station, row_of(station, 1), AtDesk("clerk-1"))
        shown = look_at(station, again.bundle)
        reject_shown(station, shown, world.key("officer-1"), Rejection.WRONG_CONTENT)
    arrived.rename(world.bundles)
    world.import_(BACK)
    clear_stick(world)
    answer(world)
    decide(world, "not_found")
    answer(world)
    with world.lgwan() as station:
        (known,) = station.books.elsewhere()
        assert (known.seq, known.records) == (1, len(FIRST_NOTICES))
        path = world.root / "corrected.csv"
        path.write_bytes(isa_csv(*FIRST_NOTICES[:2]))
        assert station.collect(path).received_elsewhere == 2


@pytest.mark.usefixtures("bundle")
def test_another_decision_stands_above_the_first(world: World) -> None:
    decide(world, "rejected")
    answer(world)
    decide(world, "not_found", again=True)
    answer(world)
    assert at_home(world)[::3] == ("not_found", 2)


@pytest.mark.usefixtures("bundle")
def test_both_decisions_in_one_bundle(world: World) -> None:
    decide(world, "rejected")
    decide(world, "not_found", again=True)
    answer(world)
    assert at_home(world)[::3] == ("not_found", 2)


def test_any_order_and_number_of_deliveries_ends_alike(world: World, bundle: str) -> None:
    answer(world)
    told = [("rejected", 1), ("not_found", 2), ("conflict", 3)]
    with world.lgwan() as station:
        for order in permutations([*told, told[0]]):
            station.books._db.execute("UPDATE records SET supplement = 0, result = 'held'")
            for result, supplement in order:
                said = ClosedRecord("isa_notice", RECORD, result, "NO_MATCH", None)
                at = f"2026-11-23T00:00:0{supplement}Z"
                station.books.close_records(bundle, [said], at, supplement)
            (own,) = [each for each in station.books._own("1") if each.record == RECORD]
            assert (own.result, own.supplement) == ("conflict", 3)
            assert own.decided_at == "2026-11-23T00:00:03Z"


def test_decision_says_nothing_of_what_was_applied(world: World, bundle: str) -> None:
    answer(world)
    with world.lgwan() as station, station.books.transaction():
        said = ClosedRecord("isa_notice", "N-0001", "rejected", "NO_MATCH", None)
        station.books.close_records(bundle, [said], "2026-11-23T00:00:00Z", 1)
        assert station.books.outcome_counts(bundle) == {"applied": 2, "held": 1}


@pytest.mark.usefixtures("bundle")
def test_log_says_who_decided_and_names_nobody(world: World) -> None:
    decide(world, "not_found", second="officer-2")
    (entry,) = [each for each in world.log() if each.event is Event.RECORD_DECIDED]
    assert entry.actor == "clerk-1"
    assert entry.facts["second"] == "officer-2"
    assert (entry.facts["result"], entry.facts["supplement"]) == ("not_found", 1)
    assert not any(RECORD in str(value) for value in entry.facts.values())


@pytest.mark.usefixtures("bundle")
def test_decision_without_its_receipt_is_answered_at_the_next_start(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Power went between the decision and its receipt."""
    with monkeypatch.context() as patched:
        patched.setattr(receipts, "issue_supplements", lambda *_: None)
        decide(world, "not_found")
    with world.registry() as station:
        assert [each.supplement for each in station.books.due_receipts("lgwan-01")] == [0, 1]
    answer(world)
    assert at_home(world)[::3] == ("not_found", 1)


@pytest.mark.usefixtures("bundle")
def test_decision_is_answered_once(world: World) -> None:
    decide(world, "not_found")
    for _again in range(2):
        with world.registry() as station:
            assert [each.supplement for each in station.books.due_receipts("lgwan-01")] == [0, 1]
    answer(world)
    with world.registry() as station:
        assert station.books.due_receipts("lgwan-01") == []


@pytest.mark.usefixtures("bundle")
def test_of_two_people_at_once_one_decides(world: World) -> None:
    seen = case(world).version
    decide(world, "not_found")
    with world.registry() as station, pytest.raises(HeldDecidedError) as told:
        station.decide(Choice(RECORD, seen, Result.REJECTED), Deciders("officer-2"))
    assert "clerk-1" in str(told.value)
    events = [each for each in world.log() if each.event is Event.RECORD_DECIDED]
    assert len(events) == 1


def test_refused_number_comes_home_as_refused(world: World, bundle: str) -> None:
    """The same number with other content: its sender sees which bundle has to be sent anew."""
    answer(world)
    world.send(isa_csv((1, 2)))
    world.import_(BACK)
    answer(world)
    with world.lgwan() as station:
        found = [
            (each.seq, each.result, each.reason)
            for each in station.books._own("1")
            if each.record == "N-0001"
        ]
        row = station.books.bundle(bundle)
        assert row is not None
        assert row.state is BundleState.DELIVERED
        (back,) = rerouting.returned(station)
    assert sorted(found) == [(1, "applied", None), (2, "rejected", "RECORD_ID_REUSED")]
    assert (back.own.seq, "number of its own" in back.next_step) == (2, True)


@pytest.mark.parametrize("result", ["not_found", "moved_out", "rejected"])
@pytest.mark.usefixtures("bundle")
def test_what_has_to_be_sent_elsewhere_is_listed(world: World, result: str) -> None:
    answer(world)
    with world.lgwan() as station:
        assert list(rerouting.returned(station)) == []
    decide(world, result)
    answer(world)
    with world.lgwan() as station:
        (back,) = rerouting.returned(station)
        steps = explaining.story(station, RECORD)
    assert (back.own.record, back.own.result) == (RECORD, result)
    assert back.next_step == rerouting.NEXT[Result.of(result)]
    (step,) = steps
    assert (step.result, step.supplement, step.changes) == (result, 1, ())


def test_story_of_a_record_that_was_applied(world: World, bundle: str) -> None:
    with world.registry() as station:
        (step,) = explaining.story(station, "N-0001")
        assert (step.bundle, step.result, step.basis) == (bundle, "applied", None)
        assert step.article == "入管法21条3項"
        changed = {name: after for name, _before, after in step.changes}
    assert changed["period_of_stay_expiration_date"] == "2029-05-01"
    assert "name_roman" not in changed


@pytest.mark.usefixtures("bundle")
def test_story_of_a_record_that_a_person_decided_on(world: World) -> None:
    decide(world, "not_found", second="officer-2")
    with world.registry() as station:
        first, then = explaining.story(station, RECORD)
        with pytest.raises(RecordUnknownError):
            explaining.story(station, "N-9999")
    assert (first.result, first.reason, first.supplement) == ("held", "NO_MATCH", 0)
    assert first.basis is not None
    assert (then.result, then.by, then.second, then.supplement) == (
        "not_found", "clerk-1", "officer-2", 1,
    )  # fmt: skip


@pytest.mark.usefixtures("bundle")
def test_both_are_shown(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    decide(world, "not_found")
    answer(world)
    homes = {name: ["--home", str(world.home(name).root)] for name in (BACK, "lgwan-01")}
    assert run(["--lang", "en", *homes[BACK], "explain", "N-0001"]) == 0
    told = capsys.readouterr().out
    assert "入管法21条3項" in told
    assert "2029-05-01" in told
    assert run(["--lang", "en", *homes["lgwan-01"], "outcomes"]) == 0
    told = capsys.readouterr().out
    assert RECORD in told
    assert "Find out where the person lives" in " ".join(told.split())
    assert run(["--json", *homes["lgwan-01"], "explain", RECORD]) == 0
    (step,) = json.loads(capsys.readouterr().out)["data"]["steps"]
    assert (step["result"], step["supplement"]) == ("not_found", 1)
