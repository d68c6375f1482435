"""A backup that is two answered trips old: what no key opens any more comes again, once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.records import isa_csv, municipal_csv
from attacks.world import World, copy_of, scratch
from stations.rotating import exchange, other, two_stations
from stations.test_backups import save
from stations.test_setback import clear_stick, set_back
from stations.test_voiding import anew, row_of

from mediabridge import errors
from mediabridge.stations import setback, voiding
from mediabridge.stations.books import BundleState
from mediabridge.stations.outgoing import reissuing
from mediabridge.verify.void import SignedVoid, VoidReason

pytestmark = pytest.mark.in_turns

LGWAN, REGISTRY = "lgwan-01", "registry-01"
TWO = ("officer-1", "officer-2")
FILES = {LGWAN: isa_csv, REGISTRY: municipal_csv}


def carried(world: World, sender: str, number: int) -> None:
    world.send(FILES[sender]((number, 1)), station=sender)
    world.import_(other(sender))
    clear_stick(world)


def day(world: World, number: int) -> None:
    carried(world, LGWAN, number)
    carried(world, REGISTRY, number)


@pytest.fixture(scope="module")
def later() -> Iterator[World]:
    """Give a world with a backup of both stations that is three days old; not to be changed."""
    with scratch() as root:
        world = two_stations(Path(root, "world"))
        day(world, 1)
        save(world, LGWAN, "lgwan-backup")
        save(world, REGISTRY, "registry-backup")
        for number in (2, 3, 4):
            day(world, number)
        yield world


@pytest.fixture
def world(later: World, tmp_path: Path) -> World:
    return copy_of(later, tmp_path / "world")


def void(world: World, number: int, at: str, reason: VoidReason = VoidReason.UNREADABLE) -> None:
    with world.open(at) as station:
        drawn = voiding.draft(station, row_of(station, number), number, reason, anew=True)
        reissuing.require_content(station, row_of(station, number))
        voiding.declare(station, drawn, [world.key("officer-1")])


def collect(world: World, number: int, at: str) -> bool:
    """Collect the file of a day; return whether it changed anything."""
    path = world.root / "again.csv"
    path.write_bytes(FILES[at]((number, 1)))
    with world.open(at) as station:
        return not station.collect(path).known


def rewrite(world: World, number: int, at: str) -> None:
    with world.open(at) as station:
        station.write(row_of(station, number), world.medium)


def go_on(world: World, at: str) -> SignedVoid:
    with world.open(at) as station:
        drawn = setback.draft_continuing(station, other(at))
        return setback.continue_after(station, other(at), drawn, [world.key(each) for each in TWO])


@pytest.mark.heavy
@pytest.mark.parametrize("lost", [REGISTRY, LGWAN])
def test_every_step_names_the_next_one_until_all_is_well(world: World, lost: str) -> None:
    """Claims C88, C93: nothing is stuck, nothing is applied twice, nothing is lost."""
    peer, answered = other(lost), {REGISTRY: (3, 4), LGWAN: (3,)}
    set_back(world, lost)
    # What is sealed now comes too early: the peer writes what is named once more.
    world.send(station=peer)
    with pytest.raises(errors.BundleParkedError, match="2-4"):
        world.import_(lost)
    rewrite(world, 2, peer)
    rewrite(world, 3, peer)
    with pytest.raises(errors.RecipientKeyGoneError) as gone:
        world.import_(lost)
    assert gone.value.facts["seq"] == 3
    clear_stick(world)
    # Without the ceremony the peer has no reason to believe that it lost anything.
    with pytest.raises(errors.NotVoidableError, match="station recipient"):
        void(world, 3, peer)
    exchange(world, lost)
    with pytest.raises(errors.NotVoidableError):
        void(world, 3, peer, VoidReason.MEDIUM_LOST)
    for number in (3, 4, 5):
        if number in answered[lost]:
            before = world.log_bytes(peer)
            with pytest.raises(errors.ContentNotKeptError) as kept:
                void(world, number, peer)
            assert "mediabridge collect" in kept.value.hint
            assert world.log_bytes(peer) == before
            assert collect(world, number, peer)
        void(world, number, peer)
        anew(world, number, peer)
    with pytest.raises(errors.StationSetBackError) as missing:
        world.import_(lost)
    assert (missing.value.facts["first"], missing.value.facts["last"]) == (2, 4)
    clear_stick(world)
    go_on(world, lost)
    for number in (2, 3, 4):
        assert collect(world, number, lost)
    world.send(station=lost)
    world.import_(peer)
    clear_stick(world)
    world.send(station=peer)
    world.import_(lost)
    clear_stick(world)
    day(world, 6)
    world.send()
    world.import_()
    for name in (LGWAN, REGISTRY):
        with world.open(name) as station:
            assert station.status().to_compare == []
            outcomes = station.status().outcomes
            assert (set(outcomes) <= {"applied", "already_applied"}, sum(outcomes.values())) == (
                True,
                5,
            )
            station.log.check()
            station.mirror(other(name)).check()
            open_ = [row for row in station.books.bundles_in(BundleState.WRITTEN) if row.records]
            assert open_ == []


def test_what_is_taken_stays_where_no_key_was_exchanged(world: World) -> None:
    """Claim C91: neither is its file taken in a second time."""
    with pytest.raises(errors.NotVoidableError):
        void(world, 3, LGWAN)
    assert not collect(world, 3, LGWAN)
