"""A stick is plugged in, and everything it came for is done: what is told, what is left."""

from __future__ import annotations

import pytest
from attacks.records import isa_csv, municipal_csv
from attacks.world import FIRST_NOTICES, flip
from stations.days import Day, failing, failing_to_read_back, half, on
from stations.sticks import Stick
from stations.test_backups import bring_back, save

from mediabridge.bundle import layout
from mediabridge.errors import (
    BundleParkedError,
    MediabridgeError,
    MediumBusyError,
    MediumError,
    MediumIoError,
    PulledOutError,
)
from mediabridge.media.states import MediumState
from mediabridge.stations.books import BundleState
from mediabridge.stations.serving import Served
from mediabridge.translog.events import Event

pytestmark = pytest.mark.in_turns

LGWAN, REGISTRY = "lgwan-01", "registry-01"
NOTICES = isa_csv(*FIRST_NOTICES)
READY, READING, SAFE = MediumState.READY, MediumState.READING, MediumState.SAFE_TO_REMOVE
WRITING, CHECKING, ERASING = MediumState.WRITING, MediumState.CHECKING, MediumState.ERASING


@pytest.fixture
def carried(day: Day, usb_stick: Stick) -> Stick:
    """A stick with the notices of the morning, on its way."""
    day.pack(LGWAN, NOTICES)
    day.serve(LGWAN, usb_stick)
    return usb_stick


def what(served: Served) -> dict[str, object]:
    """Return what was done, in numbers."""
    return {
        "cleaned": len(served.cleaned),
        "taken": [each.seq for each in served.taken],
        "written": [each.seq for each in served.written],
        "repeated": served.repeated,
        "safe": served.safe,
    }


NOTHING = {"cleaned": 0, "taken": [], "written": [], "repeated": False, "safe": False}


def test_stick_without_anything_to_do_may_go(day: Day, usb_stick: Stick) -> None:
    served = day.serve(LGWAN, usb_stick)
    assert what(served) == {**NOTHING, "safe": True}
    assert day.states == [READY, READING, SAFE]
    assert usb_stick.calls[-1] == "eject"


def test_approved_bundle_is_written(day: Day, usb_stick: Stick) -> None:
    bundle = day.pack(LGWAN, NOTICES)
    served = day.serve(LGWAN, usb_stick)
    assert what(served) == {**NOTHING, "written": [1], "safe": True}
    assert served.written[0].state == "written"
    assert day.states == [READY, READING, WRITING, CHECKING, SAFE]
    assert on(usb_stick) == [bundle]
    assert day.books(LGWAN) == [("out", "written", 1)]


def test_all_approved_bundles_are_written_in_order(day: Day, usb_stick: Stick) -> None:
    bundles = [day.pack(LGWAN, isa_csv((number, number))) for number in (11, 12, 13)]
    served = day.serve(LGWAN, usb_stick)
    assert what(served) == {**NOTHING, "written": [1, 2, 3], "safe": True}
    assert on(usb_stick) == sorted(bundles)


def test_stick_waits_for_the_approval(day: Day, usb_stick: Stick) -> None:
    bundle = day.seal(LGWAN, NOTICES)
    assert what(day.serve(LGWAN, usb_stick)) == NOTHING
    assert day.states[-1] is READY
    assert "eject" not in usb_stick.calls
    assert what(day.go_on(LGWAN)) == NOTHING
    assert day.states == [READY]
    day.approve(bundle)
    assert what(day.go_on(LGWAN)) == {**NOTHING, "written": [1], "safe": True}
    assert day.states == [WRITING, CHECKING, SAFE]


def test_stick_that_brought_something_waits_for_the_answer(day: Day, carried: Stick) -> None:
    assert what(day.serve(REGISTRY, carried)) == {**NOTHING, "taken": [1]}
    assert day.states == [READY, READING, READY]
    assert carried.calls.count("eject") == 1
    day.pack(REGISTRY)
    assert what(day.go_on(REGISTRY)) == {**NOTHING, "written": [1], "safe": True}
    assert day.states == [WRITING, CHECKING, SAFE]


def test_second_insertion_is_a_repetition(day: Day, carried: Stick) -> None:
    """Claim C13. Nothing is applied twice, and the stick goes on waiting for the answer."""
    day.serve(REGISTRY, carried)
    before = day.world.fingerprint()
    assert what(day.serve(REGISTRY, carried)) == {**NOTHING, "repeated": True}
    assert day.states == [READY, READING, READY]
    assert day.world.fingerprint() == before
    assert day.books(REGISTRY) == [("in", "taken", 1)]
    assert len(day.entries(REGISTRY, Event.BUNDLE_REPEATED)) == 1
    assert len(day.entries(REGISTRY, Event.BUNDLE_APPLIED)) == 1


def test_new_bundle_beside_an_old_one_is_taken(day: Day, carried: Stick) -> None:
    day.serve(REGISTRY, carried)
    day.pack(LGWAN, isa_csv((11, 11)))
    day.serve(LGWAN, carried)
    assert what(day.serve(REGISTRY, carried)) == {**NOTHING, "taken": [2]}


def test_what_has_arrived_is_erased(day: Day, carried: Stick) -> None:
    """After the receipt, and only what this station wrote."""
    (sent,) = on(carried)
    day.serve(REGISTRY, carried)
    answer = day.pack(REGISTRY, municipal_csv((1, 1)))
    day.go_on(REGISTRY)
    assert on(carried) == sorted([sent, answer])
    assert what(day.serve(LGWAN, carried)) == {**NOTHING, "taken": [1], "safe": True}
    assert day.states == [READY, READING, ERASING, SAFE]
    assert on(carried) == [answer]
    assert day.carriages()[sent, "USB-001"].state == "erased"
    erasing, erased = day.entries(LGWAN, Event.MEDIUM_ERASING, Event.MEDIUM_ERASED)
    assert erasing.facts["bundles"] == erased.facts["bundles"] == [sent]
    assert day.books(LGWAN) == [("in", "taken", 1), ("out", "delivered", 1)]


def test_nothing_is_erased_before_the_receipt(day: Day, carried: Stick) -> None:
    sent = on(carried)
    assert what(day.serve(LGWAN, carried)) == {**NOTHING, "safe": True}
    assert on(carried) == sent


def test_write_protected_stick_keeps_what_it_brought(day: Day, carried: Stick) -> None:
    (sent,) = on(carried)
    day.serve(REGISTRY, carried)
    answer = day.pack(REGISTRY)
    day.go_on(REGISTRY)
    protect(carried)
    assert what(day.serve(LGWAN, carried)) == {**NOTHING, "taken": [1], "safe": True}
    assert on(carried) == sorted([sent, answer])


def protect(stick: Stick) -> None:
    assert stick.device is not None
    for disk in stick.device.disks:
        # Values are frozen; a switch is not.
        object.__setattr__(disk, "read_only", True)


@pytest.mark.parametrize("error", [MediumIoError(detail="EIO"), PulledOutError()])
@pytest.mark.parametrize("step", ["write", "read back"])
def test_taken_is_told_though_the_writing_fails(
    day: Day, carried: Stick, error: MediumError, step: str
) -> None:
    """Claim C45. What was applied is told; what was not written is never called written."""
    day.pack(REGISTRY)
    writing = step == "write"
    carried.at_mount = failing(error, "write") if writing else failing_to_read_back(carried, error)
    with pytest.raises(type(error)):
        day.serve(REGISTRY, carried)
    assert day.served is not None
    assert what(day.served) == {**NOTHING, "taken": [1]}
    assert SAFE not in day.states
    assert day.states[-1] == error.reason
    assert day.books(REGISTRY) == [("in", "taken", 1), ("out", "approved", 1)]
    carried.at_mount = lambda _call: None
    again = {**NOTHING, "written": [1], "repeated": True, "safe": True}
    assert what(day.serve(REGISTRY, carried)) == again


def test_first_is_told_though_the_second_fails(day: Day, usb_stick: Stick) -> None:
    for number in (11, 12):
        day.pack(LGWAN, isa_csv((number, number)))
    usb_stick.at_mount = failing(MediumIoError(detail="EIO"), "write", 2)
    with pytest.raises(MediumIoError):
        day.serve(LGWAN, usb_stick)
    assert day.served is not None
    assert what(day.served) == {**NOTHING, "written": [1]}
    assert day.books(LGWAN) == [("out", "approved", 2), ("out", "written", 1)]


def test_stick_that_stays_busy_is_never_safe(day: Day, usb_stick: Stick) -> None:
    day.pack(LGWAN, NOTICES)
    usb_stick.busy = True
    with pytest.raises(MediumBusyError):
        day.serve(LGWAN, usb_stick)
    assert day.served is not None
    assert what(day.served) == {**NOTHING, "written": [1]}
    assert day.states[-1] is MediumState.MEDIUM_BUSY
    assert SAFE not in day.states


def test_refused_bundle_ends_the_visit(day: Day, carried: Stick) -> None:
    day.pack(REGISTRY)
    (bundle,) = on(carried)
    path = layout.bundles_folder(carried.folder) / bundle / "part-0001.cob"
    flip(path)
    before = carried.calls.count("write")
    with pytest.raises(MediabridgeError) as refusal:
        day.serve(REGISTRY, carried)
    assert refusal.value.verdict is not None
    assert day.served is not None
    assert what(day.served) == {**NOTHING, "safe": True}
    # Whoever was told not to pull it out while it was read is told that it may go.
    assert day.states == [READY, READING, SAFE]
    assert carried.calls[-1] == "eject"
    assert carried.calls.count("write") == before
    assert day.books(REGISTRY) == [("out", "approved", 1)]


def test_half_copy_of_another_day_is_removed(day: Day, usb_stick: Stick) -> None:
    """It failed here, was written to another stick, and comes off when this one is back."""
    bundle = day.pack(LGWAN, NOTICES)
    usb_stick.at_mount = failing_to_read_back(usb_stick, MediumIoError(detail="EIO"))
    with pytest.raises(MediumIoError):
        day.serve(LGWAN, usb_stick)
    folder = layout.bundles_folder(usb_stick.folder) / bundle
    folder.rename(folder.with_name(half(bundle)))
    day.serve(LGWAN, day.stick(2))
    served = day.serve(LGWAN, usb_stick)
    assert what(served) == {**NOTHING, "cleaned": 1, "safe": True}
    assert served.cleaned == [bundle]
    # The half copy is gone; the bundle, which has no receipt yet, rides again.
    assert on(usb_stick) == [bundle]
    assert what(day.serve(LGWAN, usb_stick)) == {**NOTHING, "safe": True}


def test_folder_is_served_and_never_said_to_be_safe(day: Day) -> None:
    folder = day.world.root / "folder"
    (folder / layout.ROOT).mkdir(parents=True)
    stick = Stick(folder, None)
    day.pack(LGWAN, NOTICES)
    assert what(day.serve(LGWAN, stick)) == {**NOTHING, "written": [1]}
    assert SAFE not in day.states
    assert what(day.serve(REGISTRY, stick)) == {**NOTHING, "taken": [1]}


def test_missing_number_is_told_before_what_a_restored_station_waits_for(
    day: Day, usb_stick: Stick
) -> None:
    """Claim C92: what it waits for is kept here, and is taken when the number before it comes."""
    waiting = day.pack(REGISTRY)
    save(day.world, REGISTRY)
    for content in (NOTICES, None):
        day.pack(LGWAN, content)
        for side in (LGWAN, REGISTRY):
            day.serve(side, usb_stick)
        day.pack(REGISTRY)
        day.go_on(REGISTRY)
    day.serve(LGWAN, usb_stick)
    home = day.world.home(REGISTRY).root
    home.rename(home.with_name("lost"))
    bring_back(day.world, home=REGISTRY)
    day.pack(LGWAN)
    day.serve(LGWAN, usb_stick)
    with pytest.raises(BundleParkedError) as told:
        day.serve(REGISTRY, usb_stick)
    assert told.value.facts["missing"] == "1-2"
    with day.at(REGISTRY) as station:
        assert station.books.bundle(waiting).state is BundleState.APPROVED
        assert station.status().to_compare == [LGWAN]
