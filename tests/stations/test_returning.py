"""A copy that is no longer whole: the books do not go on calling its bundle on its way."""

from __future__ import annotations

import shutil

import pytest
from stations.days import Day, failing, half, on
from stations.sticks import Stick

from mediabridge.bundle import layout
from mediabridge.errors import MediumIoError, PulledOutError, ReadBackError
from mediabridge.media.states import MediumState
from mediabridge.stations.sticks import custody
from mediabridge.translog.events import Event

LGWAN, REGISTRY = "lgwan-01", "registry-01"


@pytest.fixture
def written(day: Day, usb_stick: Stick) -> str:
    """Give the bundle that is on the stick."""
    bundle = day.pack()
    day.write(bundle, usb_stick)
    return bundle


def _answer(day: Day, stick: Stick) -> None:
    """Let the registry take what the stick brings, and write its receipt."""
    day.serve(REGISTRY, stick)
    day.pack(REGISTRY)
    day.go_on(REGISTRY)


def test_stick_that_forgot_only_the_rename(day: Day, usb_stick: Stick, written: str) -> None:
    """Claim C51. The newest write is what a lying cache loses first."""
    folder = layout.bundles_folder(usb_stick.folder)
    (folder / written).rename(folder / half(written))
    with pytest.raises(ReadBackError):
        day.serve(LGWAN, usb_stick)
    assert MediumState.SAFE_TO_REMOVE not in day.states
    (entry,) = day.entries(LGWAN, Event.MEDIUM_FAILED)
    assert entry.facts["reason"] == "READ_BACK_MISMATCH"
    assert day.books(LGWAN) == [("out", "approved", 1)]
    day.serve(LGWAN, usb_stick)
    assert on(usb_stick) == [written]
    assert day.books(LGWAN) == [("out", "written", 1)]


def test_half_erased_copy_of_what_arrived_is_erased(
    day: Day, usb_stick: Stick, written: str
) -> None:
    """An erasing of ours that broke off after its rename is not a stick that forgot."""
    _answer(day, usb_stick)
    folder = layout.bundles_folder(usb_stick.folder)
    (folder / written).rename(folder / half(written))
    day.serve(LGWAN, usb_stick)
    assert day.carriages()[written, "USB-001"].state == "erased"
    assert half(written) not in on(usb_stick)
    assert ("out", "delivered", 1) in day.books(LGWAN)


@pytest.mark.parametrize("error", [PulledOutError(), MediumIoError(detail="injected")])
def test_second_writing_that_fails(
    day: Day, usb_stick: Stick, written: str, error: PulledOutError | MediumIoError
) -> None:
    """The copy that was whole is replaced first: until the new one is read back there is none."""
    usb_stick.at_mount = failing(error, "write")
    with pytest.raises(type(error)):
        day.write(written, usb_stick)
    assert day.books(LGWAN) == [("out", "approved", 1)]
    shutil.rmtree(layout.bundles_folder(usb_stick.folder) / written)
    served = day.serve(LGWAN, usb_stick)
    assert [row.bundle for row in served.written] == [written]
    assert day.books(LGWAN) == [("out", "written", 1)]
    assert on(usb_stick) == [written]


def test_second_writing_that_fails_with_another_copy(day: Day, written: str) -> None:
    """The copy on the other stick is on its way."""
    second = day.stick(2)
    day.write(written, second)
    second.at_mount = failing(PulledOutError(), "write")
    with pytest.raises(PulledOutError):
        day.write(written, second)
    assert day.books(LGWAN) == [("out", "written", 1)]
    assert day.carriages()[written, "USB-001"].state == "written"


def test_second_writing_of_what_arrived_leaves_it_arrived(
    day: Day, usb_stick: Stick, written: str
) -> None:
    _answer(day, usb_stick)
    day.serve(LGWAN, usb_stick)
    day.write(written, usb_stick)
    assert ("out", "delivered", 1) in day.books(LGWAN)


def test_trip_issued_before_its_bundle_carries_it(day: Day, usb_stick: Stick) -> None:
    """The receiver knows the trip by its issue, and what came by what came."""
    with day.at(LGWAN) as station:
        custody.issue(station, "USB-001", to="clerk-1", route=(LGWAN, REGISTRY))
    bundle = day.pack()
    day.serve(LGWAN, usb_stick)
    day.serve(REGISTRY, usb_stick)
    (arrived,) = day.entries(REGISTRY, Event.MEDIUM_ARRIVED)
    assert arrived.facts["bundles"] == [bundle]
    with day.at(REGISTRY) as station:
        trip = station.books.media.open_trip("USB-001")
    assert trip is not None
    assert trip.bundles == (bundle,)
