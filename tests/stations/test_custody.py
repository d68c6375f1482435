"""Who has which stick: every step checked, logged, then entered."""

from pathlib import Path

import pytest
from stations.sticks import SIZE, Stick, Town, other, usb

from mediabridge.errors import (
    FakeCapacityError,
    MediaNotAllowedError,
    MediumNotedBeforeError,
    MediumNotOnTripError,
    MediumUnknownError,
    NoSerialError,
    NotStorageOnlyError,
    ReadBackError,
    SignerRoleError,
    UsageError,
)
from mediabridge.media.device import MASS_STORAGE, Interface
from mediabridge.media.identity import read_identity
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.sticks import custody, enrolling, losing
from mediabridge.stations.sticks.following import follow
from mediabridge.stations.sticks.visits import Visit
from mediabridge.translog.events import Event
from mediabridge.verify.medium import verify_identity

BUNDLE = "ab" * 16


def bundle(state: BundleState, *, sender: str, receiver: str, name: str = BUNDLE) -> BundleRow:
    direction = "in" if state is BundleState.TAKEN else "out"
    return BundleRow(
        name, direction, sender, receiver, 1, "00" * 32, "2026-11-25T00:00:00Z", state, 0, {}, ""
    )


def test_registered_stick_is_vouched_for(here: Town, stick: Stick) -> None:
    row = here.register(here.lgwan, stick, directions=[("lgwan-01", "registry-01")])
    found = read_identity(stick.folder)
    assert found is not None
    identity = verify_identity(*found, here.registry.trust)
    assert (identity.medium, identity.capacity, identity.serial) == ("USB-001", SIZE, "S-0001")
    assert here.lgwan.books.media.row("USB-001") == row
    entry = here.last(here.lgwan)
    assert entry.event is Event.MEDIUM_REGISTERED
    assert entry.actor == "officer-1"
    assert entry.facts == {
        "medium": "USB-001",
        "device_sha256": usb().sha256,
        "medium_sha256": row.medium_sha256,
        "capacity": SIZE,
    }


def test_only_officer_registers(here: Town, stick: Stick) -> None:
    with pytest.raises(SignerRoleError):
        enrolling.check_new(here.lgwan, stick, "USB-001", here.key("clerk-1"))
    assert list(stick.folder.iterdir()) == []


def test_only_the_officers_named_register(here: Town, stick: Stick) -> None:
    """Claim C67. Before the stick is probed; trust data that names nobody lets every officer."""
    trust = here.lgwan.trust
    here.lgwan.trust = trust.model_copy(update={"media_officers": ("officer-2",)})
    with pytest.raises(MediaNotAllowedError):
        enrolling.check_new(here.lgwan, stick, "USB-001", here.key("officer-1"))
    with pytest.raises(MediaNotAllowedError):
        here.register(here.lgwan, stick)
    assert list(stick.folder.iterdir()) == []
    here.lgwan.trust = trust.model_copy(update={"media_officers": ("officer-1",)})
    assert here.register(here.lgwan, stick).medium == "USB-001"


def test_stick_without_serial_refused(here: Town, stick: Stick) -> None:
    stick.device = usb("")
    with pytest.raises(NoSerialError):
        here.register(here.lgwan, stick)
    assert here.lgwan.books.media.is_empty()


def test_keyboard_refused(here: Town, stick: Stick) -> None:
    interfaces = (Interface(MASS_STORAGE), Interface(3))
    stick.device = other(usb(), interfaces=interfaces)
    with pytest.raises(NotStorageOnlyError):
        here.register(here.lgwan, stick)
    assert list(stick.folder.iterdir()) == []


def test_folder_cannot_be_registered(here: Town, stick: Stick) -> None:
    stick.device = None
    with pytest.raises(UsageError, match="only a stick"):
        here.register(here.lgwan, stick)


def test_fake_capacity_refused(here: Town, stick: Stick) -> None:
    with pytest.raises(FakeCapacityError):
        here.register(here.lgwan, stick, capacity=SIZE // 2)
    assert list(stick.folder.iterdir()) == []
    failed = here.last(here.lgwan)
    assert failed.event is Event.MEDIUM_FAILED
    assert failed.facts == {"device_sha256": usb().sha256, "reason": "FAKE_CAPACITY"}
    assert here.shown(here.lgwan)["state"] == "FAKE_CAPACITY"


@pytest.mark.parametrize("number", ["usb 1", "USB-20261125", ""])
def test_number_must_fit(here: Town, stick: Stick, number: str) -> None:
    with pytest.raises(UsageError):
        here.register(here.lgwan, stick, number)
    assert here.last(here.lgwan).event is Event.STATION_INITIALISED


def test_unknown_route_refused(here: Town, stick: Stick) -> None:
    with pytest.raises(UsageError, match="--route"):
        here.register(here.lgwan, stick, directions=[("lgwan-01", "moon")])


def test_lying_stick_is_not_registered(
    here: Town, stick: Stick, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C45."""
    monkeypatch.setattr(enrolling, "write_identity", lambda *_: None)
    with pytest.raises(ReadBackError):
        here.register(here.lgwan, stick)
    assert here.lgwan.books.media.is_empty()
    assert here.last(here.lgwan).event is Event.MEDIUM_FAILED


def test_number_of_other_device_needs_replace(here: Town, stick: Stick, tmp_path: Path) -> None:
    here.register(here.lgwan, stick)
    second = Stick(tmp_path, usb("S-0002"))
    with pytest.raises(UsageError, match="--replace"):
        here.register(here.lgwan, second)
    here.register(here.lgwan, second, replacing=True)
    register = here.lgwan.books.media
    former = register.by_device(usb().sha256)
    assert former is not None
    assert former.state == "retired"
    current = register.row("USB-001")
    assert current is not None
    assert current.device_sha256 == usb("S-0002").sha256


def test_device_keeps_one_number(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    with pytest.raises(UsageError, match="--replace"):
        here.register(here.lgwan, stick, "USB-002")


def test_formatted_again_is_registered_again(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    with here.lgwan.books.transaction():
        here.lgwan.books.media.note_written("USB-001", 1000, 5)
        here.lgwan.books.media.note_failed("USB-001", "IO_ERROR")
    stick.device = usb(uuid="FFFF-0000")
    row = here.register(here.lgwan, stick)
    assert (row.filesystem_uuid, row.bytes_written, row.io_errors) == ("FFFF-0000", 1000, 0)
    assert [each.event for each in here.log(here.lgwan)].count(Event.MEDIUM_REGISTERED) == 2


def test_lost_stick_needs_replace(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    losing.report_lost(here.lgwan, "USB-001", operator="clerk-1")
    with pytest.raises(UsageError, match="--replace"):
        here.register(here.lgwan, stick)
    assert here.register(here.lgwan, stick, replacing=True).state == "in-service"


def test_trip_from_issue_to_return(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    trip = custody.issue(here.lgwan, "USB-001", to="clerk-1", minutes=60)
    assert (trip.trip, trip.route_to, trip.holder) == (1, "registry-01", "clerk-1")
    here.clock.move(10)
    custody.hand_over(here.lgwan, "USB-001", to="officer-1")
    with here.lgwan.books.transaction():
        here.lgwan.books.media.bind_bundle("USB-001", BUNDLE)
    here.clock.move(80)
    assert here.lgwan.books.media.overdue(here.clock.now())[0].holder == "officer-1"
    done = custody.give_back(here.lgwan, "USB-001", operator="clerk-1")
    assert done.actual_minutes == 90
    assert here.lgwan.books.media.overdue(here.clock.now()) == []
    entries = here.log(here.lgwan)[-3:]
    assert [each.event for each in entries] == [
        Event.MEDIUM_ISSUED,
        Event.MEDIUM_HANDED_OVER,
        Event.MEDIUM_RETURNED,
    ]
    assert entries[0].facts["planned_minutes"] == 60
    assert entries[2].facts["bundles"] == [BUNDLE]
    assert custody.issue(here.lgwan, "USB-001", to="clerk-1").trip == 2


def test_second_issue_names_open_trip(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    custody.issue(here.lgwan, "USB-001", to="clerk-1")
    with pytest.raises(UsageError, match="trip 1 to registry-01, with clerk-1"):
        custody.issue(here.lgwan, "USB-001", to="clerk-1")


@pytest.mark.parametrize(
    "given",
    [
        {"to": "nobody"},
        {"to": "clerk-1", "route": ("registry-01", "lgwan-01")},
        {"to": "clerk-1", "minutes": 0},
        {"to": "clerk-1", "minutes": 10**9},
    ],
)
def test_impossible_issue_refused(here: Town, stick: Stick, given: dict[str, object]) -> None:
    here.register(here.lgwan, stick)
    before = here.log(here.lgwan)
    with pytest.raises(UsageError):
        custody.issue(here.lgwan, "USB-001", **given)  # type: ignore[arg-type]
    assert here.log(here.lgwan) == before
    assert here.lgwan.books.media.trips("USB-001") == []


def test_no_step_without_trip(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    with pytest.raises(MediumNotOnTripError, match="no trip"):
        custody.give_back(here.lgwan, "USB-001", operator="clerk-1")
    with pytest.raises(MediumUnknownError, match="no medium"):
        custody.arrive(here.lgwan, "USB-009", operator="clerk-1")


def test_lost_names_what_was_on_it(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    books = here.lgwan.books
    route = {"sender": "lgwan-01", "receiver": "registry-01"}
    with books.transaction():
        books.add_bundle(bundle(BundleState.WRITTEN, **route))
        books.media.begin_carriage(BUNDLE, "USB-001", here.lgwan.now())
        books.media.finish_carriage(BUNDLE, "USB-001", here.lgwan.now())
        books.media.begin_carriage("cd" * 16, "USB-001", here.lgwan.now())
        books.media.erase_carriage("cd" * 16, "USB-001", here.lgwan.now())
    report = losing.report_lost(here.lgwan, "USB-001", operator="clerk-1")
    assert [(each.bundle, each.received) for each in report.bundles] == [(BUNDLE, False)]
    entry = here.last(here.lgwan)
    assert (entry.event, entry.facts["bundles"]) == (Event.MEDIUM_LOST, [BUNDLE])
    with pytest.raises(MediumNotedBeforeError, match="before"):
        losing.report_lost(here.lgwan, "USB-001", operator="clerk-1")
    with pytest.raises(MediumNotedBeforeError, match="lost or out of service"):
        custody.issue(here.lgwan, "USB-001", to="clerk-1")


def test_retiring_needs_officer(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    with pytest.raises(SignerRoleError):
        custody.retire(here.lgwan, "USB-001", here.key("clerk-1"))
    assert custody.retire(here.lgwan, "USB-001", here.key("officer-1")).state == "retired"


def brought(here: Town, stick: Stick) -> Visit:
    """Return the visit of a stick from which a bundle of the LGWAN station was taken."""
    (stick.folder / "MEDIABRIDGE/bundles" / BUNDLE).mkdir(parents=True)
    row = bundle(BundleState.TAKEN, sender="lgwan-01", receiver="registry-01")
    with here.registry.books.transaction():
        here.registry.books.add_bundle(row)
    found = read_identity(stick.folder)
    assert found is not None
    return Visit(stick, verify_identity(*found, here.registry.trust))


def test_unannounced_arrival_gets_its_number_later(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    visit = brought(here, stick)
    custody.note_arrival(here.registry, visit, operator="clerk-1")
    custody.note_arrival(here.registry, visit, operator="clerk-1")
    (early,) = here.registry.books.media.trips("USB-001")
    assert (early.trip, early.bundles) == (0, (BUNDLE,))
    assert [each.event for each in here.log(here.registry)].count(Event.MEDIUM_ARRIVED) == 1
    custody.issue(here.lgwan, "USB-001", to="clerk-1")
    here.carry_log(here.lgwan, here.registry)
    follow(here.registry, "lgwan-01")
    (trip,) = here.registry.books.media.trips("USB-001")
    assert (trip.trip, trip.holder, trip.bundles) == (1, "clerk-1", (BUNDLE,))
    assert trip.arrived_at_station == "registry-01"
    here.carry_log(here.registry, here.lgwan)
    follow(here.lgwan, "registry-01")
    (own,) = here.lgwan.books.media.trips("USB-001")
    assert own.arrived_at_station == "registry-01"
    custody.note_arrival(here.lgwan, visit, operator="clerk-1")
    assert here.lgwan.books.media.open_trip("USB-001") is None
