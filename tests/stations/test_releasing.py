"""Writing a bundle: noted from the first step to the last, and only what was read back counts."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from attacks.records import isa_csv
from attacks.world import flip
from stations.days import Day, before_reading_back, failing, failing_to_read_back, on
from stations.sticks import SIZE, Stick

from mediabridge.bundle import layout
from mediabridge.errors import (
    ApprovalMissingError,
    MediumError,
    MediumFullError,
    MediumIoError,
    PulledOutError,
    ReadBackError,
    ReadOnlyMediumError,
)
from mediabridge.locale import hint_of
from mediabridge.media import register, space, tree, writing
from mediabridge.media.states import MediumState
from mediabridge.media.trips import health
from mediabridge.stations.outgoing import releasing
from mediabridge.stations.sticks import custody
from mediabridge.translog.events import Event

pytestmark = pytest.mark.in_turns

LGWAN, REGISTRY = "lgwan-01", "registry-01"
ONE, OTHER = "USB-001", "USB-002"
IMPOSSIBLE_SPEED = 2**52
"""Bytes a second; whatever a stick does, it is slow beside this."""

WRITING, CHECKING, READY = MediumState.WRITING, MediumState.CHECKING, MediumState.READY


def test_every_step_is_noted(day: Day, usb_stick: Stick) -> None:
    bundle = day.pack()
    row = day.write(bundle, usb_stick)
    assert row.state == "written"
    assert usb_stick.calls == ["read", "mend", "write", "read"]
    assert day.states == [READY, WRITING, CHECKING]
    released, written = day.entries(LGWAN, Event.BUNDLE_RELEASED, Event.BUNDLE_WRITTEN)
    facts = {"bundle": bundle, "medium": ONE, "seq": 1}
    assert facts.items() <= released.facts.items()
    assert facts.items() <= written.facts.items()
    size = written.facts["bytes"]
    assert size == sum(path.stat().st_size for path in (copy_of(bundle, usb_stick)).iterdir())
    known = day.health()
    assert (known.writes, known.bytes_written, known.repairs) == (1, size, 0)
    assert day.carriages()[bundle, ONE].state == "written"


def copy_of(bundle: str, stick: Stick) -> Path:
    return layout.bundles_folder(stick.folder) / bundle


def test_trip_begins_and_carries_what_was_written(day: Day, usb_stick: Stick) -> None:
    bundles = tuple(day.pack(content=isa_csv((number, number))) for number in (11, 12))
    for bundle in bundles:
        day.write(bundle, usb_stick)
    with day.at(LGWAN) as station:
        (trip,) = station.books.media.trips(ONE)
    assert (trip.trip, trip.route_to, trip.bundles) == (1, REGISTRY, bundles)
    assert len(day.entries(LGWAN, Event.MEDIUM_ISSUED)) == 1


def test_trip_that_was_issued_before_goes_on(day: Day, usb_stick: Stick) -> None:
    bundle = day.pack()
    with day.at(LGWAN) as station:
        custody.issue(station, ONE, to="officer-1", minutes=30)
    day.write(bundle, usb_stick)
    with day.at(LGWAN) as station:
        (trip,) = station.books.media.trips(ONE)
    assert (trip.holder, trip.planned_minutes, trip.bundles) == ("officer-1", 30, (bundle,))


def test_unapproved_bundle_touches_no_stick(day: Day, usb_stick: Stick) -> None:
    bundle = day.seal()
    with pytest.raises(ApprovalMissingError):
        day.write(bundle, usb_stick)
    assert usb_stick.calls == ["read"]
    assert day.entries(LGWAN, Event.BUNDLE_RELEASED) == []
    assert day.carriages() == {}


# --- what was not read back does not count --------------------------------------------------


def flip_part(bundle: str, stick: Stick) -> None:
    flip(copy_of(bundle, stick) / "part-0000.cob")


def lose_signature(bundle: str, stick: Stick) -> None:
    (copy_of(bundle, stick) / layout.STATION_SIGNATURE).unlink()


def lose_bundle(bundle: str, stick: Stick) -> None:
    copy_of(bundle, stick).rename(stick.folder / "moved")


def flip_trust(_bundle: str, stick: Stick) -> None:
    flip(next(layout.trust_folder(stick.folder).rglob("timestamp.json")))


@pytest.mark.parametrize("spoil", [flip_part, lose_signature, lose_bundle, flip_trust])
def test_copy_that_reads_back_differently_is_removed(
    day: Day, usb_stick: Stick, spoil: Callable[[str, Stick], None]
) -> None:
    """Claim C45."""
    bundle = day.pack()
    usb_stick.at_mount = before_reading_back(usb_stick, lambda: spoil(bundle, usb_stick))
    with pytest.raises(ReadBackError):
        day.write(bundle, usb_stick)
    assert on(usb_stick) == []
    assert day.books(LGWAN) == [("out", "approved", 1)]
    assert day.states == [READY, WRITING, CHECKING, MediumState.READ_BACK_MISMATCH]
    assert day.entries(LGWAN, Event.BUNDLE_WRITTEN) == []
    (failed,) = day.entries(LGWAN, Event.MEDIUM_FAILED)
    assert failed.facts == {"reason": "READ_BACK_MISMATCH", "medium": ONE, "bundle": bundle}
    known = day.health()
    assert (known.mismatches, known.writes, known.bytes_written) == (1, 0, 0)
    assert health(known).recommend_retire


def test_bundle_goes_onto_another_stick_afterwards(day: Day, usb_stick: Stick) -> None:
    bundle = day.pack()
    usb_stick.at_mount = before_reading_back(usb_stick, lambda: flip_part(bundle, usb_stick))
    with pytest.raises(ReadBackError):
        day.write(bundle, usb_stick)
    day.write(bundle, day.stick(2))
    assert day.books(LGWAN) == [("out", "written", 1)]
    copies = day.carriages()
    assert (copies[bundle, ONE].state, copies[bundle, OTHER].state) == ("failed", "written")


@pytest.mark.parametrize("error", [ReadOnlyMediumError(), PulledOutError()])
def test_bad_copy_that_cannot_be_removed_stays_unfinished(
    day: Day, usb_stick: Stick, error: MediumError
) -> None:
    """The first error is the one that is told; the next visit cleans up."""
    bundle = day.pack()
    spoiling = before_reading_back(usb_stick, lambda: flip_part(bundle, usb_stick))
    refusing = failing(error, "write", 2)

    def at_mount(call: str) -> None:
        refusing(call)
        spoiling(call)

    usb_stick.at_mount = at_mount
    with pytest.raises(ReadBackError):
        day.write(bundle, usb_stick)
    reasons = [entry.facts["reason"] for entry in day.entries(LGWAN, Event.MEDIUM_FAILED)]
    assert reasons == ["READ_BACK_MISMATCH", error.reason]
    assert on(usb_stick) == [bundle]
    assert day.carriages()[bundle, ONE].state == "writing"
    assert day.books(LGWAN) == [("out", "approved", 1)]


@pytest.mark.parametrize(
    ("error", "step"),
    [
        (MediumIoError(detail="EIO"), "write"),
        (ReadOnlyMediumError(), "write"),
        (MediumFullError(got=1, wanted=2, trash=""), "write"),
        (PulledOutError(), "write"),
        (MediumIoError(detail="EIO"), "read back"),
        (PulledOutError(), "read back"),
    ],
)
def test_failed_writing_does_not_count(
    day: Day, usb_stick: Stick, error: MediumError, step: str
) -> None:
    """Claim C45."""
    bundle = day.pack()
    writing = step == "write"
    usb_stick.at_mount = (
        failing(error, "write") if writing else failing_to_read_back(usb_stick, error)
    )
    with pytest.raises(type(error)):
        day.write(bundle, usb_stick)
    assert day.books(LGWAN) == [("out", "approved", 1)]
    assert day.states[-1] == error.reason
    full = isinstance(error, MediumFullError)
    assert day.carriages()[bundle, ONE].state == ("failed" if full else "writing")
    assert day.health().writes == 0
    assert day.entries(LGWAN, Event.BUNDLE_WRITTEN) == []
    day.write(bundle, usb_stick)
    assert day.books(LGWAN) == [("out", "written", 1)]
    # Nobody interrupts the writing to a stick that is full, and the stick is as good as before.
    assert day.health().repairs == (0 if full else 1)


# --- space -------------------------------------------------------------------------------------


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def leave(monkeypatch: pytest.MonkeyPatch, free: Callable[[], int]) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(SIZE, SIZE - free(), free()))


def needs(day: Day, bundle: str) -> int:
    """Return what the bundle and the trust data take together, and what is left free."""
    with day.at(LGWAN) as station:
        trust = writing.tree_size(station.trust_copy)
        return releasing.size_of(station.home.outbox / bundle) + trust + space.RESERVE_BYTES


def test_full_stick_is_refused_before_anything_is_written(
    day: Day, usb_stick: Stick, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trust data, too: without room for it, what is needed and the trash are still told."""
    bundle = day.pack()
    wanted = needs(day, bundle)
    old = usb_stick.folder / ".Trash-1000" / "files" / "old"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"x" * 5000)
    before = sorted(usb_stick.folder.rglob("*"))
    leave(monkeypatch, lambda: wanted - 1)
    with pytest.raises(MediumFullError) as refusal:
        day.write(bundle, usb_stick)
    assert refusal.value.facts["got"] == wanted - 1
    assert refusal.value.facts["wanted"] == wanted
    assert "(.Trash-1000) hold 5000 bytes" in hint_of(refusal.value)
    assert sorted(usb_stick.folder.rglob("*")) == before
    leave(monkeypatch, lambda: wanted)
    assert day.write(bundle, usb_stick).state == "written"


def test_space_of_an_unfinished_copy_counts_as_free(
    day: Day, usb_stick: Stick, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = day.pack()
    wanted = needs(day, bundle)
    leftover = layout.bundles_folder(usb_stick.folder) / (bundle + tree.PARTIAL)
    leftover.mkdir(parents=True)
    (leftover / "part-0000.cob").write_bytes(b"x")
    leave(monkeypatch, lambda: 0 if (leftover / "part-0000.cob").exists() else wanted)
    assert day.write(bundle, usb_stick).state == "written"


# --- speed ------------------------------------------------------------------------------------


@pytest.fixture
def every_size_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (releasing, register):
        monkeypatch.setattr(module, "SLOW_FROM_BYTES", 1)


@pytest.mark.usefixtures("every_size_measures")
def test_slow_stick_is_told_and_used(day: Day) -> None:
    stick = day.stick(1, speed=IMPOSSIBLE_SPEED)
    assert day.write(day.pack(), stick).state == "written"
    assert day.states == [READY, WRITING, CHECKING, MediumState.SLOW]
    slow = day.told[-1]
    assert slow.facts["medium"] == ONE
    assert "?" not in slow.sentence
    known = day.health()
    assert known.last_write_speed is not None
    assert health(known).recommend_retire


@pytest.mark.usefixtures("every_size_measures")
def test_stick_as_fast_as_ever_is_not_called_slow(day: Day) -> None:
    day.write(day.pack(), day.stick(1, speed=1))
    assert day.states == [READY, WRITING, CHECKING]
    assert not health(day.health()).recommend_retire


def test_small_bundle_measures_no_speed(day: Day) -> None:
    day.write(day.pack(), day.stick(1, speed=IMPOSSIBLE_SPEED))
    assert day.states == [READY, WRITING, CHECKING]
    known = day.health()
    assert known.last_write_speed is None
    assert not health(known).recommend_retire


# --- several ------------------------------------------------------------------------------------


def test_several_bundles_on_one_stick(day: Day, usb_stick: Stick) -> None:
    bundles = [day.pack(content=isa_csv((number, number))) for number in (11, 12, 13)]
    for bundle in bundles:
        day.write(bundle, usb_stick)
    assert on(usb_stick) == sorted(bundles)
    assert day.health().writes == 3
    assert {key: each.state for key, each in day.carriages().items()} == dict.fromkeys(
        ((bundle, ONE) for bundle in bundles), "written"
    )
    assert [taken.seq for taken in day.serve(REGISTRY, usb_stick).taken] == [1, 2, 3]


def test_second_bundle_that_fails_leaves_the_first(day: Day, usb_stick: Stick) -> None:
    first, second = (day.pack(content=isa_csv((number, number))) for number in (11, 12))
    day.write(first, usb_stick)
    usb_stick.at_mount = before_reading_back(usb_stick, lambda: flip_part(second, usb_stick))
    with pytest.raises(ReadBackError):
        day.write(second, usb_stick)
    assert on(usb_stick) == [first]
    assert [taken.seq for taken in day.serve(REGISTRY, usb_stick).taken] == [1]


def test_one_bundle_on_two_sticks(day: Day, usb_stick: Stick) -> None:
    """Claim C13. Each copy is known; whichever arrives first counts, the other repeats it."""
    bundle, other = day.pack(content=isa_csv((11, 11))), day.stick(2)
    for stick in (usb_stick, other):
        assert day.write(bundle, stick).state == "written"
    copies = day.carriages()
    assert [copies[bundle, medium].state for medium in (ONE, OTHER)] == ["written"] * 2
    written = day.entries(LGWAN, Event.BUNDLE_WRITTEN)
    assert [entry.facts["medium"] for entry in written] == [ONE, OTHER]
    assert [taken.seq for taken in day.serve(REGISTRY, other).taken] == [1]
    assert day.serve(REGISTRY, usb_stick).repeated
    assert day.books(REGISTRY) == [("in", "taken", 1)]
