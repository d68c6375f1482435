"""A clock that is surely wrong stops nothing, signs nothing with its time, and is said."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attacks.records import isa_csv
from attacks.world import World
from stations.days import Day
from stations.sticks import SIZE, SPEED, Stick, other, usb

from mediabridge.clock import SystemClock, from_rfc3339, to_rfc3339
from mediabridge.config import BUILT, BUNDLE_VALID_DAYS, CLOCK_AHEAD_DAYS, LIMITS
from mediabridge.errors import (
    AlreadyAppliedError,
    BundleNotYetValidError,
    ClockTooEarlyError,
    ClockTooFarAheadError,
    MediabridgeError,
)
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.setup import init_station
from mediabridge.stations.sticks import enrolling
from mediabridge.stations.timekeeping import confirm_clock
from mediabridge.translog.events import Event
from mediabridge.trust.trust_data import Revocation

pytestmark = pytest.mark.in_turns

NOTICES = isa_csv((1, 1))
DEAD_BATTERY = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class At:
    """A clock that stands at one time."""

    time: datetime

    def now(self) -> datetime:
        return self.time


def away(**time: float) -> datetime:
    return SystemClock().now() + timedelta(**time)


def newest_entry(world: World, station: str) -> str:
    return world.log(station)[-1].time


def collected(world: World, station: LgwanStation, content: bytes = NOTICES) -> None:
    path = world.root / "isa.csv"
    path.write_bytes(content)
    station.collect(path)


WRONG = [
    (DEAD_BATTERY, ClockTooEarlyError),
    (datetime(2000, 1, 1, tzinfo=UTC), ClockTooEarlyError),
    (away(seconds=-LIMITS.clock_skew_seconds - 600), ClockTooEarlyError),
    (away(days=CLOCK_AHEAD_DAYS + 1), ClockTooFarAheadError),
    (datetime(2099, 7, 1, tzinfo=UTC), ClockTooFarAheadError),
]
WRONG_IDS = ["1970", "2000", "a day and more early", "a month ahead", "2099"]
wrong_clock = pytest.mark.parametrize(("time", "reason"), WRONG, ids=WRONG_IDS)


def doubts(world: World, station: str) -> list[object]:
    """Return the reasons for which the log of *station* says its clock was not believed."""
    entries = world.log(station)
    return [each.facts["reason"] for each in entries if each.event is Event.CLOCK_DOUBTED]


def sealed_at(station: LgwanStation, bundle: str) -> tuple[str, str]:
    header = json.loads((station.home.outbox / bundle / "header.json").read_bytes())
    return header["created"], header["not_after"]


@wrong_clock
def test_sealing_goes_on_with_the_last_sure_time(
    world: World, time: datetime, reason: type[MediabridgeError]
) -> None:
    """Claim C55. What is sealed then can be taken by a receiver whose clock is right."""
    sure = newest_entry(world, "lgwan-01")
    with world.lgwan(clock=At(time)) as station:
        collected(world, station)
        row = station.seal()
        created, not_after = sealed_at(station, row.bundle)
    assert created == row.created == sure
    assert from_rfc3339(not_after) == from_rfc3339(sure) + timedelta(days=BUNDLE_VALID_DAYS)
    assert doubts(world, "lgwan-01") == [reason.reason]
    # Nothing in the log bears the wrong time.
    assert {entry.time for entry in world.log("lgwan-01")} == {sure}
    with world.lgwan() as station:
        station.approve(row.bundle, world.key("officer-1"))
        station.write(station.books.bundle(row.bundle) or row, world.medium)
    assert world.import_()[0].outcomes == {"applied": 1}


@wrong_clock
def test_approving_goes_on_with_the_last_sure_time(
    world: World, time: datetime, reason: type[MediabridgeError]
) -> None:
    """Claim C55."""
    with world.lgwan() as station:
        row = station.seal(empty=True)
    with world.lgwan(clock=At(time)) as station:
        row = station.approve(row.bundle, world.key("officer-1"))
        station.write(row, world.medium)
    assert doubts(world, "lgwan-01") == [reason.reason]
    assert world.import_()[0].seq == 1


@wrong_clock
def test_importing_goes_on_and_allows_no_replay(
    sent_world: World, time: datetime, reason: type[MediabridgeError]
) -> None:
    """Claims C13, C14 and C55."""
    world, wrong = sent_world, At(time)
    (first,) = world.bundles.iterdir()
    shutil.copytree(first, world.root / "first")
    assert world.import_(clock=wrong)[0].outcomes["applied"] == 2
    with pytest.raises(AlreadyAppliedError):
        world.import_(clock=wrong)
    # The answer goes back and the next bundle comes, both under the wrong clock.
    with world.registry(clock=wrong) as station:
        answer = station.seal()
        station.approve(answer.bundle, world.key("officer-2"))
        station.write(station.books.bundle(answer.bundle) or answer, world.medium)
    assert world.import_("lgwan-01", clock=wrong)[0].receipts == 1
    world.send()
    assert world.import_(clock=wrong)[0].seq == 2
    before = world.fingerprint()
    shutil.rmtree(world.bundles)
    shutil.copytree(world.root / "first", world.bundles / first.name)
    with pytest.raises(AlreadyAppliedError):
        world.import_(clock=wrong)
    assert world.fingerprint() == before
    assert set(doubts(world, "registry-01")) == {reason.reason}


def test_station_without_a_battery_learns_the_time_from_what_it_takes(sent_world: World) -> None:
    """Claim C55. A bundle of weeks later is none "of the future" for a clock that is not right."""
    world, later = sent_world, At(away(days=25))
    world.import_(clock=At(DEAD_BATTERY))
    with world.lgwan(clock=later) as station:
        row = station.seal(empty=True)
        station.approve(row.bundle, world.key("officer-1"))
        station.write(station.books.bundle(row.bundle) or row, world.medium)
    world.import_(clock=At(DEAD_BATTERY))
    with world.registry(clock=At(DEAD_BATTERY)) as station:
        assert station.now() == row.created == to_rfc3339(later.time)


def test_clock_that_is_believed_still_refuses_the_future(sent_world: World) -> None:
    """Claims C17 and C55."""
    world = sent_world
    world.import_()
    with world.lgwan(clock=At(away(days=25))) as station:
        row = station.seal(empty=True)
        station.approve(row.bundle, world.key("officer-1"))
        station.write(station.books.bundle(row.bundle) or row, world.medium)
    with pytest.raises(BundleNotYetValidError):
        world.import_()


@wrong_clock
def test_media_are_registered_with_the_last_sure_time(
    day: Day, tmp_path: Path, time: datetime, reason: type[MediabridgeError]
) -> None:
    """Claim C55."""
    stick = Stick(tmp_path, other(usb("S-0009", uuid="ABCD-0009"), path="/sys/9"))
    with day.world.lgwan(clock=At(time)) as station:
        enrolling.register_medium(
            station, stick, "USB-009", "住民課", day.world.key("officer-1"),
            capacity=SIZE, write_speed=SPEED, read_speed=SPEED, probe="full",
        )  # fmt: skip
    document = json.loads((tmp_path / "MEDIABRIDGE" / "medium.json").read_bytes())
    assert from_rfc3339(document["registered"]) <= SystemClock().now()
    assert doubts(day.world, "lgwan-01") == [reason.reason]


def test_no_station_is_set_up_under_a_clock_before_the_program(world: World) -> None:
    """Claim C55."""
    for time in (DEAD_BATTERY, from_rfc3339(BUILT) - timedelta(seconds=1)):
        with pytest.raises(ClockTooEarlyError):
            init_station(world.root / "new", world.city.folder, "lgwan-02", clock=At(time))
    init_station(world.root / "new", world.city.folder, "lgwan-02", clock=SystemClock())


Evidence = Callable[[World], None]


def _sealed(world: World) -> None:
    with world.lgwan(clock=At(away(days=20))) as station:
        station.seal(empty=True)


def _revoked(world: World) -> None:
    revoked = Revocation(key="SHA256:" + "A" * 43, at=to_rfc3339(away(days=20)), reason="KEY_LOST")
    world.publish(revoked=(revoked,))
    with world.lgwan() as station:
        station.accept_trust(world.medium / "MEDIABRIDGE" / "trust")


@pytest.mark.parametrize(
    ("happened", "source"),
    [(_sealed, "an entry of this station's log"), (_revoked, "the trust data")],
)
def test_clock_is_held_against_the_newest_of_all_evidence(
    world: World, happened: Evidence, source: str
) -> None:
    """Claim C55."""
    happened(world)
    with world.lgwan(clock=At(away(days=18))) as station:
        doubt = station.clock.doubt()
        assert isinstance(doubt, ClockTooEarlyError)
        assert doubt.facts["source"] == source
        assert station.clock.now() > away(days=19)
    with world.lgwan(clock=At(away(days=20 + CLOCK_AHEAD_DAYS - 1))) as station:
        assert station.clock.doubt() is None


def test_station_that_rested_for_long_believes_its_clock_when_a_person_confirms_it(
    world: World,
) -> None:
    """Claim C55."""
    rested = At(away(days=200))
    with world.lgwan(clock=rested) as station:
        assert isinstance(station.clock.doubt(), ClockTooFarAheadError)
        confirm_clock(station, operator="clerk-1")
        assert station.seal(empty=True).created == to_rfc3339(rested.time)
    with world.lgwan(clock=rested) as station:
        assert station.clock.doubt() is None
    (entry,) = [each for each in world.log("lgwan-01") if each.event is Event.CLOCK_CONFIRMED]
    assert (entry.actor, entry.time) == ("clerk-1", to_rfc3339(rested.time))


def test_clock_that_ran_ahead_is_put_right_and_confirmed(world: World) -> None:
    """Claim C55."""
    _sealed(world)
    with world.lgwan() as station:
        assert isinstance(station.clock.doubt(), ClockTooEarlyError)
        confirm_clock(station, operator="clerk-1")
        assert from_rfc3339(station.seal(empty=True).created) <= SystemClock().now()


def test_nobody_confirms_a_clock_before_the_program(world: World) -> None:
    """Claim C55."""
    with world.lgwan(clock=At(DEAD_BATTERY)) as station:
        with pytest.raises(ClockTooEarlyError):
            confirm_clock(station, operator="clerk-1")
        assert isinstance(station.clock.doubt(), ClockTooEarlyError)
