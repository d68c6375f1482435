"""Where a medium is: something that can be mounted, read past the cache, and ejected.

A journey asks its slot for the folder when it needs it, and never keeps it::

    with slot.mounted(write=True) as folder:
        ...                       # everything written and flushed
    with slot.mounted() as folder:
        ...                       # another mount: read back from the device
    slot.eject()                  # flushed, unmounted, switched off

:class:`FolderSlot` is a folder somebody else mounted; :class:`~mediabridge.media.usb.UsbSlot`
is a stick that this station mounts itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mediabridge.media.device import UsbDevice
from mediabridge.media.exfat import VolumeFlag


class Slot(Protocol):
    """One medium at this station, for as long as it stays plugged in."""

    @property
    def device(self) -> UsbDevice | None:
        """The USB device; None where there is only a folder."""

    def mounted(self, *, write: bool = False) -> AbstractContextManager[Path]:
        """Give the folder where the medium is mounted; read-only unless *write*.

        Leaving the block flushes and unmounts, so that the next mount reads from the
        device again.

        Raises:
            PulledOutError, BadFilesystemError, ReadOnlyMediumError, MediumIoError,
            MediumBusyError, MediaServiceError: it cannot be mounted, or not be left.
        """

    def raw(self, *, write: bool = False) -> AbstractContextManager[int]:
        """Give a file descriptor of the whole unmounted disk, with O_DIRECT; for probing.

        Raises:
            PulledOutError, MediumIoError, MediaServiceError: it cannot be opened.
        """

    def mend(self) -> bool:
        """Check the file system and repair what a pull left of it; tell whether it was needed.

        Raises:
            BadFilesystemError: it cannot be repaired.
            PulledOutError, MediumBusyError, MediumIoError, MediaServiceError: not even checked.
        """

    def flags(self) -> frozenset[VolumeFlag]:
        """Return what the unmounted file system warns of, by flags that no check looks at.

        Raises:
            PulledOutError, MediumBusyError, MediumIoError, MediaServiceError: not read.
        """

    def is_present(self) -> bool:
        """Tell whether it is still plugged in; a pull is the true cause of many errors."""

    def eject(self) -> bool:
        """Switch the medium off; return whether it may be pulled out now.

        Raises:
            PulledOutError, MediumBusyError, MediaServiceError: it is not safe.
        """


@dataclass(frozen=True)
class FolderSlot:
    """A folder that somebody else mounted and will unmount; nothing is known of a device."""

    folder: Path
    device: None = None

    @contextmanager
    def mounted(self, *, write: bool = False) -> Iterator[Path]:  # noqa: ARG002 - as it is
        """Give the folder as it is."""
        yield self.folder

    def raw(self, *, write: bool = False) -> AbstractContextManager[int]:
        """Refuse: a folder has no device."""
        raise NotImplementedError

    def mend(self) -> bool:
        """Leave the file system to whoever mounted it."""
        return False

    def flags(self) -> frozenset[VolumeFlag]:
        """Say nothing of a file system that somebody else has mounted."""
        return frozenset()

    def is_present(self) -> bool:
        """Tell whether the folder is there."""
        return self.folder.is_dir()

    def eject(self) -> bool:
        """Say that whoever mounted it has to unmount it."""
        return False


def slot_of(medium: Path | Slot) -> Slot:
    """Return *medium* as a slot; a path is a folder that somebody mounted."""
    return FolderSlot(medium) if isinstance(medium, Path) else medium
