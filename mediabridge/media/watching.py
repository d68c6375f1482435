"""What is plugged in, each time it has changed and settled.

A stick announces itself in pieces: the device, its disk, its partition; a bad contact
comes and goes. So after an event the bus is given time to be quiet (debouncing), but a
storm of events does not put off the look for ever.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from mediabridge.config import MEDIA_ARRIVAL_SECONDS, MEDIA_QUIET_SECONDS, MEDIA_STORM_SECONDS
from mediabridge.media import detect
from mediabridge.media.detect import UsbBus
from mediabridge.media.device import UsbDevice

_Arrival = tuple[str, frozenset[int]]
"""A device by its path, with the disks it holds by their numbers."""


@dataclass(frozen=True)
class Snapshot:
    """What is plugged in at one moment."""

    media: tuple[UsbDevice, ...] = ()
    """Devices with storage; no card reader without a card."""

    newcomers: tuple[UsbDevice, ...] = ()
    """Devices without storage that arrived after the watching began.

    The keyboard of the desk was there before; one that arrives where a stick was
    expected may be an attack, and is never ignored in silence.
    """


class Events(Protocol):
    """Where udev says that something changed."""

    def wait(self, seconds: float | None) -> bool:
        """Wait for an event, at most *seconds*; tell whether there was one."""


@dataclass
class Watch:
    """A watch over the bus; every source it has can be replaced in a test."""

    events: Events
    look: Callable[[], UsbBus]
    seconds: Callable[[], float] = time.monotonic
    _first_seen: dict[_Arrival, float] = field(default_factory=dict, init=False)

    def snapshots(self, tick_seconds: float | None = None) -> Iterator[Snapshot]:
        """Yield what is plugged in now, and again after each change that has settled.

        With *tick_seconds* the same snapshot comes again after each such time without
        a change, for whoever has other things to look after.
        """
        desk = {each.path for each in self.look().others}
        last: Snapshot | None = None
        while True:
            bus = self.look()
            arriving = self._arriving((*bus.media, *bus.empty))
            now = self._snapshot(bus, arriving, desk)
            if now != last or tick_seconds is not None:
                last = now
                yield now
            if self.events.wait(MEDIA_QUIET_SECONDS if arriving else tick_seconds):
                self._settle()

    def _settle(self) -> None:
        """Wait until the bus is quiet, or until the storm has lasted long enough."""
        end = self.seconds() + MEDIA_STORM_SECONDS
        while self.seconds() < end and self.events.wait(MEDIA_QUIET_SECONDS):
            pass

    def _arriving(self, storage: tuple[UsbDevice, ...]) -> set[str]:
        """Return the devices, by path, whose disk or partition may still be on its way.

        The kernel waits a second before it looks for disks, and udev reads partitions one
        by one. A stick that stays without is one without, after a while.
        """
        now, before = self.seconds(), self._first_seen
        self._first_seen = {arrival: before.get(arrival, now) for arrival in map(_arrival, storage)}
        late = now - MEDIA_ARRIVAL_SECONDS
        return {
            each.path
            for each in storage
            if self._first_seen[_arrival(each)] > late and not _is_complete(each)
        }

    def _snapshot(self, bus: UsbBus, arriving: set[str], desk: set[str]) -> Snapshot:
        # What leaves the desk and comes back is a newcomer: its port proves nothing.
        desk &= {each.path for each in bus.others}
        return Snapshot(
            tuple(each for each in bus.media if each.path not in arriving),
            tuple(each for each in bus.others if each.path not in desk),
        )


def _arrival(device: UsbDevice) -> _Arrival:
    """Return what arrived: a card arrives in a reader that has been there for long."""
    return device.path, frozenset(disk.sequence for disk in device.disks if disk.size)


def _is_complete(device: UsbDevice) -> bool:
    """Tell whether nothing more of the device is to come: it has a file system, or is no stick."""
    disks = [disk for disk in device.disks if disk.size]
    volumes = [volume for disk in disks for volume in disk.volumes]
    found = bool(volumes) and all(volume.filesystem for volume in volumes)
    return found or not device.is_storage_only


def watch(tick_seconds: float | None = None) -> Iterator[Snapshot]:
    """Watch this machine's USB; see :meth:`Watch.snapshots`.

    Raises:
        MediaServiceError: this machine has no udev.
    """
    udev = detect.context()
    # The monitor first: what is plugged in between it and the first look is seen twice.
    events = _UdevEvents(udev)
    return Watch(events, lambda: detect.bus(udev)).snapshots(tick_seconds)


class _UdevEvents:
    """Events of udev about disks and USB devices."""

    def __init__(self, udev: Any) -> None:
        import pyudev  # noqa: PLC0415 - see detect.context

        self._monitor = pyudev.Monitor.from_netlink(udev)
        self._monitor.filter_by("block")
        self._monitor.filter_by("usb")
        self._monitor.start()

    def wait(self, seconds: float | None) -> bool:
        return self._monitor.poll(seconds) is not None
