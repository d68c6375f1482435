"""The station: a sound one needs nothing, and each harm is found and named."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attacks.world import World, copy_of, make_world, scratch
from stations.test_timekeeping import At
from storage.earlier import set_back

from mediabridge.apply.sqlite.schema import REGISTRY
from mediabridge.bundle import layout
from mediabridge.clock import SystemClock, to_rfc3339
from mediabridge.doctor import Finding, State, examine
from mediabridge.doctor.finding import Check
from mediabridge.stations.books.schema import BOOKS
from mediabridge.stations.home import Home
from mediabridge.stations.timekeeping import confirm_clock
from mediabridge.translog.database import LOG
from mediabridge.trust.keyfile import TRAINING_COST, save
from mediabridge.trust.signers import new_ssh_key

OF_THE_STATION = {"databases", "clock", "trust", "keys", "expiry", "passphrase", "station"}


@pytest.fixture(scope="module")
def untouched() -> Iterator[World]:
    with scratch() as root:
        yield make_world(Path(root))


@pytest.fixture
def world(untouched: World) -> Iterator[World]:
    with scratch() as root:
        yield copy_of(untouched, Path(root) / "world")


def found_at(home: Home, now: datetime | None = None) -> dict[str, Finding]:
    """Return the worst finding of each check that is about the station itself."""
    worst: dict[str, Finding] = {}
    order = list(State)
    for each in examine(home, now or SystemClock().now()):
        known = worst.get(each.check.value)
        if known is None or order.index(each.state) > order.index(known.state):
            worst[each.check.value] = each
    return {name: each for name, each in worst.items() if name in OF_THE_STATION}


def not_well(home: Home, now: datetime | None = None) -> dict[str, State]:
    return {
        name: each.state for name, each in found_at(home, now).items() if each.state is not State.OK
    }


@pytest.mark.parametrize("station", ["lgwan-01", "registry-01"])
def test_sound_station_needs_nothing(world: World, station: str) -> None:
    assert not_well(world.home(station)) == {}
    assert found_at(world.home(station)).keys() == OF_THE_STATION


def former(world: World, station: str) -> Home:
    """Return the station as the version before the update left it."""
    home = world.home(station)
    owner = home.config().owner
    set_back(home.log, LOG, owner)
    set_back(home.books, BOOKS, owner)
    if station == "registry-01":
        set_back(home.registry, REGISTRY, owner)
    return home


@pytest.mark.parametrize("station", ["lgwan-01", "registry-01"])
def test_update_is_no_harm_and_what_it_leaves_is_told(world: World, station: str) -> None:
    """Before the first command the tables are those of the former program."""
    home = former(world, station)
    before = {path: path.read_bytes() for path in home.root.glob("*.db")}
    (waiting,) = [
        each
        for each in examine(home, SystemClock().now())
        if each.check in OF_THE_STATION and each.state is not State.OK
    ]
    assert (waiting.check, waiting.state) == (Check.DATABASES, State.LOOK)
    assert all(path.name in waiting.found for path in before)
    assert "mediabridge status" in waiting.advice
    assert {path: path.read_bytes() for path in home.root.glob("*.db*")} == before
    with world.open(station):
        pass
    copies = found_at(home)["databases"]
    assert copies.state is State.LOOK
    assert all(f"{path.name}.before-" in copies.found for path in before)
    for path in home.root.glob("*.before-*"):
        path.unlink()
    assert not_well(home) == {}


def test_nothing_is_changed_by_looking(world: World) -> None:
    home = world.home("registry-01")
    before = {path: path.stat().st_mtime_ns for path in home.root.rglob("*") if path.is_file()}
    found_at(home)
    after = {path: path.stat().st_mtime_ns for path in home.root.rglob("*") if path.is_file()}
    assert after == before


def overwrite(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:8192] = bytes(4096)
    path.write_bytes(data)


def other_key(home: Home) -> None:
    path = home.keys / "lgwan-01.json"
    path.unlink()
    save(path, new_ssh_key("lgwan-01"), b"x", cost=TRAINING_COST)


HARMS: dict[str, tuple[Callable[[Home], object], str, str]] = {
    "books overwritten": (lambda home: overwrite(home.books), "databases", "station.db"),
    "log gone": (lambda home: home.log.unlink(), "databases", "log.db"),
    "key gone": (
        lambda home: (home.keys / "lgwan-01-log.json").unlink(),
        "keys",
        "lgwan-01-log.json",
    ),
    "other key": (other_key, "keys", "lgwan-01.json"),
    "trust data gone": (lambda home: shutil.rmtree(home.trust_cache), "trust", ""),
    "station.json damaged": (lambda home: home.config_file.write_text("{"), "station", ""),
}


@pytest.mark.parametrize("harm", HARMS)
def test_harm_is_found_and_named(world: World, harm: str) -> None:
    does, check, named = HARMS[harm]
    home = world.home("lgwan-01")
    does(home)
    found = found_at(home)[check]
    assert (found.state, named in found.found, bool(found.advice)) == (State.WRONG, True, True)


def test_registry_that_is_begun_with_the_first_bundle_is_not_lost(world: World) -> None:
    """A live one has none on its first day; gone afterwards, it is damage."""
    home = world.home("registry-01")
    home.registry.unlink()
    assert not_well(home) == {}
    assert home.registry.name not in found_at(home)["databases"].found
    world.send()
    world.import_()
    assert not_well(home) == {}
    home.registry.unlink()
    assert home.registry.name in found_at(home)["databases"].found
    assert not_well(home) == {"databases": State.WRONG}


@pytest.mark.parametrize("year", [1970, 2099])
def test_clock_that_is_surely_wrong_is_all_that_is_found(world: World, year: int) -> None:
    home = world.home("lgwan-01")
    assert not_well(home, datetime(year, 1, 1, tzinfo=UTC)) == {"clock": State.WRONG}


@pytest.mark.parametrize(
    ("days", "state"), [(70, None), (50, State.LOOK), (5, State.LOOK), (-2, State.WRONG)]
)
def test_what_runs_out_is_said_in_time(world: World, days: int, state: State | None) -> None:
    now = SystemClock().now()
    validity = {
        "valid_from": to_rfc3339(now - timedelta(days=100)),
        "valid_until": to_rfc3339(now + timedelta(days=days)),
    }
    people = [each.model_copy(update=validity) for each in world.city.trust.people]
    world.publish(people=tuple(people))
    with world.lgwan() as station:
        station.accept_trust(layout.trust_folder(world.medium))
    assert not_well(world.home("lgwan-01")).get("expiry") is state


def test_passphrase_beside_live_keys_is_wrong(world: World) -> None:
    home = world.home("lgwan-01")
    (home.root / "passphrase.training").write_text("x")
    assert "passphrase" not in not_well(home)
    home.config_file.write_bytes(home.config_file.read_bytes().replace(b"training", b"live"))
    assert not_well(home)["passphrase"] is State.WRONG


@pytest.mark.parametrize(("days", "state"), [(400, State.OK), (401, State.LOOK)])
def test_trust_data_that_missed_an_april_is_looked_at(
    world: World, days: int, state: State
) -> None:
    home, now = world.home("lgwan-01"), SystemClock().now() + timedelta(days=days)
    with world.lgwan(clock=At(now)) as station:
        confirm_clock(station, operator="clerk-1")
    found = found_at(home, now)["trust"]
    assert (found.state, f"days: {days}" in found.found) == (state, True)
    assert bool(found.advice) is (state is State.LOOK)


def with_clerks(home: Home, **places: str) -> None:
    lines = [f'{name.replace("_", "-")} = "{place}"' for name, place in places.items()]
    home.settings_file.write_text("\n".join(["[clerks]", *lines]), "utf-8")
    home.settings_file.chmod(0o600)


def test_keys_of_people_are_looked_for_where_the_settings_say(world: World) -> None:
    home, keys = world.home("lgwan-01"), world.root / "city" / "keys"
    with_clerks(home, clerk_1=str(keys / "clerk-1.json"), officer_1=str(keys / "officer-1.json"))
    assert not_well(home) == {}


@pytest.mark.parametrize(
    ("name", "place", "named"),
    [
        ("clerk_1", "nowhere.json", "nowhere.json"),
        ("clerk_1", "officer-1.json", "officer-1.json"),
        ("clerk_9", "clerk-1.json", "clerk-9"),
    ],
    ids=["not there", "another one's", "of nobody"],
)
def test_key_of_a_person_that_would_sign_nothing_is_named(
    world: World, name: str, place: str, named: str
) -> None:
    home = world.home("lgwan-01")
    with_clerks(home, **{name: str(world.root / "city" / "keys" / place)})
    found = found_at(home)["keys"]
    assert (found.state, named in found.found, bool(found.advice)) == (State.LOOK, True, True)
