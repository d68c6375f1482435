"""What the other station's log says about media becomes this station's register."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from stations.sticks import SIZE, Stick, Town, event, usb

from mediabridge.media.register import MediaRegister, ServiceState
from mediabridge.stations.books import Books
from mediabridge.stations.sticks import custody, following, losing
from mediabridge.translog.events import Event
from tests.owners import LGWAN_01

OLD, NEW = "11" * 32, "22" * 32
FIRST, SECOND = "aa" * 32, "bb" * 32


@pytest.fixture
def register(tmp_path: Path) -> Iterator[MediaRegister]:
    books = Books(tmp_path / "station.db", LGWAN_01)
    yield books.media
    books.close()


def registered(register: MediaRegister, at: str, digest: str = OLD, device: str = FIRST) -> None:
    facts = {"device_sha256": device, "medium_sha256": digest, "capacity": SIZE}
    entry = event(Event.MEDIUM_REGISTERED, at, medium="USB-001", **facts)
    following.apply_entry(register, entry)


def lost(register: MediaRegister, at: str, digest: str = OLD, device: str = FIRST) -> None:
    facts = {"device_sha256": device, "medium_sha256": digest}
    following.apply_entry(register, event(Event.MEDIUM_LOST, at, medium="USB-001", **facts))


def state(register: MediaRegister, device: str = FIRST) -> str | None:
    row = register.by_device(device)
    return row.state if row else None


def test_registration_is_learnt(register: MediaRegister) -> None:
    registered(register, "2026-11-25T01:00:00Z")
    row = register.row("USB-001")
    assert row is not None
    assert (row.device_sha256, row.capacity, row.label) == (FIRST, SIZE, None)
    assert row.registered_by == "officer-1"


def test_loss_is_learnt_and_stays(register: MediaRegister) -> None:
    """Claim C50. Lost at one station, lost at the other."""
    registered(register, "2026-11-25T01:00:00Z")
    lost(register, "2026-11-25T02:00:00Z")
    registered(register, "2026-11-25T01:00:00Z")
    assert state(register) == "lost"


def test_newer_registration_ends_loss(register: MediaRegister) -> None:
    registered(register, "2026-11-25T01:00:00Z")
    lost(register, "2026-11-25T02:00:00Z")
    registered(register, "2026-11-25T03:00:00Z", NEW)
    assert state(register) == "in-service"
    lost(register, "2026-11-25T02:30:00Z", OLD)
    assert state(register) == "in-service"


def test_slow_clock_does_not_hide_loss(register: MediaRegister) -> None:
    registered(register, "2026-11-25T05:00:00Z")
    lost(register, "2026-11-25T04:00:00Z")
    assert state(register) == "lost"


def test_loss_of_unknown_medium_counts(register: MediaRegister) -> None:
    lost(register, "2026-11-25T02:00:00Z")
    assert state(register) == "lost"


def test_former_device_stays_refused(register: MediaRegister) -> None:
    registered(register, "2026-11-25T01:00:00Z")
    registered(register, "2026-11-25T02:00:00Z", NEW, SECOND)
    assert (state(register, FIRST), state(register, SECOND)) == ("retired", "in-service")
    lost(register, "2026-11-25T03:00:00Z", OLD, FIRST)
    assert (state(register, FIRST), state(register, SECOND)) == ("lost", "in-service")


def test_trip_of_somebody_else_not_believed(register: MediaRegister) -> None:
    facts = {"trip": 1, "route_from": "registry-01", "route_to": "lgwan-01", "holder": "clerk-1"}
    entry = event(Event.MEDIUM_ISSUED, "2026-11-25T01:00:00Z", medium="USB-001", **facts)
    following.apply_entry(register, entry)
    assert register.trips("USB-001") == []


@pytest.mark.parametrize(
    "kind", [each for each in Event if each.value.startswith("medium-")], ids=str
)
def test_bare_entry_is_harmless(register: MediaRegister, kind: Event) -> None:
    following.apply_entry(register, event(kind, "2026-11-25T01:00:00Z"))
    following.apply_entry(register, event(kind, "2026-11-25T01:00:00Z", medium="USB-001"))
    assert len(register.all()) <= 1


def test_everything_travels_once(here: Town, tmp_path: Path) -> None:
    here.register(here.lgwan, Stick(tmp_path))
    custody.issue(here.lgwan, "USB-001", to="clerk-1", minutes=30)
    custody.hand_over(here.lgwan, "USB-001", to="officer-1")
    here.carry_log(here.lgwan, here.registry)
    following.follow(here.registry, "lgwan-01")
    register = here.registry.books.media
    trip = register.open_trip("USB-001")
    assert trip is not None
    assert (trip.trip, trip.holder, trip.planned_minutes) == (1, "officer-1", 30)
    with here.registry.books.transaction():
        register.set_state("USB-001", ServiceState.RETIRED, here.registry.now())
    following.follow(here.registry, "lgwan-01")
    following.follow_all(here.registry)
    assert state(register, usb().sha256) == "retired"
    assert here.registry.books.fact("followed-lgwan-01") == here.lgwan.log.size()


def test_death_before_following_loses_nothing(
    here: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.register(here.lgwan, Stick(tmp_path))
    losing.report_lost(here.lgwan, "USB-001", operator="clerk-1")
    here.carry_log(here.lgwan, here.registry)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(type(here.registry.books), "set_fact", dies)
        with pytest.raises(KeyboardInterrupt):
            following.follow(here.registry, "lgwan-01")
    assert here.registry.books.media.is_empty()
    following.follow_all(here.registry)
    assert state(here.registry.books.media, usb().sha256) == "lost"
