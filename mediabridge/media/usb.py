"""A USB stick that this station mounts itself, through udisks2.

Nothing is done by the name of the disk alone: a stick that is pulled out leaves its
name to the next one. DISKSEQ, which the kernel never gives twice, tells them apart.
"""

from __future__ import annotations

import ctypes
import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from mediabridge.config import MEDIA_GONE_SECONDS, MEDIA_SETTLE_SECONDS
from mediabridge.errors import (
    BadFilesystemError,
    MediabridgeError,
    MediumBusyError,
    MediumIoError,
    PulledOutError,
    ReadOnlyMediumError,
    medium_error,
)
from mediabridge.locale import text
from mediabridge.media.device import FILESYSTEMS, Disk, UsbDevice, Volume
from mediabridge.media.direct import buffer
from mediabridge.media.exfat import SECTOR, VolumeFlag, volume_flags
from mediabridge.media.policy import judge_device
from mediabridge.media.udisks import BLOCK, UDisks, is_unknown
from mediabridge.plainfile import open_folder

T = TypeVar("T")

_PAUSE_SECONDS: Final = 0.05


@dataclass(frozen=True)
class UsbSlot:
    """One stick, from its insertion until it is pulled out or switched off."""

    device: UsbDevice
    client: UDisks = field(default_factory=UDisks)
    block: Path = BLOCK
    """Where the kernel tells of its disks."""

    @contextmanager
    def mounted(self, *, write: bool = False) -> Iterator[Path]:
        """Mount the one volume, read-only unless *write*; see :class:`Slot`.

        An error of the system inside the block comes out as PulledOutError or
        MediumIoError; any other stays what it was, whatever happens to the unmount.
        """
        volume = self._volume()
        if write and self._is_write_protected():
            raise ReadOnlyMediumError
        with self._unmounted_when_stopped():
            folder = self._mount(volume, write=write)
        try:
            with _flushed_at_end(folder, write=write):
                yield folder
        except BaseException as error:
            self._leave_after_error(volume, folder)
            if isinstance(error, OSError | MediumIoError):
                raise self._translated(error) from error
            raise
        try:
            self.client.unmount(volume.node)
        except PulledOutError:
            # What was only read has been read; nothing on the stick can suffer any more.
            if write:
                raise

    @contextmanager
    def raw(self, *, write: bool = False) -> Iterator[int]:
        """Give the whole disk, unmounted, with O_DIRECT; see :class:`Slot`."""
        disk = self._disk()
        self._unmount_all(disk)
        if write and self._is_write_protected():
            raise ReadOnlyMediumError
        descriptor = self.client.open_disk(disk.node, write=write)
        try:
            yield descriptor
        except (OSError, MediumIoError) as error:
            raise self._translated(error) from error
        finally:
            os.close(descriptor)
        if write:
            self.client.rescan(disk.node)

    def mend(self) -> bool:
        """Have the file system checked and repaired; see :class:`Slot`."""
        volume = self._volume()
        self._unmount_all(self._disk())
        return self._when_known(lambda: self.client.mend(volume.node))

    def flags(self) -> frozenset[VolumeFlag]:
        """Return what the boot sector of an exFAT volume warns of; see :class:`Slot`."""
        volume = self._volume()
        if volume.filesystem != "exfat":
            return frozenset()
        # While it is mounted for writing, the kernel itself has it marked as not closed.
        self._unmount_all(self._disk())
        descriptor = self._when_known(lambda: self.client.open_disk(volume.node, write=False))
        try:
            with buffer() as aligned:
                os.preadv(descriptor, [aligned], 0)
                return volume_flags(aligned[:SECTOR])
        except OSError as error:
            raise self._translated(error) from error
        finally:
            os.close(descriptor)

    def is_present(self) -> bool:
        """Tell whether the same stick is still there, by the kernel's DISKSEQ."""
        return any(disk.size and self._has(disk) for disk in self.device.disks)

    def eject(self) -> bool:
        """Unmount, switch off, and wait until the disk has vanished or is empty.

        A stick that was switched off has to be pulled out and plugged in to be used again.
        """
        disk = self._disk()
        self._unmount_all(disk)
        self.client.switch_off(disk.node)
        if not _becomes(lambda: not self._has(disk) or self._number(disk, "size") == 0):
            raise MediumBusyError
        return True

    def _disk(self) -> Disk:
        """Return the one disk that holds something, still the one that was detected."""
        disks = [disk for disk in self.device.disks if disk.size]
        if len(disks) != 1:
            detail = text("it holds {count} disks, it should be one", count=len(disks))
            raise BadFilesystemError(detail=detail)
        if not self._has(disks[0]):
            raise PulledOutError
        return disks[0]

    def _volume(self) -> Volume:
        """Return the one volume; a device that is more than a stick is not mounted for anybody."""
        problem = judge_device(self.device)
        if problem is not None:
            raise problem.error()
        return self._disk().volumes[0]

    def _mount(self, volume: Volume, *, write: bool) -> Path:
        """Mount *volume* afresh: with our options, and nothing of it in the cache."""
        self._unmount_all(self._disk())
        folder = self._when_known(lambda: self.client.mount(volume.node, write=write))
        try:
            flags = os.statvfs(folder).f_flag
        except OSError as error:
            self._leave_after_error(volume, folder)
            raise self._translated(error) from error
        # The kernel falls back to read-only in silence, see man mount(8).
        if write and flags & os.ST_RDONLY:
            self._leave_after_error(volume, folder)
            raise ReadOnlyMediumError
        return folder

    def _unmount_all(self, disk: Disk) -> None:
        """Unmount what the desktop, or a process of ours that died, has mounted."""
        for volume in disk.volumes:
            if volume.filesystem in FILESYSTEMS:
                for _ in self._mount_points(volume.node):
                    self.client.unmount(volume.node)

    def _mount_points(self, node: str) -> list[Path]:
        try:
            return self._when_known(lambda: self.client.mount_points(node))
        except BadFilesystemError as error:
            if not is_unknown(error):
                raise
            return []  # Overwritten through raw(): there is nothing left to be mounted.

    def _when_known(self, ask: Callable[[], T]) -> T:
        """Ask again for a while: after raw writing, partitions vanish and come back."""
        deadline = time.monotonic() + MEDIA_SETTLE_SECONDS
        while True:
            try:
                return ask()
            except (BadFilesystemError, PulledOutError) as error:
                if isinstance(error, BadFilesystemError) and not is_unknown(error):
                    raise
                if not self.is_present():
                    raise PulledOutError from error
                if time.monotonic() > deadline:
                    detail = text("the system finds no file system on it")
                    raise BadFilesystemError(detail=detail, unknown=1) from error
            time.sleep(_PAUSE_SECONDS)

    @contextmanager
    def _unmounted_when_stopped(self) -> Iterator[None]:
        """Unmount what the media service mounts although nobody waits for its answer any more."""
        try:
            yield
        except KeyboardInterrupt:
            with suppress(MediabridgeError):
                self._unmount_all(self._disk())
            raise

    def _leave_after_error(self, volume: Volume, folder: Path) -> None:
        """Unmount after an error, which the caller raises: it is worth more than ours."""
        if self.is_present():
            with suppress(MediabridgeError):
                self.client.unmount(volume.node)
        else:
            # udisks2 by itself unmounts what was pulled out, a moment later. By its name it must
            # not be asked to: the name may already be another stick's.
            _becomes(lambda: not folder.is_mount())

    def _translated(self, error: OSError | MediumIoError) -> MediabridgeError:
        if not self.is_present() or getattr(error, "errno", None) == errno.ENODEV:
            return PulledOutError()
        if isinstance(error, OSError):
            return medium_error(error)
        return error

    def _is_write_protected(self) -> bool:
        return self._number(self._disk(), "ro") == 1

    def _has(self, disk: Disk) -> bool:
        return self._number(disk, "diskseq") == disk.sequence

    def _number(self, disk: Disk, name: str) -> int | None:
        try:
            return int((self.block / Path(disk.node).name / name).read_text(encoding="ascii"))
        except OSError:
            return None


@contextmanager
def _flushed_at_end(folder: Path, *, write: bool) -> Iterator[None]:
    """Flush what was written below *folder*, so that errors are seen: an unmount hides them."""
    with open_folder(folder) as descriptor:
        yield
        if write:
            _sync_filesystem(descriptor)


def _sync_filesystem(descriptor: int) -> None:
    """Call syncfs(2), which Python lacks; it reports errors since *descriptor* was opened."""
    if ctypes.CDLL(None, use_errno=True).syncfs(descriptor) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _becomes(condition: Callable[[], bool]) -> bool:
    """Wait until *condition* holds; return whether it did in time."""
    deadline = time.monotonic() + MEDIA_GONE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE_SECONDS)
    return True
