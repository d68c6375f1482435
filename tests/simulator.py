"""A USB stick for the fast tests: a slot whose medium can fail as real ones do.

The content is a plain folder. While it is mounted, the system calls by which the program
reaches files pass through here, so that a test can pull the stick out at its n-th change,
let writes fail, or let it forget. What real sticks do under the same faults is in
``faults.py``, and ``rig/test_simulator_is_honest.py`` holds both to that table.
"""

from __future__ import annotations

import errno
import fcntl
import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, NoReturn
from unittest import mock

from mediabridge.errors import (
    MediumError,
    MediumIoError,
    PulledOutError,
    ReadOnlyMediumError,
    medium_error,
)
from mediabridge.media.device import UsbDevice
from mediabridge.media.exfat import VolumeFlag

_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


def broken(number: int) -> OSError:
    """Return the error that the system would raise."""
    return OSError(number, os.strerror(number))


@dataclass
class SimulatedStick:
    """A stick, in the machine or not; it has its own life when it is pulled out."""

    root: Path
    """Where its content lies; an empty folder."""

    plugged_device: UsbDevice
    """What udev would say of it."""

    read_only: bool = False
    """Its switch."""

    free: int | None = None
    """Bytes that are left on it, where a test wants a full one."""

    real_size: int | None = None
    """What a counterfeit keeps of all that is written to it, in bytes; the rest reads as zeros."""

    honours_flush: bool = True
    """False: what was written since it was plugged in is gone with the power."""

    keeps_unflushed: bool = False
    """Whether what was not flushed happens to survive a pull; either can happen."""

    pull_at: int | None = None
    """It is pulled out when its changes have come to this number."""

    pull_at_read: int | None = None
    """It is pulled out when its reads have come to this number."""

    fail_writes_after: int | None = None
    """After so many changes every further one fails with EIO."""

    worn_after: int | None = None
    """After so many changes one fails, and the kernel lets nothing more be written."""

    distort: Callable[[str, bytes], bytes] | None = None
    """Called with name and bytes of every read; returns what the program gets, or raises."""

    breaks: bool = False
    """Whether a pull while it is written leaves folders that cannot be read, as on FAT."""

    present: bool = False
    unclean: bool = False
    """Whether it was pulled out while it was mounted for writing."""

    changes: int = 0
    """Changes so far: a name made, moved or removed, a piece written, a file flushed."""

    reads: int = 0
    _mounts: int = 0
    _mount: Path | None = None
    _writable: bool = False
    _kept: int = 0
    _flushed: dict[int, int] = field(default_factory=dict)
    _renamed: list[tuple[Path, Path]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with an empty file system, or with what was on it."""
        self.content.mkdir(parents=True, exist_ok=True)

    @property
    def content(self) -> Path:
        """What is on it, while it is not mounted."""
        return self.root / "content"

    @property
    def device(self) -> UsbDevice:
        """What udev says of it now."""
        return self.plugged_device

    # --- what a test does -------------------------------------------------------------

    def plug(self) -> SimulatedStick:
        """Plug it in; the kernel gives it a number it never gave before."""
        disks = tuple(replace(d, sequence=d.sequence + 1) for d in self.plugged_device.disks)
        self.plugged_device = replace(self.plugged_device, disks=disks)
        self.present = True
        if not self.honours_flush:
            shutil.copytree(self.content, self._before, dirs_exist_ok=True)
        return self

    def unplug(self) -> None:
        """Pull it out while nothing uses it."""
        self.present = False
        if self._before.exists():
            shutil.rmtree(self.content)
            self._before.rename(self.content)

    def heal(self) -> None:
        """Let it misbehave no more; what is lost stays lost."""
        self.pull_at = self.pull_at_read = self.fail_writes_after = self.worn_after = None
        self.distort = self.real_size = self.free = None
        self.read_only, self.honours_flush = False, True

    @property
    def _before(self) -> Path:
        return self.root / "before"

    # --- what a station does (Slot) ---------------------------------------------------

    @contextmanager
    def mounted(self, *, write: bool = False) -> Iterator[Path]:
        """Give the content in a folder that nobody saw before."""
        self._refuse_absent()
        if write and self.read_only:
            raise ReadOnlyMediumError
        self._mounts += 1
        self._mount, self._writable = self.root / f"mount-{self._mounts}", write
        self.content.rename(self._mount)
        try:
            with _Calls(self).intercepted():
                yield self._mount
        except (OSError, MediumIoError) as error:
            raise self._translated(error) from error
        finally:
            self._leave(self._mount)
        if write:
            # Unmounting writes what is left.
            self._refuse_absent()

    def raw(self, *, write: bool = False) -> AbstractContextManager[int]:
        """Refuse: this stick has files and no blocks; probing has a stick of its own."""
        raise NotImplementedError

    def mend(self) -> bool:
        """Repair what a pull left, as fsck does."""
        self._refuse_absent()
        was, self.unclean = self.unclean, False
        return was

    def flags(self) -> frozenset[VolumeFlag]:
        """Warn of nothing: it simulates FAT, whose flags its check looks at."""
        self._refuse_absent()
        return frozenset()

    def is_present(self) -> bool:
        """Tell whether it is plugged in."""
        return self.present

    def eject(self) -> bool:
        """Switch it off: it has to be plugged in again to be used."""
        self._refuse_absent()
        self.present = False
        return True

    def _refuse_absent(self) -> None:
        if not self.present:
            raise PulledOutError

    def _translated(self, error: Exception) -> MediumError:
        if not self.present:
            return PulledOutError()
        if isinstance(error, MediumError):
            return error
        return medium_error(error if isinstance(error, OSError) else str(error))

    def _leave(self, mount: Path) -> None:
        if not self.present:
            self.unclean = self.unclean or self._writable
            self._lose_unflushed(mount)
        self._flushed.clear()
        self._renamed.clear()
        mount.rename(self.content)
        self._mount = None
        if not self.present:
            self.unplug()

    def _lose_unflushed(self, mount: Path) -> None:
        """Forget content without fsync and names whose folder was not flushed."""
        if self.keeps_unflushed:
            return
        for path in mount.rglob("*"):
            if path.is_file() and path.stat().st_ino in self._flushed:
                os.truncate(path, self._flushed[path.stat().st_ino])
        for source, target in reversed(self._renamed):
            if target.exists() and not source.exists():
                target.rename(source)

    # --- what the calls ask -----------------------------------------------------------

    def place(self, name: Any, folder: int | None = None) -> Path | None:
        """Return the path of *name* if it is on this stick."""
        if self._mount is None or not isinstance(name, int | str | os.PathLike):
            return None
        if isinstance(name, int):
            path = Path(f"/proc/self/fd/{name}").readlink()
        else:
            path = Path(name)
            if folder is not None and not path.is_absolute():
                path = Path(f"/proc/self/fd/{folder}").readlink() / path
        return path if path.is_relative_to(self._mount) else None

    def change(self) -> None:
        """Count a change of the medium; raise what it meets."""
        self.refuse_gone()
        if not self._writable:
            raise broken(errno.EROFS)
        self.changes += 1
        if self.pull_at is not None and self.changes >= self.pull_at:
            self._pull()
        if self.fail_writes_after is not None and self.changes > self.fail_writes_after:
            raise broken(errno.EIO)
        if self.worn_after is not None and self.changes > self.worn_after:
            self._writable, self.read_only = False, True
            raise broken(errno.EIO)

    def _pull(self) -> NoReturn:
        self.present = False
        raise broken(errno.ENODEV)

    def refuse_gone(self) -> None:
        """Answer for a stick that is not there."""
        if not self.present:
            raise broken(errno.ENODEV)

    def refuse_broken(self, folder: Path) -> None:
        """Answer for a folder whose entries a pull has left unsound."""
        self.refuse_gone()
        if self.breaks and self.unclean and folder.name == "bundles":
            raise broken(errno.EIO)

    def keep(self, data: bytes) -> bytes:
        """Return what the stick keeps of *data*."""
        if self.free is not None and (free := self.free - len(data)) < 0:
            raise broken(errno.ENOSPC)
        self.free = None if self.free is None else free
        self._kept += len(data)
        if self.real_size is not None and self._kept > self.real_size:
            return bytes(len(data))
        return data

    def note_unflushed(self, descriptor: int) -> None:
        """Remember how much of a file was flushed before it was written to."""
        status = os.fstat(descriptor)
        self._flushed.setdefault(status.st_ino, status.st_size)

    def note_flushed(self, descriptor: int, path: Path) -> None:
        """Remember that a file, or the names in a folder, cannot be lost any more."""
        self._flushed.pop(os.fstat(descriptor).st_ino, None)
        self._renamed = [pair for pair in self._renamed if pair[1].parent != path]

    def note_renamed(self, source: Path, target: Path) -> None:
        """Remember a name that may be lost until its folder is flushed."""
        self._renamed.append((source, target))

    def answer(self, path: Path, data: bytes) -> bytes:
        """Return what the program gets for a read of *data*."""
        self.refuse_gone()
        self.reads += 1
        if self.pull_at_read is not None and self.reads >= self.pull_at_read:
            self._pull()
        return self.distort(path.name, data) if self.distort else data


@dataclass
class _Calls:
    """The system calls of Python's os module, on their way to a simulated stick."""

    stick: SimulatedStick
    real: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def intercepted(self) -> Iterator[None]:
        """Let every call pass through the stick as long as it is mounted."""
        ours = {
            name: getattr(self, f"_{name}")
            for name in (
                "open", "fdopen", "preadv", "pwritev", "fsync", "rename", "replace", "scandir",
                "listdir", "statvfs",
            )
        }  # fmt: skip
        simple = ("mkdir", "unlink", "remove", "rmdir", "symlink", "truncate")
        ours |= {name: self._changing(name) for name in simple}
        self.real = {name: getattr(os, name) for name in ours}
        with mock.patch.multiple(os, **ours), mock.patch("shutil._use_fd_functions", new=True):
            yield

    def _changing(self, name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(path: Any, *more: Any, **options: Any) -> Any:
            if self.stick.place(path, options.get("dir_fd")):
                self.stick.change()
            return real(path, *more, **options)

        return call

    def _open(self, path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if self.stick.place(path, dir_fd):
            self.stick.change() if flags & _WRITING else self.stick.refuse_gone()
        return int(self.real["open"](path, flags, mode, dir_fd=dir_fd))

    def _fdopen(self, descriptor: int, mode: str = "r", *more: Any, **options: Any) -> Any:
        path = self.stick.place(descriptor)
        if path is None or mode != "rb":
            return self.real["fdopen"](descriptor, mode, *more, **options)
        raw = _ReadThrough(descriptor, self.stick, path, closefd=options.get("closefd", True))
        return raw if options.get("buffering") == 0 else io.BufferedReader(raw)

    def _preadv(self, descriptor: int, buffers: list[memoryview], place: int, *more: int) -> int:
        path = self.stick.place(descriptor)
        if path is None:
            return int(self.real["preadv"](descriptor, buffers, place, *more))
        (buffer,) = buffers
        count: int = self.real["preadv"](descriptor, buffers, place, *more)
        buffer[:count] = self.stick.answer(path, bytes(buffer[:count]))
        return count

    def _pwritev(self, descriptor: int, buffers: list[memoryview], place: int) -> int:
        if self.stick.place(descriptor) is not None:
            self.stick.change()
            self.stick.note_unflushed(descriptor)
            (data,) = buffers
            # Through the cache: a buffer of this test is not aligned.
            return os.pwrite(_cached(descriptor), self.stick.keep(bytes(data)), place)
        return int(self.real["pwritev"](descriptor, buffers, place))

    def _fsync(self, descriptor: int) -> None:
        path = self.stick.place(descriptor)
        if path is not None and self.stick._writable:
            self.stick.change()
            self.stick.note_flushed(descriptor, path)
        self.real["fsync"](descriptor)

    def _rename(self, source: Any, target: Any, **options: Any) -> None:
        self._move("rename", source, target, options)

    def _replace(self, source: Any, target: Any, **options: Any) -> None:
        self._move("replace", source, target, options)

    def _move(self, name: str, source: Any, target: Any, options: dict[str, Any]) -> None:
        ours = self.stick.place(source, options.get("src_dir_fd"))
        if ours:
            self.stick.change()
        self.real[name](source, target, **options)
        theirs = self.stick.place(target, options.get("dst_dir_fd"))
        if ours and theirs:
            self.stick.note_renamed(ours, theirs)

    def _scandir(self, path: Any = ".") -> Any:
        if found := self.stick.place(path):
            self.stick.refuse_broken(found)
        return self.real["scandir"](path)

    def _listdir(self, path: Any = ".") -> Any:
        if found := self.stick.place(path):
            self.stick.refuse_broken(found)
        return self.real["listdir"](path)

    def _statvfs(self, path: Any) -> os.statvfs_result:
        told: os.statvfs_result = self.real["statvfs"](path)
        if self.stick.place(path) is None or self.stick.free is None:
            return told
        values = list(told)
        values[3] = values[4] = self.stick.free // told.f_frsize
        return os.statvfs_result(values)


class _ReadThrough(io.FileIO):
    """An open file of a stick; what is read of it is what the stick answers."""

    def __init__(
        self, descriptor: int, stick: SimulatedStick, path: Path, *, closefd: bool
    ) -> None:
        super().__init__(descriptor, "rb", closefd=closefd)
        self._stick, self._path = stick, path

    def readinto(self, buffer: Any) -> int:
        """Read into *buffer* what the stick answers."""
        view = memoryview(buffer).cast("B")
        count = super().readinto(view)
        view[:count] = self._stick.answer(self._path, bytes(view[:count]))
        return count


def _cached(descriptor: int) -> int:
    """Return the same open file, not asking for aligned buffers any more."""
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    fcntl.fcntl(descriptor, fcntl.F_SETFL, flags & ~os.O_DIRECT)
    return descriptor
