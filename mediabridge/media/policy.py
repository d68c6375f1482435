"""Whether a stick may be used here, now, for this: one pure decision, in a fixed order.

1. the whole USB device: a disk and nothing else (BadUSB is never mounted);
2. the disk: one volume with a file system that media may have;
3. the lists of lost and retired sticks, by number and by the device's own identity;
4. who it is: medium.json, signed by an officer, and the device it speaks of;
5. the direction, the write protection, the trip.

Steps 1 and 2 need no mount. The rest needs what :mod:`mediabridge.media.identity`
read from the mounted medium, and what the register of this station knows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from mediabridge.bundle.medium import MediumIdentity
from mediabridge.locale import n_, text, translate
from mediabridge.media.device import FILESYSTEMS, HUB, MASS_STORAGE, Disk, UsbDevice
from mediabridge.media.states import MediumState, StateReport, report
from mediabridge.media.trips import MediumRow, ServiceState, Trip

OTHER_FUNCTIONS: Final = {
    0x01: n_("sound"),
    0x02: n_("a modem"),
    0x03: n_("a keyboard or mouse"),
    0x06: n_("a camera"),
    0x07: n_("a printer"),
    HUB: n_("a hub"),
    0x0A: n_("a network"),
    0x0B: n_("a card reader"),
    0x0E: n_("video"),
    0xE0: n_("a radio"),
}
"""What a USB interface class is called; codes of USB-IF."""


class Known(Protocol):
    """What this station knows of media: its register, or whatever answers like it."""

    def row(self, medium: str) -> MediumRow | None:
        """Return the medium of this number, or None."""

    def by_device(self, device_sha256: str) -> MediumRow | None:
        """Return the medium that is this device, or was it, or None."""

    def open_trip(self, medium: str) -> Trip | None:
        """Return the trip the medium is on, or None."""


@dataclass(frozen=True)
class Use:
    """What the stick shall be used for."""

    writes: bool = False
    receiver: str = ""
    """Where what is carried is going; empty while nobody knows yet."""

    sender: str = ""
    """Where it comes from; empty for any sender."""


def judge_device(device: UsbDevice) -> StateReport | None:
    """Judge what can be seen without mounting; None when there is nothing against it."""
    if not device.is_storage_only:
        return report(MediumState.NOT_STORAGE_ONLY, detail=_functions(device))
    disks = [disk for disk in device.disks if disk.size]
    if len(disks) != 1:
        detail = text("it holds {count} disks, it should be one", count=len(disks))
        return report(MediumState.BAD_FILESYSTEM, detail=detail)
    problem = _volume_problem(disks[0])
    return report(MediumState.BAD_FILESYSTEM, detail=problem) if problem else None


def judge_copies(device: UsbDevice, others: Sequence[UsbDevice], known: str) -> StateReport | None:
    """Refuse two devices of the same identity: one of them is a copy of medium *known*."""
    twins = [each for each in others if each.path != device.path and each.sha256 == device.sha256]
    return report(MediumState.SERIAL_COPIED, medium=known) if twins and device.serial else None


def judge_medium(
    device: UsbDevice | None,
    identity: MediumIdentity | None,
    problem: str,
    register: Known,
) -> StateReport:
    """Judge who the stick is; ``READY`` when it is the registered one it says it is.

    *problem* says why *identity* is None although there is a medium.json. Without a
    *device*, where only a folder is known, the statement itself has to do.
    """
    row = _row_of(device, identity, register)
    listed = _judge_lists(row)
    if listed is not None:
        return listed
    if identity is None:
        return _judge_without_identity(device, problem, row)
    if device is not None:
        copied = _judge_copy(device, identity)
        if copied is not None:
            return copied
    return report(MediumState.READY, medium=identity.medium)


def judge_use(
    identity: MediumIdentity | None, device: UsbDevice | None, use: Use
) -> StateReport | None:
    """Judge whether a recognised stick may be used for *use*; None when it may."""
    medium = identity.medium if identity else ""
    if identity is not None and not _may_go(identity, use):
        detail = text("to {receiver}", receiver=use.receiver)
        return report(MediumState.WRONG_DIRECTION, medium=medium, detail=detail)
    if use.writes and device is not None and any(disk.read_only for disk in device.disks):
        return report(MediumState.READ_ONLY, medium=medium)
    return None


def judge_trip(register: Known, medium: str, now: datetime) -> StateReport | None:
    """Say that a usable stick is overdue; None when it is not."""
    trip = register.open_trip(medium)
    late = trip is not None and trip.is_overdue(now)
    return report(MediumState.OVERDUE, medium=medium) if late else None


def first(*judgements: Callable[[], StateReport | None]) -> StateReport | None:
    """Return the first judgement that has something to say; later ones are not made."""
    return next((found for judge in judgements if (found := judge()) is not None), None)


def _may_go(identity: MediumIdentity, use: Use) -> bool:
    """Tell whether the officer allowed the direction; none named means every one."""
    fitting = [
        each
        for each in identity.directions
        if each.receiver == use.receiver and use.sender in {"", each.sender}
    ]
    return not use.receiver or not identity.directions or bool(fitting)


def _functions(device: UsbDevice) -> str:
    others = {each.usb_class for each in device.interfaces if each.usb_class != MASS_STORAGE}
    names = [OTHER_FUNCTIONS.get(each, n_("something unknown")) for each in sorted(others)]
    return ", ".join(dict.fromkeys(translate(name) for name in names)) or text("no disk")


def _volume_problem(disk: Disk) -> str:
    """Say why the disk has not exactly one volume that can be used, or return nothing."""
    if not disk.volumes:
        return text("it is not formatted")
    if len(disk.volumes) > 1:
        return text("it has {count} partitions, it should be one", count=len(disk.volumes))
    found = disk.volumes[0].filesystem
    if not found:
        return text("it is not formatted, or its file system is damaged")
    if found not in FILESYSTEMS:
        known = ", ".join(sorted(FILESYSTEMS))
        return text(
            "it is formatted as {got}, it should be one of {wanted}", got=found, wanted=known
        )
    return ""


def _row_of(
    device: UsbDevice | None, identity: MediumIdentity | None, register: Known
) -> MediumRow | None:
    """Return the register's row of the stick; the device's own identity counts first."""
    row = register.by_device(device.sha256) if device is not None and device.serial else None
    return row or (register.row(identity.medium) if identity else None)


def _judge_lists(row: MediumRow | None) -> StateReport | None:
    if row is not None and row.state is ServiceState.LOST:
        return report(MediumState.REPORTED_LOST, medium=row.medium)
    if row is not None and row.state is ServiceState.RETIRED:
        return report(MediumState.RETIRED, medium=row.medium)
    return None


def _judge_without_identity(
    device: UsbDevice | None, problem: str, row: MediumRow | None
) -> StateReport:
    if row is None or device is None:
        return report(MediumState.UNREGISTERED, detail=problem)
    if row.capacity and row.capacity != _capacity(device):
        return report(MediumState.SERIAL_COPIED, medium=row.medium)
    return report(MediumState.REFORMATTED, medium=row.medium)


def _judge_copy(device: UsbDevice, identity: MediumIdentity) -> StateReport | None:
    """Compare the device with the one that the officer signed for."""
    medium = identity.medium
    signed = (identity.vendor_id, identity.product_id, identity.serial)
    if (device.vendor_id, device.product_id, device.serial) != signed:
        return report(MediumState.IDENTITY_COPIED, medium=medium)
    if _capacity(device) != identity.capacity:
        return report(MediumState.SERIAL_COPIED, medium=medium)
    volumes = [volume for disk in device.disks for volume in disk.volumes]
    now = [(volume.filesystem, volume.uuid) for volume in volumes]
    if now != [(identity.filesystem, identity.filesystem_uuid)]:
        return report(MediumState.REFORMATTED, medium=medium)
    return None


def _capacity(device: UsbDevice) -> int:
    return sum(disk.size for disk in device.disks)
