"""What comes too early is kept, sealed, and taken by itself when the gap is closed."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from attacks.records import isa_csv
from attacks.test_attack_on_order import FixedClock
from attacks.world import World, flip
from stations.test_setback import clear_stick, evening
from stations.test_voiding import REGISTRY, lose, put_back, rewrite, void

from mediabridge import errors
from mediabridge.clock import SystemClock
from mediabridge.config import LIMITS
from mediabridge.stations.incoming import parking
from mediabridge.translog.events import Event

pytestmark = pytest.mark.in_turns


def kept(world: World) -> list[str]:
    folder = world.home(REGISTRY).parked
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def refused_early(world: World) -> errors.BundleParkedError:
    with pytest.raises(errors.BundleParkedError) as early:
        world.import_()
    return early.value


def three(world: World) -> list[Path]:
    """Send three bundles, each on a stick of its own."""
    sticks = []
    for number in (1, 2, 3):
        world.send(isa_csv((number, number)))
        sticks.append(lose(world))
    return sticks


def counts(world: World, event: Event) -> int:
    return [entry.event for entry in world.log()].count(event)


def test_early_bundles_are_kept_and_taken_in_order(world: World) -> None:
    """Claim C92."""
    first, second, third = three(world)
    put_back(world, third)
    assert refused_early(world).facts["missing"] == "1-2"
    put_back(world, second)
    error = refused_early(world)
    assert (error.facts["missing"], error.facts["kept"]) == ("1", "2, 3")
    assert len(kept(world)) == 2
    assert counts(world, Event.BUNDLE_OPENED) == 0
    with world.registry() as station:
        assert not station.status().done
    put_back(world, first)
    assert [taken.seq for taken in world.import_()] == [1, 2, 3]
    assert kept(world) == []
    clear_stick(world)
    evening(world)


def test_kept_bundle_stays_sealed(world: World) -> None:
    """Claim C92: what lies here is what lay on the stick, byte for byte, and nothing else."""
    world.send(isa_csv((1, 1)))
    lose(world)
    world.send(isa_csv((2, 2)))
    before = {path.name: path.read_bytes() for path in world.bundle.iterdir()}
    refused_early(world)
    (name,) = kept(world)
    folder = world.home(REGISTRY).parked / name
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert folder.parent.stat().st_mode & 0o077 == 0


def test_same_early_bundle_again_is_said_again_and_kept_once(world: World) -> None:
    _first, second, _third = three(world)
    put_back(world, second)
    refused_early(world)
    refused_early(world)
    assert (len(kept(world)), counts(world, Event.BUNDLE_PARKED)) == (1, 1)


def test_all_on_one_stick_are_taken_in_one_go(world: World) -> None:
    for number in (1, 2, 3):
        world.send(isa_csv((number, number)))
    assert [taken.seq for taken in world.import_()] == [1, 2, 3]


def test_kept_after_a_death_before_its_turn_came(world: World) -> None:
    """The power went between the bundle that closed the gap and the one that was kept."""
    first, second, _third = three(world)
    put_back(world, second)
    refused_early(world)
    put_back(world, first)

    class Dead(BaseException):
        pass

    def dies(_taken: object) -> None:
        raise Dead

    with pytest.raises(Dead), world.registry() as station:
        station.import_(world.medium, note=dies)
    assert len(kept(world)) == 1
    taken = []
    with world.registry() as station, pytest.raises(errors.AlreadyAppliedError):
        station.import_(world.medium, note=taken.append)
    assert [each.seq for each in taken] == [2]
    assert kept(world) == []


def test_copy_that_was_passed_is_removed(world: World) -> None:
    """Claim C92."""
    first, second, _third = three(world)
    put_back(world, second)
    refused_early(world)
    void(world, 2)
    clear_stick(world)
    rewrite(world, 1, 3)
    assert [taken.seq for taken in world.import_()] == [1, 3]
    assert kept(world) == []
    assert counts(world, Event.PARKED_REMOVED) == 1
    del first


def test_early_bundle_with_a_fault_is_not_kept(world: World) -> None:
    """Claim C92."""
    _first, second, _third = three(world)
    put_back(world, second)
    part = world.bundle / "part-0001.cob"
    flip(part)
    with pytest.raises(errors.HashMismatchError):
        world.import_()
    assert kept(world) == []


def test_copy_that_was_changed_here_is_removed_and_another_taken(world: World) -> None:
    first, second, _third = three(world)
    put_back(world, second)
    refused_early(world)
    (name,) = kept(world)
    part = world.home(REGISTRY).parked / name / "part-0001.cob"
    flip(part)
    put_back(world, first)
    with pytest.raises(errors.HashMismatchError):
        world.import_()
    assert kept(world) == []
    put_back(world, second)
    assert [taken.seq for taken in world.import_()] == [2]


def test_kept_bundle_that_ran_out_is_refused_with_its_own_reason(world: World) -> None:
    first, second, _third = three(world)
    put_back(world, second)
    refused_early(world)
    put_back(world, first)
    late = FixedClock(SystemClock().now() + timedelta(days=30, hours=1))
    with pytest.raises(errors.BundleExpiredError):
        world.import_(clock=late)


def test_only_so_many_are_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = type(LIMITS)(parked=1)
    monkeypatch.setattr(parking, "LIMITS", limits)
    _first, second, third = three(world)
    put_back(world, third)
    refused_early(world)
    put_back(world, second)
    with pytest.raises(errors.SequenceGapError):
        world.import_()
    assert len(kept(world)) == 1


def test_leftovers_of_a_removal_are_removed(world: World) -> None:
    folder = world.home(REGISTRY).parked / ("0" * 32)
    folder.mkdir(parents=True)
    (folder / "part-0000.cob").write_bytes(b"left")
    world.send(isa_csv((1, 1)))
    world.import_()
    assert kept(world) == []
    shutil.rmtree(folder, ignore_errors=True)
