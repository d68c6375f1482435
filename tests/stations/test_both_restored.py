"""Both stations came from backups: officers let one go first, and nothing is lost or doubled."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.records import isa_csv, municipal_csv
from attacks.world import World, copy_of, make_world, scratch
from stations.test_backups import save
from stations.test_continuing import LGWAN, REGISTRY, other
from stations.test_setback import clear_stick, evening, morning, set_back
from stations.test_voiding import row_of

from mediabridge import errors
from mediabridge.stations import setback
from mediabridge.translog.events import Event
from mediabridge.verify.void import SignedVoid

pytestmark = pytest.mark.in_turns

TWO = ("officer-1", "officer-2")


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


def go_first(world: World, station: str) -> SignedVoid:
    """Have officers say at *station* that it goes on without the word of the other."""
    with world.open(station) as opened:
        drawn = setback.draft_continuing(opened, other(station), unheard=True)
        return setback.continue_after(opened, other(station), drawn, [world.key(n) for n in TWO])


def go_on(world: World, station: str) -> SignedVoid:
    """Have officers sign at *station* what the other one has told."""
    with world.open(station) as opened:
        drawn = setback.draft_continuing(opened, other(station))
        return setback.continue_after(opened, other(station), drawn, [world.key(n) for n in TWO])


def at_rest(world: World) -> None:
    """See that neither station waits for the other, and that both logs agree with their copies."""
    for name in (LGWAN, REGISTRY):
        with world.open(name) as station:
            assert station.status().to_compare == []
            station.log.check()
            station.mirror(other(name)).check()


@pytest.mark.heavy
@pytest.mark.parametrize("first", [LGWAN, REGISTRY])
def test_both_from_the_same_night(world: World, first: str) -> None:
    """Claim C93: the records of the lost day are collected again and applied once."""
    morning(world, 2)
    evening(world)
    for name in (LGWAN, REGISTRY):
        set_back(world, name)
        with world.open(name) as station, pytest.raises(errors.StationRestoredError) as stopped:
            station.seal(empty=True)
        assert "station continue --peer-restored" in stopped.value.hint
    statement = go_first(world, first).statement
    # The next number may have been given out: it is passed over and given to nothing.
    assert (statement.first, statement.last, statement.replaced_by) == (2, 2, 3)
    again = isa_csv((2, 2)) if first == LGWAN else municipal_csv((2, 2))
    world.send(again, station=first)
    (taken,) = world.import_(other(first))
    clear_stick(world)
    assert (taken.seq, taken.outcomes) == (3, {"applied": 1})
    assert Event.STATION_COMPARED in [each.event for each in world.log(other(first))]
    world.send(station=other(first))
    world.import_(first)
    clear_stick(world)
    morning(world, 3)
    evening(world)
    at_rest(world)
    with world.registry() as station:
        assert station.route_state(LGWAN).seq == (4 if first == LGWAN else 3)


@pytest.mark.heavy
def test_the_older_backup_goes_first_and_is_refused(world: World) -> None:
    """Nothing is applied; the other one goes first then, and tells what it knows."""
    morning(world, 2)
    evening(world)
    save(world, REGISTRY, "newer-backup")
    set_back(world, LGWAN)
    shutil.rmtree(world.root / "registry-backup")
    (world.root / "newer-backup").rename(world.root / "registry-backup")
    set_back(world, REGISTRY)
    go_first(world, LGWAN)
    world.send(isa_csv((2, 1)))
    before = world.snapshot(REGISTRY)
    with pytest.raises(errors.VoidStatementError):
        world.import_()
    assert world.snapshot(REGISTRY) == before
    clear_stick(world)
    go_first(world, REGISTRY)
    world.send(station=REGISTRY)
    with pytest.raises(errors.BundleParkedError):
        world.import_(LGWAN)
    with world.registry() as station:
        station.write(row_of(station, 2), world.medium)
    with pytest.raises(errors.StationSetBackError) as known:
        world.import_(LGWAN)
    assert (known.value.facts["first"], known.value.facts["last"]) == (2, 2)
    clear_stick(world)
    # What it had sealed before it was told is void with the rest, and its content goes again.
    assert go_on(world, LGWAN).statement.last == 3
    world.send()
    (taken,) = world.import_()
    clear_stick(world)
    assert (taken.seq, taken.outcomes) == (4, {"already_applied": 1})
    evening(world)
    at_rest(world)


def test_interrupted_statement_is_the_same_when_it_is_repeated(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (LGWAN, REGISTRY):
        set_back(world, name)

    def died(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(setback, "_enter_missing", died)
        with pytest.raises(KeyboardInterrupt):
            go_first(world, LGWAN)
    statement = go_first(world, LGWAN).statement
    assert (statement.first, statement.last) == (2, 2)
    with world.lgwan() as station:
        assert len(station.books.voids(LGWAN, REGISTRY)) == 1
        assert station.seal(empty=True).seq == 3


def test_station_that_was_not_set_back_goes_on_without_a_statement(world: World) -> None:
    with pytest.raises(errors.NotVoidableError):
        go_first(world, LGWAN)
