"""What is plugged in, as plain values: the whole USB device, not only its disk.

:mod:`mediabridge.media.detect` makes them from udev, tests make them by hand, and
:mod:`mediabridge.media.policy` judges them. Nothing here touches a device.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from mediabridge import canonical

MASS_STORAGE: Final = 0x08
"""USB interface class of sticks and disks (USB-IF, Defined Class Codes)."""

HUB: Final = 0x09
"""USB interface class of hubs, which carry devices and are none themselves."""

FILESYSTEMS: Final = frozenset({"vfat", "exfat", "ext4"})
"""The file systems that media may have, by the names of udev and the kernel."""


@dataclass(frozen=True)
class Interface:
    """One function a USB device offers: class, subclass and protocol of USB-IF."""

    usb_class: int
    subclass: int = 0
    protocol: int = 0


@dataclass(frozen=True)
class Volume:
    """A partition, or a whole disk without a partition table."""

    node: str
    """Such as ``/dev/sdb1``."""

    size: int
    """Bytes."""

    filesystem: str = ""
    """As udev names it: ``vfat``, ``ntfs``, …; empty when none was recognised."""

    uuid: str = ""
    label: str = ""


@dataclass(frozen=True)
class Disk:
    """One disk of a USB device; card readers have several, most of them empty."""

    node: str
    sequence: int
    """DISKSEQ: a number the kernel never gives twice, so that a swap is noticed."""

    size: int
    """Bytes it claims to hold; 0 for an empty slot."""

    read_only: bool = False
    volumes: tuple[Volume, ...] = ()


@dataclass(frozen=True)
class UsbDevice:
    """One device on a USB port, with everything it offers."""

    path: str
    """Its folder below ``/sys``; names the port, so it stays while it is plugged in."""

    vendor_id: str
    product_id: str
    vendor: str = ""
    product: str = ""
    serial: str = ""
    interfaces: tuple[Interface, ...] = ()
    disks: tuple[Disk, ...] = ()

    @property
    def has_storage(self) -> bool:
        """Whether it offers a disk at all, among other things or alone."""
        return any(each.usb_class == MASS_STORAGE for each in self.interfaces)

    @property
    def is_storage_only(self) -> bool:
        """Whether it offers disks and nothing else."""
        return self.has_storage and all(each.usb_class == MASS_STORAGE for each in self.interfaces)

    @property
    def is_empty(self) -> bool:
        """Whether it offers disks and nothing else, and holds none: a card reader without a card.

        What offers anything else is never empty: it is judged for that.
        """
        return self.is_storage_only and not any(disk.size for disk in self.disks)

    @property
    def sha256(self) -> str:
        """Identity of the device for logs: SHA-256 of vendor id, product id and serial."""
        identity = {"product": self.product_id, "serial": self.serial, "vendor": self.vendor_id}
        return hashlib.sha256(canonical.dump(identity)).hexdigest()
