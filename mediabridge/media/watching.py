"""What is plugged in, each time it has changed and settled.

A stick announces itself in pieces: the device, its disk, its partition; a bad contact
comes and goes. So after an event the bus is given time to be quiet (debouncing), but a
storm of events does not put off the look for ever.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from mediabridge.config import MEDIA_QUIET_SECONDS, MEDIA_STORM_SECONDS
from mediabridge.media import detect
from mediabridge.media.detect import Bus
from mediabridge.media.device import UsbDevice


@dataclass(frozen=True)
class Snapshot:
    """What is plugged in at one moment."""

    media: tuple[UsbDevice, ...] = ()
    """Devices with storage."""

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
    look: Callable[[], Bus]
    seconds: Callable[[], float] = time.monotonic

    def snapshots(self, tick_seconds: float | None = None) -> Iterator[Snapshot]:
        """Yield what is plugged in now, and again after each change that has settled.

        With *tick_seconds* the same snapshot comes again after each such time without
        a change, for whoever has other things to look after.
        """
        desk = {each.path for each in self.look().others}
        last: Snapshot | None = None
        while True:
            now = self._snapshot(desk)
            if now != last or tick_seconds is not None:
                last = now
                yield now
            if self.events.wait(tick_seconds):
                self._settle()

    def _settle(self) -> None:
        """Wait until the bus is quiet, or until the storm has lasted long enough."""
        end = self.seconds() + MEDIA_STORM_SECONDS
        while self.seconds() < end and self.events.wait(MEDIA_QUIET_SECONDS):
            pass

    def _snapshot(self, desk: set[str]) -> Snapshot:
        bus = self.look()
        # What leaves the desk and comes back is a newcomer: its port proves nothing.
        desk &= {each.path for each in bus.others}
        return Snapshot(bus.media, tuple(each for each in bus.others if each.path not in desk))


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
