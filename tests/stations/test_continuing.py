"""A station that was set back goes on by a statement of the officers, and never by force."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.records import isa_csv, municipal_csv
from attacks.world import World, copy_of, make_world, scratch
from stations.rotating import exchange
from stations.test_backups import bring_back, save
from stations.test_late_outcomes import decide
from stations.test_setback import clear_stick, evening, events, morning, set_back
from stations.test_voiding import issue_anew

from mediabridge import errors
from mediabridge.stations import setback
from mediabridge.stations.books import BundleState, OwnRecord
from mediabridge.stations.incoming import forgotten
from mediabridge.translog.events import Event
from mediabridge.verify.void import SignedVoid

pytestmark = pytest.mark.in_turns

LGWAN, REGISTRY = "lgwan-01", "registry-01"


@pytest.fixture(scope="module")
def saved() -> Iterator[World]:
    """Give a world with a backup of both stations after a whole day; not to be changed."""
    with scratch() as root:
        world = make_world(Path(root, "world"))
        morning(world, 1)
        evening(world)
        save(world, LGWAN, "lgwan-backup")
        save(world, REGISTRY, "registry-backup")
        yield world


@pytest.fixture
def world(saved: World, tmp_path: Path) -> World:
    return copy_of(saved, tmp_path / "world")


def other(station: str) -> str:
    return REGISTRY if station == LGWAN else LGWAN


def own(world: World, record: str) -> OwnRecord:
    """Return what the LGWAN station knows of one of its records."""
    with world.lgwan() as station:
        (found,) = station.books.own_record(record)
    return found


def told(world: World, station: str = LGWAN) -> errors.StationSetBackError:
    """Bring what the other station has to tell, and return what is said of it."""
    world.send(station=other(station))
    with pytest.raises(errors.StationSetBackError) as caught:
        world.import_(station)
    clear_stick(world)
    return caught.value


def signed(world: World, station: str = LGWAN, *officers: str) -> SignedVoid:
    with world.open(station) as opened:
        peer = other(station)
        drawn = setback.draft_continuing(opened, peer)
        keys = [world.key(name) for name in officers or ("officer-1", "officer-2")]
        return setback.continue_after(opened, peer, drawn, keys)


def day(world: World, number: int) -> None:
    morning(world, number)
    evening(world)


@pytest.mark.parametrize("lost", [1, 4])
def test_both_sides_go_on_after_the_statement(world: World, lost: int) -> None:
    for number in range(2, 2 + lost):
        morning(world, number)
    set_back(world)
    assert told(world).facts["last"] == 1 + lost
    statement = signed(world).statement
    assert (statement.first, statement.last, statement.replaced_by) == (2, 1 + lost, 2 + lost)
    world.send(isa_csv((2, 1)))
    (taken,) = world.import_()
    clear_stick(world)
    assert (taken.seq, taken.outcomes) == (2 + lost, {"already_applied": 1})
    (accepted,) = [each for each in world.log(REGISTRY) if each.event is Event.VOID_ACCEPTED]
    assert (accepted.facts["first"], accepted.facts["last"]) == (2, 1 + lost)
    # What had been applied of them stays, and is named.
    assert accepted.facts["bundle_count"] == lost
    evening(world)
    with world.lgwan() as station:
        assert station.status().to_compare == []
        station.log.check()
    day(world, 9)
    with world.registry() as station:
        mirror = station.mirror(LGWAN)
        mirror.check()
        (left,) = mirror.branches()
        left.check()
        # The evidence of the lost disk is still there, and is another log from there on.
        assert left.root(statement.log.size) == mirror.root(statement.log.size)  # type: ignore[union-attr]
        assert left.leaf_hash(statement.log.size) != mirror.leaf_hash(statement.log.size)  # type: ignore[union-attr]


def test_without_the_statement_the_receiver_refuses(world: World) -> None:
    morning(world, 2)
    set_back(world)
    told(world)
    signed(world)
    world.send(isa_csv((3, 1)))
    for path in list(world.bundle.glob("void-*")):
        path.unlink()
    before = world.snapshot(REGISTRY)
    with pytest.raises(errors.LogForkedError) as alarm:
        world.import_()
    assert alarm.value.facts["entry"] is not None
    assert world.snapshot(REGISTRY) == before


def test_it_learns_later_that_more_is_missing(world: World) -> None:
    """What it had signed and sealed meanwhile is void with the rest; its content goes again."""
    morning(world, 2)
    world.send(station=REGISTRY)
    told_once = world.bundles.rename(world.root / "carried")
    morning(world, 3)
    set_back(world)
    told_once.rename(world.bundles)
    with pytest.raises(errors.StationSetBackError) as caught:
        world.import_(LGWAN)
    clear_stick(world)
    assert caught.value.facts["last"] == 2
    signed(world)
    world.send(isa_csv((4, 1)))
    with pytest.raises(errors.MediabridgeError) as refused:
        world.import_()
    assert isinstance(refused.value, errors.VoidStatementError | errors.SequenceOldError)
    clear_stick(world)
    assert told(world).facts["last"] == 3
    with world.lgwan() as station, pytest.raises(errors.StationSetBackError):
        station.seal(empty=True)
    assert signed(world).statement.last == 3
    world.send()
    (taken,) = world.import_()
    assert (taken.seq, taken.outcomes) == (4, {"applied": 1})
    clear_stick(world)
    evening(world)
    day(world, 5)
    assert Event.STATION_COMPARED not in events(world)


def a_stick_from_before_is_late(world: World) -> None:
    """Let number 2 of the lost time be taken late, and another number 2 be on the stick."""
    world.send(isa_csv((2, 1)))
    late = world.bundles.rename(world.root / "late")
    set_back(world)
    world.bundles.mkdir()
    world.send(station=REGISTRY)
    world.import_(LGWAN)
    clear_stick(world)
    with world.lgwan() as station:
        assert station.status().to_compare == []
        assert setback.compared_from(station, REGISTRY)
    world.bundles.rmdir()
    late.rename(world.bundles)
    assert [taken.seq for taken in world.import_()] == [2]
    clear_stick(world)
    world.send(isa_csv((3, 1)))


def test_stick_from_before_arrives_when_the_peer_has_answered(world: World) -> None:
    """Claim C70: it took the number first, so what was signed anew under it is void."""
    a_stick_from_before_is_late(world)
    with pytest.raises(errors.SequenceOldError):
        world.import_()
    clear_stick(world)
    facts = told(world).facts
    assert (facts["first"], facts["last"]) == (2, 2)
    assert signed(world).statement.replaced_by == 3
    world.send()
    (taken,) = world.import_()
    assert (taken.seq, taken.outcomes) == (3, {"applied": 1})
    clear_stick(world)
    evening(world)
    with world.lgwan() as station:
        assert setback.compared_from(station, REGISTRY) == 0
        station.log.check()


def test_copy_under_a_taken_number_keeps_nothing_from_the_receiver(world: World) -> None:
    """Claim C91: it is refused and said; the statement on it comes after it on the same stick."""
    a_stick_from_before_is_late(world)
    stays = shutil.copytree(world.bundles, world.root / "stays")
    clear_stick(world)
    told(world)
    signed(world)
    world.send()
    shutil.copytree(stays, world.bundles, dirs_exist_ok=True)
    with pytest.raises(errors.SequenceOldError):
        world.import_()
    with world.registry() as station:
        assert station.route_state(LGWAN).seq == 3


def test_backup_from_before_the_comparing_is_compared_with_what_the_peer_has(world: World) -> None:
    """Claim C93: the peer knows the log as it was before the first of two restorings."""
    morning(world, 2)
    set_back(world)
    save(world, LGWAN, "second-backup")
    home = world.home(LGWAN).root
    home.rename(home.with_name("lost-again"))
    bring_back(world, "second-backup", LGWAN)
    told(world)
    signed(world)
    world.send(isa_csv((2, 1)))
    (taken,) = world.import_()
    assert (taken.seq, taken.outcomes) == (3, {"already_applied": 1})
    clear_stick(world)
    evening(world)
    with world.lgwan() as station:
        assert setback.compared_from(station, REGISTRY) == 0
        station.log.check()


def test_numbers_are_compared_until_the_peer_has_seen_the_new_log(world: World) -> None:
    set_back(world)
    world.send(station=REGISTRY)
    world.import_(LGWAN)
    clear_stick(world)
    with world.lgwan() as station:
        assert setback.compared_from(station, REGISTRY)
    day(world, 2)
    with world.lgwan() as station:
        assert setback.compared_from(station, REGISTRY) == 0


def test_receipts_of_lost_numbers_are_kept_by_record(world: World) -> None:
    morning(world, 2)
    morning(world, 3)
    set_back(world)
    told(world)
    with world.lgwan() as station:
        found = station.books.elsewhere()
        assert [(each.seq, each.records) for each in found] == [(2, 1), (3, 1)]
        path = world.root / "again.csv"
        path.write_bytes(isa_csv((2, 1), (8, 1)))
        collected = station.collect(path)
        assert collected.received_elsewhere == 1


@pytest.mark.parametrize("decided", ["early", "late"])
def test_decision_on_a_record_of_a_lost_number_comes_home(world: World, decided: str) -> None:
    """It speaks of the bundle that was lost; the record is closed where it is by now."""
    world.send(isa_csv((2, 99)))
    world.import_()
    clear_stick(world)
    set_back(world)
    told(world)
    signed(world)
    if decided == "early":
        decide(world, "not_found", record="N-0002")
    world.send(isa_csv((2, 99)))
    if decided == "early":
        carried = world.bundles.rename(world.root / "carried")
        world.bundles.mkdir()
        evening(world)
        world.bundles.rmdir()
        carried.rename(world.bundles)
    world.import_()
    clear_stick(world)
    evening(world)
    if decided == "late":
        assert own(world, "N-0002").result == "held"
        decide(world, "not_found", record="N-0002")
        evening(world)
    assert (own(world, "N-0002").result, own(world, "N-0002").supplement) == ("not_found", 1)
    with world.lgwan() as station:
        assert station.status().done


@pytest.mark.parametrize("old_copy", ["taken off", "left on the stick"])
def test_decision_that_a_restored_registry_lost_is_taken_anew(world: World, old_copy: str) -> None:
    """In another way this time: what the lost registry had said of it counts no longer.

    The copy that no key opens any more stands in nobody's way once its number is void.
    """
    world.send(isa_csv((2, 99), (3, 1)))
    number = world.bundle.name
    world.import_()
    clear_stick(world)
    decide(world, "not_found", record="N-0002")
    evening(world)
    assert own(world, "N-0002").result == "not_found"
    set_back(world, REGISTRY)
    world.send()
    with pytest.raises(errors.BundleParkedError):
        world.import_()
    with world.lgwan() as station:
        missing = station.books.bundle(number)
        assert missing is not None
        station.write(missing, world.medium)
    with pytest.raises(errors.RecipientKeyGoneError):
        world.import_()
    if old_copy == "taken off":
        clear_stick(world)
    exchange(world, REGISTRY)
    issue_anew(world, 3)
    with pytest.raises(errors.StationSetBackError):
        world.import_()
    clear_stick(world)
    signed(world, REGISTRY)
    decide(world, "rejected", record="N-0002")
    evening(world)
    assert (own(world, "N-0002").result, own(world, "N-0003").result) == ("rejected", "applied")
    with world.lgwan() as station:
        assert station.status().done


def test_what_a_lost_station_had_acknowledged_is_told_again(world: World) -> None:
    """Both were set back; the bundle on its way says how much the lost LGWAN station had seen."""
    with world.registry() as station:
        path = world.root / "municipal.csv"
        path.write_bytes(municipal_csv((1, 1)))
        station.collect(path)
    save(world, REGISTRY, "later")
    evening(world)
    world.send(isa_csv((2, 1)))
    set_back(world)
    shutil.rmtree(world.home(REGISTRY).root)
    bring_back(world, "later", REGISTRY)
    with pytest.raises(errors.StationSetBackError):
        world.import_()
    clear_stick(world)
    with world.lgwan() as station:
        seen = station.mirror(REGISTRY).size()
    with world.registry() as station:
        assert station.books.fact(f"acknowledged-by-{LGWAN}") > seen
    signed(world, REGISTRY)
    world.send(station=REGISTRY)
    with pytest.raises(errors.StationSetBackError) as known:
        world.import_(LGWAN)
    assert known.value.facts["last"] == 2


def test_answers_that_the_peer_lost_are_forgotten_and_no_others(world: World) -> None:
    """Of a bundle that it does not take anew the records are open, and it rides again."""
    world.send(isa_csv((2, 99), (3, 1)))
    number = world.bundle.name
    world.import_()
    clear_stick(world)
    evening(world)
    with world.lgwan() as station:
        forgotten.reopen(station, REGISTRY, station.mirror(REGISTRY).size())
        assert station.books.outcome_counts(number) == {"applied": 1, "held": 1}
        forgotten.reopen(station, REGISTRY, 1)
        assert station.books.outcome_counts(number) == {"open": 2}
        assert number in [row.bundle for row in station.books.bundles_in(BundleState.WRITTEN)]


def test_restored_registry_goes_on_in_the_same_way(world: World) -> None:
    world.send(station=REGISTRY)
    world.import_(LGWAN)
    clear_stick(world)
    set_back(world, REGISTRY)
    told(world, REGISTRY)
    signed(world, REGISTRY)
    world.send(station=REGISTRY)
    assert world.import_(LGWAN)[0].seq == 3
    clear_stick(world)
    world.send(isa_csv((2, 2)))
    world.import_()
    with world.registry() as station:
        assert station.status().to_compare == []


def test_a_number_of_the_lost_time_that_turns_up_is_refused(world: World) -> None:
    morning(world, 2)
    world.send(isa_csv((3, 1)))
    lost = world.root / "lost-stick"
    shutil.copytree(world.bundles, lost)
    world.import_()
    clear_stick(world)
    set_back(world)
    told(world)
    signed(world)
    world.send(isa_csv((4, 1)))
    world.import_()
    clear_stick(world)
    world.bundles.rmdir()
    lost.rename(world.bundles)
    with pytest.raises(errors.AlreadyAppliedError):
        world.import_()


@pytest.mark.parametrize("officers", [("clerk-1",), ("officer-1", "clerk-1")])
def test_only_officers_sign(world: World, officers: tuple[str, ...]) -> None:
    morning(world, 2)
    set_back(world)
    told(world)
    before = world.log_bytes(LGWAN)
    with pytest.raises(errors.SignerRoleError):
        signed(world, LGWAN, *officers)
    assert world.log_bytes(LGWAN) == before
    with world.lgwan() as station, pytest.raises(errors.StationSetBackError):
        station.seal(empty=True)
