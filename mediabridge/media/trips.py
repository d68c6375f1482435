"""What the register says, as plain values: trips, copies on their way, health."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import unique
from typing import TYPE_CHECKING

from mediabridge.clock import from_rfc3339
from mediabridge.config import RETIRE_FULL_WRITES, RETIRE_IO_ERRORS, SLOW_RATIO
from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken

if TYPE_CHECKING:
    from mediabridge.bundle.medium import MediumIdentity


@unique
class ServiceState(Spoken):
    """Whether a medium may be used at all."""

    IN_SERVICE = "in-service", n_("in service")
    LOST = "lost", n_("reported lost")
    RETIRED = "retired", n_("out of service")


@dataclass(frozen=True)
class MediumRow:
    """One medium as this station knows it; None where only the other station knows.

    Speeds are bytes per second, times are RFC 3339.
    """

    medium: str
    device_sha256: str
    state: ServiceState
    state_at: str
    registered_at: str
    registered_by: str
    medium_sha256: str = ""
    capacity: int | None = None
    label: str | None = None
    vendor_id: str | None = None
    product_id: str | None = None
    vendor: str | None = None
    product: str | None = None
    serial: str | None = None
    filesystem: str | None = None
    filesystem_uuid: str | None = None
    directions: tuple[tuple[str, str], ...] = ()
    write_speed: int | None = None
    read_speed: int | None = None
    bytes_written: int = 0
    writes: int = 0
    last_write_speed: int | None = None
    last_read_speed: int | None = None
    io_errors: int = 0
    mismatches: int = 0
    pulled_out: int = 0
    repairs: int = 0
    mended: int = 0

    @classmethod
    def of(cls, identity: MediumIdentity, medium_sha256: str, device_sha256: str) -> MediumRow:
        """Return the row that an officer's statement on the medium amounts to."""
        return cls(
            medium=identity.medium,
            device_sha256=device_sha256,
            state=ServiceState.IN_SERVICE,
            state_at=identity.registered,
            registered_at=identity.registered,
            registered_by=identity.registered_by,
            medium_sha256=medium_sha256,
            capacity=identity.capacity,
            label=identity.label,
            vendor_id=identity.vendor_id,
            product_id=identity.product_id,
            vendor=identity.vendor,
            product=identity.product,
            serial=identity.serial,
            filesystem=identity.filesystem,
            filesystem_uuid=identity.filesystem_uuid,
            directions=tuple((each.sender, each.receiver) for each in identity.directions),
            write_speed=identity.write_speed,
            read_speed=identity.read_speed,
        )


@dataclass(frozen=True)
class Trip:
    """One journey of a medium: issued, carried, arrived, returned."""

    medium: str
    route_from: str
    route_to: str
    trip: int
    """Counted from 1 at the station where it begins; 0 while that is not known here."""

    holder: str | None = None
    issued_at: str | None = None
    planned_minutes: int | None = None
    handed_over_at: str | None = None
    arrived_at: str | None = None
    arrived_at_station: str | None = None
    returned_at: str | None = None
    bundles: tuple[str, ...] = ()

    @property
    def due(self) -> datetime | None:
        """When it should be over; None where nobody said."""
        if self.issued_at is None or self.planned_minutes is None:
            return None
        return from_rfc3339(self.issued_at) + timedelta(minutes=self.planned_minutes)

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether the medium should have been back before *now*."""
        return self.returned_at is None and self.due is not None and self.due < now

    @property
    def actual_minutes(self) -> int | None:
        """How long it took from issue to return; None while it is under way."""
        if self.issued_at is None or self.returned_at is None:
            return None
        taken = from_rfc3339(self.returned_at) - from_rfc3339(self.issued_at)
        return max(0, int(taken.total_seconds()) // 60)


@unique
class CarriageState(Spoken):
    """How far a copy got."""

    WRITING = "writing", n_("begun, not finished")
    WRITTEN = "written", n_("written and read back")
    FAILED = "failed", n_("failed")
    ERASED = "erased", n_("erased")

    @property
    def is_unfinished(self) -> bool:
        """Whether parts of the copy may be on the medium, and never the whole."""
        return self in {CarriageState.WRITING, CarriageState.FAILED}


@dataclass(frozen=True)
class Carriage:
    """One copy of a bundle on one medium, ``""`` for a folder that is no medium."""

    bundle: str
    medium: str
    state: CarriageState
    started_at: str
    finished_at: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Health:
    """Whether a medium should be taken out of service, and why."""

    recommend_retire: bool
    reasons: tuple[str, ...] = ()
    """Message ids, to be shown with :func:`mediabridge.locale.translate`."""


def health(row: MediumRow) -> Health:
    """Return what the numbers of a medium recommend; the decision is the officer's."""
    slow = row.write_speed and row.last_write_speed is not None
    full = row.capacity and row.bytes_written >= RETIRE_FULL_WRITES * row.capacity
    found = {
        n_("It writes at less than half the speed it had when it was registered."): slow
        and (row.last_write_speed or 0) < SLOW_RATIO * (row.write_speed or 0),
        n_("It gave back something else than was written."): row.mismatches > 0,
        n_("What it carried came damaged and had to be repaired."): row.mended > 0,
        n_("It failed several times while it was in use."): row.io_errors >= RETIRE_IO_ERRORS,
        n_("It has been written so often that it may soon wear out."): full,
    }
    reasons = tuple(msgid for msgid, applies in found.items() if applies)
    return Health(bool(reasons), reasons)
