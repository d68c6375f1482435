"""Where the stick is: the one that is plugged in, or the one in the folder that was named."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from mediabridge.errors import (
    MediaServiceError,
    NoMediumError,
    OwnDiskError,
    SeveralMediaError,
)
from mediabridge.locale import text
from mediabridge.media import detect, given
from mediabridge.media.device import UsbDevice
from mediabridge.media.slot import FolderSlot, Slot
from mediabridge.media.udisks import UDisks
from mediabridge.media.usb import UsbSlot
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks import choosing, visits
from mediabridge.stations.sticks.visits import Visit

Agreed = Callable[[Path], bool]
"""Asked whether this folder of the station's own disk is to pose as a medium."""


def slots_for(devices: Iterable[UsbDevice]) -> list[Slot]:
    """Return a slot for each device that holds a disk, over the system's media service.

    Whether there is such a service shows when a slot is used.
    """
    found = [device for device in devices if device.has_storage]
    client = UDisks() if found else None
    return [UsbSlot(device, client) for device in found if client is not None]


def the_slot(medium: Path | None, home: Path | None = None) -> Slot:
    """Return the slot to register or measure: the named folder's stick, or the only one there is.

    A folder on the disk of the station in *home* is a folder, even where that disk is on USB.

    Raises:
        NoMediumError, SeveralMediaError: not exactly one stick is plugged in.
    """
    slots = _named(medium, home, lambda _folder: True) if medium else _plugged_in()
    if not slots:
        raise NoMediumError(detail=text("nothing is plugged in"))
    if len(slots) > 1:
        raise SeveralMediaError(count=len(slots))
    return slots[0]


def the_visit(station: OpenStation, medium: Path | None, *, agreed: Agreed) -> Visit:
    """Return the stick to use, recognised: the one that is ready, or the one named.

    Raises:
        OwnDiskError: the folder that was named is on the station's own disk, and that was
            not *agreed* to.
        MediumError: no stick may be used; the reason says why.
    """
    if medium is None:
        return choosing.choose(station, _plugged_in())
    (slot,) = _named(medium, station.home.root, agreed)
    return visits.recognise(station, slot)


def _plugged_in() -> list[Slot]:
    return slots_for(detect.devices())


def _named(medium: Path, home: Path | None, agreed: Agreed) -> list[Slot]:
    """Return the slot of the folder that was named: the stick mounted there, or the folder."""
    folder = given.folder_at(medium)
    if home is not None and given.lies_at_home(folder, home):
        if not agreed(folder):
            raise OwnDiskError(name=folder.name)
        # Even if that is a USB disk: the one this machine runs from is not let go.
        return [FolderSlot(folder)]
    try:
        device = detect.device_of(folder)
        if device is not None:
            UDisks().check()
    except MediaServiceError:
        # A machine without udev or udisks2: whoever mounted the folder answers for it.
        device = None
    return slots_for([device]) if device else [FolderSlot(folder)]
