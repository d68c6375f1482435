"""Registering a stick: an officer gives it its number and signs who it is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import ValidationError

from mediabridge.bundle import sshsig
from mediabridge.bundle.header import Route
from mediabridge.bundle.medium import MediumIdentity, medium_namespace
from mediabridge.config import FORMAT
from mediabridge.errors import FakeCapacityError, NoSerialError, ReadBackError, UsageError
from mediabridge.locale import text
from mediabridge.media import policy, probing
from mediabridge.media.device import UsbDevice
from mediabridge.media.emptiness import check_empty
from mediabridge.media.identity import read_identity, write_identity
from mediabridge.media.probing import Probe
from mediabridge.media.register import MediumRow, ServiceState
from mediabridge.media.slot import Slot
from mediabridge.media.states import MediumState
from mediabridge.stations.officers import registrar_of
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks.custody import registration_facts
from mediabridge.stations.sticks.visits import Visit, finish, note_flags, refuse, watched
from mediabridge.stations.timekeeping import note_doubt
from mediabridge.translog.events import Event, Fact
from mediabridge.trust.signers import Signer
from mediabridge.validation import field_problems


@dataclass(frozen=True)
class Enrolled:
    """A stick that has its number now."""

    row: MediumRow
    safe: bool
    """Whether it may be pulled out."""


def enrol(
    station: OpenStation,
    slot: Slot,
    number: str,
    label: str,
    officer: Signer,
    *,
    directions: Sequence[tuple[str, str]] = (),
    quick: bool = False,
    replacing: bool = False,
) -> Enrolled:
    """Try the stick in *slot*, register it as *number*, and switch it off.

    *quick* tries samples of it only.

    Raises:
        NotEmptyError: a full probe would leave too much of it out; nothing was written.
        FakeCapacityError: it keeps less than it claims.
        MediumError: it failed.
        UsageError: otherwise as :func:`check_new` and :func:`register_medium`.
    """
    check_new(station, slot, number, officer, replacing=replacing)
    found = _prove(station, slot, quick=quick)
    row = register_medium(
        station,
        slot,
        number,
        label,
        officer,
        directions=directions,
        capacity=found.capacity,
        write_speed=found.write_speed,
        read_speed=found.read_speed,
        probe="quick" if quick else "full",
        replacing=replacing,
    )
    return Enrolled(row, safe=finish(station, Visit(slot, number=row.medium)))


def check_new(
    station: OpenStation, slot: Slot, number: str, officer: Signer, *, replacing: bool = False
) -> UsbDevice:
    """Return the device in *slot* when *officer* may register it as *number*.

    To be asked before the stick is probed, which takes long and costs what is on it.

    Raises:
        SignerUnknownError, SignerRoleError: the key is not that of an officer.
        NoSerialError: the device cannot be told from its like.
        MediumError: it is no medium at all; the reason is its state.
        UsageError: a folder, or a number or device that is taken, and not *replacing*.
    """
    note_doubt(station)
    registrar_of(station, officer)
    device = slot.device
    if device is None:
        raise UsageError(detail=text("only a stick can be registered, a folder cannot"))
    seen = policy.judge_device(device)
    if seen is not None:
        refuse(station, slot, seen)
    if not device.serial:
        raise NoSerialError
    taken = _taken(station, device, number)
    if taken is not None and not replacing:
        raise UsageError(
            detail=text(
                "medium {medium} is another device, lost or out of service; --replace to go on",
                medium=taken.medium,
            )
        )
    return device


def register_medium(
    station: OpenStation,
    slot: Slot,
    number: str,
    label: str,
    officer: Signer,
    *,
    directions: Sequence[tuple[str, str]] = (),
    capacity: int,
    write_speed: float,
    read_speed: float,
    probe: str,
    replacing: bool = False,
) -> MediumRow:
    """Sign who the stick in *slot* is, put that on it, read it back, enter it.

    *capacity* is in bytes of the whole disk, speeds in bytes per second, as the *probe*
    (``full`` or ``quick``) found them. A number that is registered already is registered
    anew, as for a stick that was formatted again.

    Raises:
        FakeCapacityError: the stick keeps less than it claims.
        ReadBackError: it gave back something else; it is not registered.
        UsageError: number, label or directions do not fit; otherwise as :func:`check_new`.
    """
    device = check_new(station, slot, number, officer, replacing=replacing)
    claimed = sum(disk.size for disk in device.disks)
    if capacity != claimed:
        visit, facts = _unproven(station, slot)
        with watched(station, visit, None, **facts):
            raise FakeCapacityError(claimed=claimed, got=capacity)
    (volume,) = (volume for disk in device.disks for volume in disk.volumes)
    routes = [_route(station, pair) for pair in directions]
    try:
        identity = MediumIdentity.model_validate(
            {
                "format": FORMAT,
                "city": station.trust.city,
                "mode": station.trust.mode,
                "medium": number,
                "label": label,
                "vendor_id": device.vendor_id,
                "product_id": device.product_id,
                "vendor": _shown(device.vendor),
                "product": _shown(device.product),
                "serial": device.serial,
                "filesystem": volume.filesystem,
                "filesystem_uuid": volume.uuid,
                "capacity": capacity,
                "directions": tuple(routes),
                "write_speed": max(1, int(write_speed)),
                "read_speed": max(1, int(read_speed)),
                "probe": probe,
                "registered": station.now(),
                "registered_by": registrar_of(station, officer).name,
            }
        )
    except ValidationError as error:
        raise UsageError(detail=field_problems(error)) from None
    return _enter(station, slot, identity, officer)


def _prove(station: OpenStation, slot: Slot, *, quick: bool) -> Probe:
    """Try the stick in *slot* before it gets its number; log and show how it failed, if it did.

    Raises:
        NotEmptyError: a full probe would leave too much of it out; nothing was written.
        FakeCapacityError: it keeps less than it claims.
        MediumError: it failed.
    """
    visit, facts = _unproven(station, slot)
    note_flags(station, visit, **facts)
    if not quick:
        with watched(station, visit, None, **facts):
            check_empty(slot)
    with watched(station, visit, MediumState.WRITING, **facts):
        return probing.probe(slot, quick=quick, progress=station.progress)


def _enter(
    station: OpenStation, slot: Slot, identity: MediumIdentity, officer: Signer
) -> MediumRow:
    """Log, write to the stick, read back, and enter into the books, in this order."""
    data = identity.to_bytes()
    namespace = medium_namespace(station.trust.city)
    signature = sshsig.sign(data, namespace=namespace, signer=officer)
    row = _row(station, identity, hashlib.sha256(data).hexdigest(), slot.device)
    station.record(
        Event.MEDIUM_REGISTERED,
        actor=identity.registered_by,
        **registration_facts(row),
        capacity=identity.capacity,
    )
    visit = Visit(slot, identity)
    with watched(station, visit, MediumState.WRITING), slot.mounted(write=True) as folder:
        write_identity(folder, data, signature)
    with watched(station, visit, MediumState.CHECKING), slot.mounted() as folder:
        if read_identity(folder) != (data, signature):
            raise ReadBackError(name="medium.json")
    with station.books.transaction():
        station.books.media.put(row)
    return row


def _unproven(station: OpenStation, slot: Slot) -> tuple[Visit, dict[str, Fact]]:
    """Return the visit of a stick that is still to be proved, and what a log entry says of it.

    One that is registered anew fails under the number it has; only a new one has none.
    """
    if slot.device is None:
        return Visit(slot), {}
    digest, register = slot.device.sha256, station.books.media
    known = register.by_device(digest)
    bearer = register.row(known.medium) if known else None
    # A device that has lost its number to another one must not count against that one.
    number = bearer.medium if bearer and bearer.device_sha256 == digest else ""
    return Visit(slot, number=number), {"device_sha256": digest}


def _row(
    station: OpenStation, identity: MediumIdentity, digest: str, device: UsbDevice | None
) -> MediumRow:
    row = MediumRow.of(identity, digest, device.sha256 if device else "")
    before = station.books.media.row(identity.medium)
    if before is None or before.device_sha256 != row.device_sha256:
        return row
    # Wear stays with the device; its errors are answered by the probe it has just passed.
    return replace(
        row, bytes_written=before.bytes_written, writes=before.writes, repairs=before.repairs
    )


def _taken(station: OpenStation, device: UsbDevice, number: str) -> MediumRow | None:
    """Return the row that stands against this device under this number, if any."""
    register = station.books.media
    own, by_device = register.row(number), register.by_device(device.sha256)
    if own is not None and (
        own.device_sha256 != device.sha256 or own.state is not ServiceState.IN_SERVICE
    ):
        return own
    if by_device is not None and (
        by_device.medium != number or by_device.state is not ServiceState.IN_SERVICE
    ):
        return by_device
    return None


def _route(station: OpenStation, pair: tuple[str, str]) -> Route:
    sender, receiver = pair
    if station.trust.route(sender, receiver) is None:
        known = ", ".join(f"{each.sender}:{each.receiver}" for each in station.trust.routes)
        raise UsageError(detail=text("--route must be one of: {known}", known=known))
    return Route(sender=sender, receiver=receiver)


def _shown(name: str) -> str:
    """Return what a device calls itself without what could steer a screen."""
    return "".join(char for char in name if char.isprintable())[:128]
