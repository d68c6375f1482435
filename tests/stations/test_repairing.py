"""A stick that lost blocks of what it carried, with parity and without: the whole way.

Claim C85.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attacks.records import isa_csv
from attacks.world import FIRST_NOTICES, World, copy_of, make_world, scratch
from bundle.bundles_with_parity import flip
from simulator import SimulatedStick, broken
from stations.days import Day
from stations.sticks import SIZE, SPEED, usb

from mediabridge.bench.remaining import Watched
from mediabridge.bundle import layout
from mediabridge.clock import SystemClock
from mediabridge.config import MIB
from mediabridge.errors import (
    HashMismatchError,
    MediumIoError,
    SignatureInvalidError,
    TreeUnexpectedError,
)
from mediabridge.media import staging
from mediabridge.media.register import health
from mediabridge.media.states import MediumState
from mediabridge.stations.sticks import enrolling
from mediabridge.stations.verifying import verify_at
from mediabridge.translog.events import Event

pytestmark = pytest.mark.in_turns

PART = layout.part_name(1)


@pytest.fixture(scope="module")
def with_parity() -> Iterator[World]:
    """Give a city whose routes have ten percent of parity."""
    with scratch() as root:
        world = make_world(Path(root))
        routes = [
            each.model_copy(update={"parity_percent": 10}) for each in world.city.trust.routes
        ]
        world.publish(routes=tuple(routes))
        for name in ("lgwan-01", "registry-01"):
            with world.open(name) as station:
                station.accept_trust(layout.trust_folder(world.medium))
        yield world


@pytest.fixture
def day(with_parity: World) -> Iterator[Day]:
    with scratch() as root:
        yield Day(copy_of(with_parity, Path(root) / "world"))


@pytest.fixture
def stick(day: Day, tmp_path: Path) -> SimulatedStick:
    """Give a stick with a bundle of the LGWAN station, on its way."""
    made = SimulatedStick(tmp_path / "stick", usb())
    with day.at("lgwan-01") as station:
        enrolling.register_medium(
            station, made.plug(), "USB-001", "住民課", day.world.key("officer-1"),
            capacity=SIZE, write_speed=SPEED, read_speed=SPEED, probe="full",
        )  # fmt: skip
    day.write(day.pack(content=isa_csv(*FIRST_NOTICES)), made.plug())
    made.unplug()
    return made


def _bundle(stick: SimulatedStick) -> Path:
    (folder,) = layout.bundles_folder(stick.content).iterdir()
    return folder


def _taken(day: Day) -> list[tuple[str, str, int]]:
    return [each for each in day.books("registry-01") if each[0] == "in"]


def test_stick_that_is_well_is_not_spoken_ill_of(day: Day, stick: SimulatedStick) -> None:
    day.serve("registry-01", stick.plug())
    assert MediumState.DAMAGED not in day.states
    assert not day.entries("registry-01", Event.BUNDLE_REPAIRED)
    assert day.health(name="registry-01").mended == 0
    assert not health(day.health(name="registry-01")).recommend_retire
    assert _taken(day) == [("in", "taken", 1)]


@pytest.mark.parametrize(
    ("name", "place", "damaged"),
    [
        (PART, 0, 1),
        (layout.HEADER, 3, 1),
        (layout.KEYS, 20, 1),
        (layout.part_name(0), 500, 1),
        (layout.parity_name(1), 77, 1),
        (layout.PARITY_INDEX, 9, 0),
        (layout.PARITY_INDEX_COPY, 9, 0),
        (layout.SUMS, 30, 0),
        (layout.STATION_SIGNATURE, 60, 0),
        (layout.approval_name("officer-1"), 60, 0),
    ],
)
def test_flipped_byte_is_put_right(
    day: Day, stick: SimulatedStick, name: str, place: int, damaged: int
) -> None:
    flip(_bundle(stick) / name, place)
    day.serve("registry-01", stick.plug())
    (entry,) = day.entries("registry-01", Event.BUNDLE_REPAIRED)
    assert entry.facts["files"] == 1
    assert entry.facts["damaged"] == damaged
    assert entry.facts["medium"] == "USB-001"
    assert MediumState.DAMAGED in day.states
    assert _taken(day) == [("in", "taken", 1)]
    row = day.health(name="registry-01")
    assert row.mended == 1
    assert health(row).recommend_retire


def test_repair_comes_before_the_checks_in_the_log(day: Day, stick: SimulatedStick) -> None:
    flip(_bundle(stick) / PART, 0)
    day.serve("registry-01", stick.plug())
    events = [entry.event for entry in day.world.log("registry-01")]
    assert events.index(Event.BUNDLE_REPAIRED) < events.index(Event.BUNDLE_VERIFIED)


def test_the_other_station_hears_of_it(day: Day, stick: SimulatedStick) -> None:
    """So that whoever issues the stick next is advised against it."""
    flip(_bundle(stick) / PART, 0)
    day.serve("registry-01", stick.plug())
    day.write(day.pack("registry-01"), stick.plug(), "registry-01")
    day.serve("lgwan-01", stick.plug())
    assert day.health().mended == 1
    assert health(day.health()).recommend_retire


def test_too_much_damage_is_refused_as_ever(day: Day, stick: SimulatedStick) -> None:
    part = _bundle(stick) / PART
    part.write_bytes(bytes(part.stat().st_size))
    with pytest.raises(HashMismatchError):
        day.serve("registry-01", stick.plug())
    assert not day.entries("registry-01", Event.BUNDLE_REPAIRED)
    assert _taken(day) == []
    assert not any((day.world.home("registry-01").work).iterdir())


def _fails_at(*places: int) -> Callable[[str, bytes], bytes]:
    """Return what lets a part's n-th reads fail, as they are asked for."""
    asked = iter(range(10**6))

    def distort(name: str, data: bytes) -> bytes:
        if name == PART and data and next(asked) in places:
            raise broken(errno.EIO)
        return data

    return distort


def test_place_that_cannot_be_read_is_put_right(day: Day, stick: SimulatedStick) -> None:
    stick.distort = _fails_at(0)
    day.serve("registry-01", stick.plug())
    (entry,) = day.entries("registry-01", Event.BUNDLE_REPAIRED)
    assert entry.facts["damaged"] in {1, 2}
    assert _taken(day) == [("in", "taken", 1)]


def test_file_that_cannot_be_read_is_an_error_of_the_stick(day: Day, stick: SimulatedStick) -> None:
    stick.distort = _fails_at(*range(10**5))
    with pytest.raises(MediumIoError):
        day.serve("registry-01", stick.plug())
    assert _taken(day) == []
    assert day.health(name="registry-01").io_errors == 1


def test_number_of_failed_reads_is_bounded(
    day: Day, stick: SimulatedStick, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stick that gives something after each failure is not read to its end."""
    monkeypatch.setattr(staging, "READ_ERRORS_BORNE", 5)
    with (_bundle(stick) / PART).open("r+b") as part:
        part.truncate(20 * MIB)
    asked = []

    def distort(name: str, data: bytes) -> bytes:
        if name == PART:
            asked.append(0)
            if len(asked) % 2:
                raise broken(errno.EIO)
        return data

    stick.distort = distort
    with pytest.raises(MediumIoError):
        day.serve("registry-01", stick.plug())
    assert len(asked) == 2 * 5 + 1


def test_time_of_failed_reads_is_bounded(
    day: Day, stick: SimulatedStick, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter(range(0, 10**9, 400))
    monkeypatch.setattr("mediabridge.media.rescue.time.monotonic", lambda: float(next(times)))
    stick.distort = _fails_at(0, 1)
    with pytest.raises(MediumIoError):
        day.serve("registry-01", stick.plug())


def test_repaired_bundle_that_somebody_signed_anew_is_refused(
    day: Day, stick: SimulatedStick
) -> None:
    """Nothing is believed because it could be repaired: here, to what a stranger lists."""
    bundle = _bundle(stick)
    part = bundle / layout.part_name(0)
    old = hashlib.sha256(part.read_bytes()).hexdigest()
    flip(part, 100)
    new = hashlib.sha256(part.read_bytes()).hexdigest()
    sums = bundle / layout.SUMS
    sums.write_text(sums.read_text("ascii").replace(old, new), "ascii")
    (bundle / layout.SPARE).unlink()
    flip(bundle / PART, 0)
    with pytest.raises(SignatureInvalidError):
        day.serve("registry-01", stick.plug())
    assert _taken(day) == []


@pytest.mark.parametrize("gone", [PART, layout.parity_name(1)])
def test_last_file_that_is_gone_is_missed_and_not_mended(
    day: Day, stick: SimulatedStick, gone: str
) -> None:
    """What is left looks like a whole bundle, until the list is read."""
    (_bundle(stick) / gone).unlink()
    with pytest.raises(TreeUnexpectedError):
        day.serve("registry-01", stick.plug())
    assert _taken(day) == []


def test_parity_that_was_taken_away_is_missed(day: Day, stick: SimulatedStick) -> None:
    """It is in the signed list: whoever removes it makes another bundle."""
    bundle = _bundle(stick)
    for name in [*layout.parity_files(2), layout.SPARE]:
        (bundle / name).unlink()
    with pytest.raises(TreeUnexpectedError):
        day.serve("registry-01", stick.plug())
    assert _taken(day) == []


def test_an_officer_elsewhere_sees_the_damage(day: Day, stick: SimulatedStick) -> None:
    flip(_bundle(stick) / PART, 0)
    root = day.world.root / "root.json"
    shutil.copy(day.world.city.folder / "root.json", root)
    (seen,) = verify_at(
        stick.content, day.world.home("registry-01"), root=root, clock=SystemClock()
    )
    shown = [check for check in seen.verdict.checks if check.name == "damaged-blocks"]
    assert [check.got.split(" / ")[0] for check in shown] == ["1"]


def test_making_parity_is_told_with_encrypting_to_its_end(day: Day, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(isa_csv(*FIRST_NOTICES))
    with day.at("lgwan-01") as station:
        station.progress = heard = Watched(seconds=lambda: 0.0)
        station.collect(path)
        folder = station.home.outbox / station.seal().bundle
        encrypted = sum(each.stat().st_size for each in folder.glob("part-*"))
    (step,) = (each for each in heard.steps if each.label == "Encrypting")
    done = [each for _at, each in step.ticks]
    # Encrypting is only half of it.
    assert done[0] < encrypted < step.total
    assert done[-1] == step.total
