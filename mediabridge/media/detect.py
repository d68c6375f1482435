"""What is plugged in, asked of udev: whole USB devices, as values.

Events only say that something changed: a removal has lost its USB properties and may be
the end of anything, as the rig has shown. So what is plugged in is always enumerated anew, and
two enumerations are compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from mediabridge.config import LIMITS
from mediabridge.errors import MediaServiceError
from mediabridge.locale import text
from mediabridge.media.device import HUB, Disk, Interface, UsbDevice, Volume

if TYPE_CHECKING:
    import pyudev

_SECTOR: Final = 512
"""Unit of the kernel's ``size`` attribute, whatever the disk's own sectors are."""

_ESCAPE: Final = re.compile(r"\\x([0-9a-f]{2})")
_LONGEST: Final = 126
"""Characters in a USB string (USB 2.0, 9.6.7); a longer one is not one."""


@dataclass(frozen=True)
class UsbBus:
    """All USB devices but hubs: those with storage, and the others."""

    media: tuple[UsbDevice, ...]
    others: tuple[UsbDevice, ...]
    empty: tuple[UsbDevice, ...] = ()
    """Storage that holds no disk: a card reader without a card is no medium, nor a faulty one.

    A stick whose disk is still on its way looks the same, so whoever watches waits for these.
    """

    @classmethod
    def of(cls, devices: Iterable[UsbDevice]) -> Self:
        """Tell the media among *devices* from all else."""
        media: list[UsbDevice] = []
        others: list[UsbDevice] = []
        empty: list[UsbDevice] = []
        for each in devices:
            if each.is_empty:
                empty.append(each)
            else:
                (media if each.has_storage or each.disks else others).append(each)
        return cls(tuple(media), tuple(others), tuple(empty))


def devices() -> tuple[UsbDevice, ...]:
    """Return every USB device that offers storage, but those that hold no disk and are no more.

    Raises:
        MediaServiceError: this machine has no udev.
    """
    return bus(context()).media


def context() -> pyudev.Context:
    """Return the connection to udev.

    Raises:
        MediaServiceError: this machine has no udev.
    """
    try:
        import pyudev  # noqa: PLC0415 - needs libudev, which a machine without media may lack

        return pyudev.Context()
    except ImportError as error:
        raise MediaServiceError(detail=text("udev is missing")) from error


def bus(udev: Any) -> UsbBus:
    """Return what is plugged in now; *udev* is a ``pyudev.Context``."""
    disks = _disks_by_device(udev)
    found = [
        _device(each, disks.get(each.sys_path, ()))
        for each in udev.list_devices(subsystem="usb", DEVTYPE="usb_device")
    ]
    known = sorted((each for each in found if not _is_hub(each)), key=lambda each: each.path)
    return UsbBus.of(known)


def device_of(folder: Path) -> UsbDevice | None:
    """Return the USB device that *folder* lies on; None for anything that is not on USB.

    Raises:
        MediaServiceError: this machine has no udev.
    """
    udev = context()
    number = folder.stat().st_dev
    for device in bus(udev).media:
        nodes = [volume.node for disk in device.disks for volume in disk.volumes]
        if any(_number_of(node) == number for node in nodes):
            return device
    return None


def _number_of(node: str) -> int | None:
    try:
        return Path(node).stat().st_rdev
    except OSError:
        return None


def _is_hub(device: UsbDevice) -> bool:
    return bool(device.interfaces) and all(each.usb_class == HUB for each in device.interfaces)


def _disks_by_device(udev: Any) -> dict[str, tuple[Disk, ...]]:
    """Return the disks below each USB device, by the device's folder in /sys."""
    found: dict[str, list[Disk]] = {}
    for disk in udev.list_devices(subsystem="block", DEVTYPE="disk"):
        parent = disk.find_parent("usb", "usb_device")
        if parent is not None:
            found.setdefault(parent.sys_path, []).append(_disk(disk))
    return {path: tuple(sorted(each, key=lambda disk: disk.node)) for path, each in found.items()}


def _device(device: Any, disks: tuple[Disk, ...]) -> UsbDevice:
    return UsbDevice(
        path=device.sys_path,
        vendor_id=_string(device, "idVendor"),
        product_id=_string(device, "idProduct"),
        vendor=_string(device, "manufacturer"),
        product=_string(device, "product"),
        serial=_string(device, "serial"),
        interfaces=tuple(_interfaces(device)),
        disks=disks,
    )


def _interfaces(device: Any) -> Iterator[Interface]:
    """Yield every function the device offers now, whether a driver took it or not."""
    for child in device.children:
        if (child.subsystem, child.device_type) != ("usb", "usb_interface"):
            continue
        # Behind a hub inside the device there are devices of their own. What is just being pulled
        # out may have lost its parent: it counts, rather than that a keyboard would be overlooked.
        parent = child.find_parent("usb", "usb_device")
        if parent is None or parent.sys_path == device.sys_path:
            codes = ("bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol")
            yield Interface(*(_hex(child, code) for code in codes))


def _disk(device: Any) -> Disk:
    return Disk(
        node=device.device_node or "",
        sequence=_whole(device, "diskseq"),
        size=_whole(device, "size") * _SECTOR,
        read_only=_whole(device, "ro") == 1,
        volumes=tuple(sorted(_volumes(device), key=lambda volume: volume.node)),
    )


def _volumes(disk: Any) -> Iterator[Volume]:
    partitions = [each for each in disk.children if each.device_type == "partition"]
    if partitions:
        yield from (_volume(each) for each in partitions)
    elif disk.properties.get("ID_FS_TYPE"):
        yield _volume(disk)


def _volume(device: Any) -> Volume:
    properties = device.properties
    return Volume(
        node=device.device_node or "",
        size=_whole(device, "size") * _SECTOR,
        filesystem=properties.get("ID_FS_TYPE", ""),
        uuid=properties.get("ID_FS_UUID", ""),
        label=_decoded(properties.get("ID_FS_LABEL_ENC", "")),
    )


def _decoded(label: str) -> str:
    r"""Return what udev's ``\xNN`` stands for; what is no UTF-8 stays escaped."""
    raw = _ESCAPE.sub(lambda found: chr(0xDC00 + int(found[1], 16)), label)
    data = b"".join(
        bytes([ord(each) - 0xDC00]) if 0xDC00 <= ord(each) < 0xDD00 else each.encode()  # noqa: PLR2004
        for each in raw
    )
    return data.decode("utf-8", errors="backslashreplace")[: LIMITS.names_in_folder]


def _string(device: Any, name: str) -> str:
    """Return a string of the device's own, without what could steer a screen."""
    value = device.attributes.get(name)
    shown = value.decode("utf-8", errors="replace") if value else ""
    return "".join(each for each in shown if each.isprintable()).strip()[:_LONGEST]


def _whole(device: Any, name: str) -> int:
    try:
        return int(device.attributes.get(name) or 0)
    except ValueError:
        return 0


def _hex(device: Any, name: str) -> int:
    try:
        return int(device.attributes.get(name) or b"ff", 16)
    except ValueError:
        return 0xFF
