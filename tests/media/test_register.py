"""The register of media in the station's books."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mediabridge.config import MIB, RETIRE_FULL_WRITES, RETIRE_IO_ERRORS
from mediabridge.media.register import (
    CarriageState,
    MediaRegister,
    MediumRow,
    ServiceState,
    Trip,
    health,
)
from mediabridge.stations.books import Books
from tests.owners import LGWAN_01

AT = "2026-11-25T00:00:00Z"
ROW = MediumRow(
    "USB-001", "aa" * 32, ServiceState.IN_SERVICE, AT, AT, "officer-1", "bb" * 32, 100 * MIB,
    label="住民課", serial="S-1", directions=(("lgwan-01", "registry-01"),), write_speed=20 * MIB,
)  # fmt: skip
TRIP = Trip("USB-001", "lgwan-01", "registry-01", 1, "clerk-1", AT, 60)
BUNDLE = "ab" * 16


@pytest.fixture
def register(tmp_path: Path) -> Iterator[MediaRegister]:
    books = Books(tmp_path / "station.db", LGWAN_01)
    yield books.media
    books.close()


def test_row_comes_back(register: MediaRegister) -> None:
    register.put(ROW)
    assert register.row("USB-001") == register.by_device("aa" * 32) == ROW
    assert register.all() == [ROW]
    assert not register.is_empty()
    assert register.row("USB-002") is None


def test_device_in_service_comes_first(register: MediaRegister) -> None:
    register.put(replace(ROW, medium="USB-009", state=ServiceState.LOST))
    register.put(ROW)
    found = register.by_device("aa" * 32)
    assert found is not None
    assert found.medium == "USB-001"


def test_lost_device_stays_lost_when_number_moves(register: MediaRegister) -> None:
    register.put(replace(ROW, state=ServiceState.LOST))
    register.put(replace(ROW, device_sha256="cc" * 32))
    found = register.by_device("aa" * 32)
    assert found is not None
    assert (found.medium, found.state) == ("USB-001", "lost")
    register.put(ROW)
    assert register.by_device("aa" * 32) == ROW


def test_failures_counted_by_kind(register: MediaRegister) -> None:
    register.put(ROW)
    for reason in ("IO_ERROR", "IO_ERROR", "READ_BACK_MISMATCH", "PULLED_OUT", "FULL"):
        register.note_failed("USB-001", reason)
    register.note_repair("USB-001")
    row = register.row("USB-001")
    assert row is not None
    assert (row.io_errors, row.mismatches, row.pulled_out, row.repairs) == (2, 1, 1, 1)


def test_small_copy_measures_no_speed(register: MediaRegister) -> None:
    register.put(ROW)
    register.note_written("USB-001", 50 * MIB, 9.5 * MIB)
    register.note_written("USB-001", 1000, 3.0)
    register.note_read("USB-001", 7.9)
    row = register.row("USB-001")
    assert row is not None
    assert (row.bytes_written, row.writes) == (50 * MIB + 1000, 2)
    assert (row.last_write_speed, row.last_read_speed) == (int(9.5 * MIB), 7)


def test_healthy_medium_stays() -> None:
    assert not health(ROW).recommend_retire
    assert not health(replace(ROW, last_write_speed=10 * MIB, io_errors=2)).recommend_retire
    assert not health(MediumRow("A", "", ServiceState.IN_SERVICE, AT, AT, "x")).recommend_retire


@pytest.mark.parametrize(
    "changed",
    [
        replace(ROW, last_write_speed=10 * MIB - 1),
        replace(ROW, mismatches=1),
        replace(ROW, io_errors=RETIRE_IO_ERRORS),
        replace(ROW, bytes_written=RETIRE_FULL_WRITES * 100 * MIB),
    ],
)
def test_worn_medium_should_go(changed: MediumRow) -> None:
    found = health(changed)
    assert found.recommend_retire
    assert len(found.reasons) == 1


def test_trip_is_overdue_until_returned(register: MediaRegister) -> None:
    register.put(ROW)
    register.put_trip(TRIP)
    early, late = (datetime(2026, 11, 25, hour, 0, 1, tzinfo=UTC) for hour in (0, 1))
    assert register.overdue(early) == []
    assert register.overdue(late) == [TRIP]
    done = replace(TRIP, returned_at="2026-11-25T02:30:59Z")
    register.put_trip(done)
    assert register.overdue(late) == []
    assert (register.open_trip("USB-001"), done.actual_minutes) == (None, 150)
    assert register.next_trip("USB-001", "lgwan-01") == 2
    assert register.next_trip("USB-001", "registry-01") == 1


def test_lost_medium_is_not_overdue(register: MediaRegister) -> None:
    register.put(ROW)
    register.put_trip(TRIP)
    register.set_state("USB-001", ServiceState.LOST, AT)
    assert register.overdue(datetime(2027, 1, 1, tzinfo=UTC)) == []


def test_bundle_bound_once(register: MediaRegister) -> None:
    register.bind_bundle("USB-001", BUNDLE)
    register.put_trip(TRIP)
    register.bind_bundle("USB-001", BUNDLE)
    register.bind_bundle("USB-001", BUNDLE)
    (trip,) = register.trips("USB-001")
    assert trip.bundles == (BUNDLE,)


def test_carriage_goes_through_its_states(register: MediaRegister) -> None:
    register.begin_carriage(BUNDLE, "USB-001", AT)
    register.begin_carriage(BUNDLE, "", AT)
    assert len(register.carriages(bundle=BUNDLE, state=CarriageState.WRITING)) == 2
    register.fail_carriage(BUNDLE, "USB-001", AT, "PULLED_OUT")
    (failed,) = register.carriages(medium="USB-001")
    assert (failed.state, failed.reason) == ("failed", "PULLED_OUT")
    register.begin_carriage(BUNDLE, "USB-001", AT)
    register.finish_carriage(BUNDLE, "USB-001", AT)
    (written,) = register.carriages(medium="USB-001")
    assert (written.state, written.reason) == ("written", None)
    register.erase_carriage(BUNDLE, "USB-001", AT)
    assert [each.state for each in register.carriages(medium="USB-001")] == ["erased"]
