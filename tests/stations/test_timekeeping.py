"""The clock is held against what is surely earlier, before anything is signed."""

from __future__ import annotations

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
from mediabridge.config import BUILT, CLOCK_AHEAD_DAYS, LIMITS
from mediabridge.errors import ClockTooEarlyError, ClockTooFarAheadError, MediabridgeError
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.setup import init_station
from mediabridge.stations.sticks import enrolling
from mediabridge.stations.timekeeping import confirm_clock
from mediabridge.translog.events import Event
from mediabridge.trust.trust_data import Revocation

NOTICES = isa_csv((1, 1))
FLAT_BATTERY = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class At:
    """A clock that stands at one time."""

    time: datetime

    def now(self) -> datetime:
        return self.time


def away(**time: float) -> datetime:
    return SystemClock().now() + timedelta(**time)


def collected(world: World, station: LgwanStation, content: bytes = NOTICES) -> None:
    path = world.root / "isa.csv"
    path.write_bytes(content)
    station.collect(path)


WRONG = [
    (FLAT_BATTERY, ClockTooEarlyError),
    (away(seconds=-LIMITS.clock_skew_seconds - 600), ClockTooEarlyError),
    (away(days=CLOCK_AHEAD_DAYS + 1), ClockTooFarAheadError),
    (away(days=36500), ClockTooFarAheadError),
]
WRONG_IDS = ["flat battery", "a day and more early", "a month ahead", "a century ahead"]


@pytest.mark.parametrize(("time", "error"), WRONG, ids=WRONG_IDS)
def test_nothing_is_sealed_under_a_wrong_clock(
    world: World, time: datetime, error: type[MediabridgeError]
) -> None:
    """Claim C55. The route lives on when the clock is right again."""
    with world.lgwan(clock=At(time)) as station:
        # The entry of a wrong clock in the log proves nothing, early or late.
        collected(world, station)
        with pytest.raises(error):
            station.seal()
        assert station.books.bundles() == []
    with world.lgwan() as station:
        row = station.approve(station.seal().bundle, world.key("officer-1"))
        station.write(row, world.medium)
    assert world.import_()[0].outcomes == {"applied": 1}


@pytest.mark.parametrize(("time", "error"), WRONG, ids=WRONG_IDS)
def test_nothing_is_approved_under_a_wrong_clock(
    world: World, time: datetime, error: type[MediabridgeError]
) -> None:
    """Claim C55."""
    with world.lgwan() as station:
        row = station.seal(empty=True)
    with world.lgwan(clock=At(time)) as station:
        with pytest.raises(error):
            station.approve(row.bundle, world.key("officer-1"))
        assert Event.BUNDLE_APPROVED not in [entry.event for entry in world.log("lgwan-01")]


def test_no_receipt_is_made_under_a_wrong_clock(sent_world: World) -> None:
    """Claim C55. Nothing is taken whose receipt would bear a time long before."""
    world = sent_world
    with world.registry(clock=At(away(days=1.9))) as station:
        confirm_clock(station, operator="clerk-1")
    before = world.fingerprint()
    with pytest.raises(ClockTooEarlyError):
        world.import_(clock=At(away(hours=-1)))
    assert world.fingerprint() == before
    with world.registry() as station:
        confirm_clock(station, operator="clerk-1")
    assert world.import_()[0].outcomes["applied"] == 2


@pytest.mark.parametrize(("time", "error"), WRONG, ids=WRONG_IDS)
def test_no_medium_is_registered_under_a_wrong_clock(
    day: Day, tmp_path: Path, time: datetime, error: type[MediabridgeError]
) -> None:
    """Claim C55."""
    stick = Stick(tmp_path, other(usb("S-0009", uuid="ABCD-0009"), path="/sys/9"))
    with day.world.lgwan(clock=At(time)) as station, pytest.raises(error):
        enrolling.register_medium(
            station, stick, "USB-009", "住民課", day.world.key("officer-1"),
            capacity=SIZE, write_speed=SPEED, read_speed=SPEED, probe="full",
        )  # fmt: skip
    assert stick.calls == []


def test_no_station_is_set_up_under_a_clock_before_the_program(world: World) -> None:
    """Claim C55."""
    for time in (FLAT_BATTERY, from_rfc3339(BUILT) - timedelta(seconds=1)):
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
        with pytest.raises(ClockTooEarlyError) as refusal:
            station.seal(empty=True)
        assert refusal.value.facts["source"] == source
    with world.lgwan(clock=At(away(days=20 + CLOCK_AHEAD_DAYS - 1))) as station:
        station.seal(empty=True)


def test_station_that_rested_for_long_goes_on_when_a_person_confirms_its_clock(
    world: World,
) -> None:
    """Claim C55."""
    with world.lgwan(clock=At(away(days=200))) as station:
        with pytest.raises(ClockTooFarAheadError):
            station.seal(empty=True)
        confirm_clock(station, operator="clerk-1")
        assert station.seal(empty=True).seq == 1
    (entry,) = [each for each in world.log("lgwan-01") if each.event is Event.CLOCK_CONFIRMED]
    assert entry.actor == "clerk-1"


def test_clock_that_ran_ahead_is_put_right_and_confirmed(world: World) -> None:
    """Claim C55."""
    _sealed(world)
    with world.lgwan() as station:
        with pytest.raises(ClockTooEarlyError):
            station.seal(empty=True)
        confirm_clock(station, operator="clerk-1")
        assert station.seal(empty=True).seq == 2


def test_nobody_confirms_a_clock_before_the_program(world: World) -> None:
    """Claim C55."""
    with world.lgwan(clock=At(FLAT_BATTERY)) as station:
        with pytest.raises(ClockTooEarlyError):
            confirm_clock(station, operator="clerk-1")
        with pytest.raises(ClockTooEarlyError):
            station.seal(empty=True)
