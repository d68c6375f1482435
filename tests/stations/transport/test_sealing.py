"""What waits is sealed by schedule: as soon as it waits, or once a day; and never more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from attacks.records import isa_csv
from attacks.world import World
from stations.sticks import MovingClock
from stations.transport.conftest import Entrance

from mediabridge.clock import to_rfc3339
from mediabridge.errors import StationRestoredError
from mediabridge.stations import compared, watched
from mediabridge.stations.books import BundleState

DAY = 24 * 60
SEQUENTIAL = '[watch]\nseal = "sequential"\n'


def daily(at: str, *, empty: bool = False) -> str:
    return f'[watch]\nseal = "daily"\nat = "{at}"\nempty = {str(empty).lower()}\n'


@pytest.fixture
def clock() -> MovingClock:
    """Give a clock that shows ten o'clock in UTC, the zone of these tests' station."""
    now = datetime.now(UTC) + timedelta(days=1)
    return MovingClock(now.replace(hour=10, minute=0, second=0, microsecond=0))


def at(world: World, clock: MovingClock, rules: str) -> Entrance:
    """Return the entrance of a station whose clocks show UTC."""
    home = world.home("lgwan-01")
    home.write_config(replace(home.config(), time_zone="UTC"))
    entrance = Entrance(world, rules=rules, clock=clock)
    entrance.look()
    entrance.told.lines.clear()
    return entrance


def sealed(entrance: Entrance) -> list[int]:
    """Return how many records each sealed bundle has, the oldest first."""
    with entrance.station() as station:
        return [row.records for row in station.books.bundles_in(BundleState.SEALED)]


def test_nothing_is_sealed_without_a_rule(entrance: Entrance) -> None:
    entrance.bring("isa.csv", isa_csv((1, 1)))
    assert entrance.look(3) == ["collected"]
    assert sealed(entrance) == []


def test_what_waits_is_sealed_at_once(world: World, clock: MovingClock) -> None:
    entrance = at(world, clock, SEQUENTIAL)
    entrance.bring("1.csv", isa_csv((1, 1)))
    entrance.bring("2.csv", isa_csv((2, 2)))
    assert entrance.look() == ["collected", "collected", "sealed 1"]
    assert entrance.look(3) == []
    assert sealed(entrance) == [2]


def test_what_another_command_collected_is_sealed_as_well(world: World, clock: MovingClock) -> None:
    entrance = at(world, clock, SEQUENTIAL)
    path = world.root / "isa.csv"
    path.write_bytes(isa_csv((1, 1)))
    with entrance.station() as station:
        station.collect(path)
    assert entrance.look() == ["sealed 1"]


def test_day_is_sealed_at_its_time(world: World, clock: MovingClock) -> None:
    entrance = at(world, clock, daily("16:30"))
    entrance.bring("1.csv", isa_csv((1, 1)))
    assert entrance.look() == ["collected"]
    clock.move(6 * 60 + 29)
    assert entrance.look() == []
    clock.move(1)
    assert entrance.look() == ["sealed 1"]
    entrance.bring("2.csv", isa_csv((2, 2)))
    assert entrance.look() == ["collected"]
    clock.move(DAY - 1)
    assert entrance.look() == []
    clock.move(1)
    assert entrance.look() == ["sealed 2"]
    assert sealed(entrance) == [1, 1]


def test_missed_time_is_made_up_at_the_start(world: World, clock: MovingClock) -> None:
    entrance = at(world, clock, daily("16:30"))
    entrance.bring("1.csv", isa_csv((1, 1)))
    entrance.look()
    clock.move(2 * DAY)
    entrance.open()
    assert entrance.look() == ["sealed 1"]
    entrance.open()
    assert entrance.look() == []


def test_day_that_was_attended_to_is_not_begun_anew(world: World, clock: MovingClock) -> None:
    """What comes after the time waits for the next day, also when the machine is started again."""
    entrance = at(world, clock, daily("09:00"))
    entrance.bring("1.csv", isa_csv((1, 1)))
    assert entrance.look() == ["collected"]
    entrance.open()
    assert entrance.look(3) == []
    assert sealed(entrance) == []


def test_empty_day_is_sealed_where_the_rule_says_so(world: World, clock: MovingClock) -> None:
    entrance = at(world, clock, daily("16:30", empty=True))
    clock.move(DAY)
    assert entrance.look() == ["sealed 2"]
    entrance.bring("1.csv", isa_csv((1, 1)))
    assert entrance.look() == ["collected"]
    clock.move(DAY)
    assert entrance.look() == ["sealed 3"]
    # The first is that of the day before the watching began.
    assert sealed(entrance) == [0, 0, 1]


def test_empty_day_is_not_sealed_twice_when_the_note_is_lost(
    world: World, clock: MovingClock
) -> None:
    entrance = at(world, clock, daily("16:30", empty=True))
    clock.move(DAY)
    assert entrance.look() == ["sealed 2"]
    world.home("lgwan-01").watched.unlink()
    entrance.open()
    assert entrance.look() == []


@pytest.mark.parametrize("jump", [3 * DAY, 400 * DAY, -3 * DAY, -400 * DAY])
def test_clock_that_jumps_and_comes_back_keeps_nothing(
    world: World, clock: MovingClock, jump: int
) -> None:
    entrance = at(world, clock, daily("16:30"))
    entrance.bring("1.csv", isa_csv((1, 1)))
    clock.move(jump)
    entrance.look()
    clock.move(-jump)
    entrance.look()
    clock.move(DAY)
    entrance.look()
    entrance.bring("2.csv", isa_csv((2, 2)))
    entrance.look()
    clock.move(DAY)
    entrance.look()
    assert sealed(entrance) == [1, 1]


def test_answer_is_sealed_as_soon_as_a_bundle_was_taken(world: World) -> None:
    entrance = Entrance(world, "registry-01", SEQUENTIAL)
    world.send(isa_csv((1, 1)))
    entrance.look()
    world.import_()
    assert entrance.look() == ["sealed 1"]


def test_what_keeps_the_sealing_does_not_keep_the_door(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A station that came from a backup signs nothing until its peer was asked; files come in."""

    def waits(_station: object, peer: str) -> None:
        raise StationRestoredError(peer=peer)

    monkeypatch.setattr(compared, "require_compared", waits)
    entrance = Entrance(world, rules=SEQUENTIAL)
    entrance.bring("1.csv", isa_csv((1, 1)))
    assert entrance.look(4) == ["collected", "refused STATION_RESTORED"]
    assert entrance.lies() == {"done": ["1.csv"]}


def test_what_was_done_last_is_kept_for_the_status(world: World, clock: MovingClock) -> None:
    entrance = at(world, clock, daily("16:30"))
    home = world.home("lgwan-01")
    watched.note(home, time=to_rfc3339(clock.now()), event="written")
    with entrance.station() as station:
        assert station.status().watched.event == "written"
    home.watched.write_bytes(b'{"time": "\xff"}')
    assert watched.read(home) == watched.Watched()
    home.watched.write_text('{"time": "yesterday"}')
    assert watched.read(home) == watched.Watched()
