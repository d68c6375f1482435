"""A station that came from an old backup signs nothing until its peer has told what it knows."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attacks.records import isa_csv, municipal_csv
from attacks.world import World, copy_of, make_world, scratch
from stations.test_backups import bring_back, save

from mediabridge import errors
from mediabridge.clock import SystemClock
from mediabridge.stations import voiding
from mediabridge.stations.outgoing import approving
from mediabridge.stations.outgoing.rejecting import reject_shown
from mediabridge.stations.outgoing.rejection import Rejection
from mediabridge.translog.events import Event
from mediabridge.verify.void import VoidReason

pytestmark = pytest.mark.in_turns


@pytest.fixture(scope="module")
def saved() -> Iterator[World]:
    """Give a world with a backup of both stations after a whole day; not to be changed."""
    with scratch() as root:
        world = make_world(Path(root, "world"))
        morning(world, 1)
        evening(world)
        save(world, "lgwan-01", "lgwan-backup")
        save(world, "registry-01", "registry-backup")
        yield world


@pytest.fixture
def world(saved: World, tmp_path: Path) -> World:
    return copy_of(saved, tmp_path / "world")


def clear_stick(world: World) -> None:
    for folder in world.bundles.iterdir():
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def morning(world: World, number: int) -> None:
    world.send(isa_csv((number, 1)))
    world.import_()
    clear_stick(world)


def evening(world: World) -> None:
    world.send(station="registry-01")
    world.import_("lgwan-01")
    clear_stick(world)


class InAnHour:
    """A clock by which everything that was sealed until now was sealed before the restoring."""

    def now(self) -> datetime:
        return SystemClock().now() + timedelta(hours=1)


def set_back(world: World, station: str = "lgwan-01", **given: Any) -> None:
    """Put *station* back to its backup, as after the loss of its disk."""
    home = world.home(station).root
    home.rename(home.with_name(f"{station}-lost"))
    bring_back(world, f"{station.partition('-')[0]}-backup", station, **given)


def events(world: World, station: str = "lgwan-01") -> list[Event]:
    return [entry.event for entry in world.log(station)]


def test_nothing_is_signed_before_the_peer_has_told(world: World) -> None:
    """Claim C70."""
    with world.lgwan() as station:
        sealed = station.seal(empty=True)
    save(world, "lgwan-01", "sealed-backup")
    home = world.home("lgwan-01").root
    home.rename(home.with_name("lost"))
    bring_back(world, "sealed-backup", "lgwan-01")
    with world.lgwan() as station:
        assert station.status().to_compare == ["registry-01"]
        before = station.log.size()
        with pytest.raises(errors.StationRestoredError):
            station.seal(empty=True)
        with pytest.raises(errors.StationRestoredError):
            station.approve(sealed.bundle, world.key("officer-1"))
        with pytest.raises(errors.StationRestoredError):
            station.write(sealed, world.medium)
        # Nor is it called void, or taken apart: it may have left after the backup was made.
        for anew in (True, False):
            with pytest.raises(errors.StationRestoredError):
                voiding.draft(station, sealed, sealed.seq, VoidReason.MEDIUM_LOST, anew=anew)
        shown = approving.look_at(station, sealed.bundle)
        with pytest.raises(errors.StationRestoredError):
            reject_shown(station, shown, world.key("officer-1"), Rejection.WRONG_CONTENT)
        assert station.log.size() == before
        assert [row.seq for row in station.books.bundles("out")] == [2, 1]


def test_state_ends_by_itself_when_the_peer_knows_no_more(world: World) -> None:
    """Claim C70."""
    set_back(world)
    with world.lgwan() as station:
        assert not station.status().done
    world.send(station="registry-01")
    world.import_("lgwan-01")
    clear_stick(world)
    assert Event.STATION_COMPARED in events(world)
    with world.lgwan() as station:
        assert station.status().to_compare == []
    morning(world, 2)
    evening(world)
    with world.lgwan() as station:
        assert [row.seq for row in station.books.bundles("out")] == [2, 1]
        station.log.check()


@pytest.mark.parametrize("answered", [False, True], ids=["not answered", "answered"])
@pytest.mark.parametrize("lost", [1, 3])
def test_missing_numbers_are_named_exactly(world: World, lost: int, *, answered: bool) -> None:
    """Claim C70: whether or not the lost station had taken the answers already."""
    for number in range(2, 2 + lost):
        morning(world, number)
    if answered:
        evening(world)
        morning(world, 2 + lost)
    set_back(world)
    if answered:
        # The answer that the lost station took is still due here.
        with world.registry() as registry:
            first, *_ = [row for row in registry.books.bundles("out") if row.seq == 2]
            registry.write(first, world.medium)
    else:
        world.send(station="registry-01")
    before = world.snapshot("lgwan-01")
    with pytest.raises(errors.StationSetBackError) as caught:
        world.import_("lgwan-01")
    facts = caught.value.facts
    # An answer tells what its sender knew when it was sealed.
    wanted = {"route": "lgwan-01>registry-01", "peer": "registry-01", "first": 2, "last": 1 + lost}
    assert facts == {**wanted, "seq": 2}
    kept = world.snapshot("lgwan-01")
    # What the peer sent is taken; nothing of this station's own is touched.
    assert {name: kept[name] for name in ("inbox", "outbox")} == {
        name: before[name] for name in ("inbox", "outbox")
    }
    assert kept["mirrors"] > before["mirrors"]
    (entry,) = [each for each in world.log("lgwan-01") if each.event is Event.STATION_SET_BACK]
    assert (entry.facts["first"], entry.facts["last"]) == (2, 1 + lost)
    # It stays so, and every command that signs says the numbers again.
    with world.lgwan() as station:
        assert station.status().to_compare == ["registry-01"]
        with pytest.raises(errors.StationSetBackError) as again:
            station.seal(empty=True)
        assert again.value.facts == facts


def test_stick_from_before_the_restoring_ends_nothing(world: World) -> None:
    """Claim C70: what the peer learnt after it sealed that stick is not on it."""
    world.send(station="registry-01")
    carried = world.bundles.rename(world.root / "carried")
    morning(world, 2)
    set_back(world, clock=InAnHour())
    world.bundles.rmdir()
    carried.rename(world.bundles)
    world.import_("lgwan-01")
    assert Event.STATION_COMPARED not in events(world)
    with world.lgwan() as station, pytest.raises(errors.StationRestoredError):
        station.seal(empty=True)


def test_receiver_is_told_what_a_sender_from_an_old_disk_looks_like(world: World) -> None:
    """Claim C70: a copy of the folder that nobody restored by the command is found out, too."""
    home = world.home("lgwan-01").root
    old = copy_of(world, world.root.with_name("old")).home("lgwan-01").root
    morning(world, 2)
    home.rename(home.with_name("lost"))
    old.rename(home)
    world.send(isa_csv((3, 1)))
    with pytest.raises(errors.SequenceOldError) as caught:
        world.import_()
    assert "restored from an old backup" in caught.value.hint


@pytest.mark.parametrize(
    "error",
    [
        errors.SequenceOldError,
        errors.PrevMismatchError,
        errors.LogForkedError,
        errors.LogRewrittenError,
        errors.LogTruncatedError,
    ],
)
def test_reasons_of_a_set_back_sender_name_it(error: type[errors.MediabridgeError]) -> None:
    assert "restored from an old backup" in error.hint
    assert "security officer" in error.hint


def test_restored_receiver_takes_again_what_it_forgot(world: World) -> None:
    """Its registry was restored with it; the answer waits until the sender has told."""
    path = world.root / "municipal.csv"
    path.write_bytes(municipal_csv((1, 1)))
    world.send(isa_csv((2, 2)))
    set_back(world, "registry-01")
    assert world.import_()[0].seq == 2
    with world.registry() as registry:
        assert registry.books.due_receipts("lgwan-01")
