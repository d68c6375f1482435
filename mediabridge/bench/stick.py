"""What the system's own tools need on a stick, and leaving the stick as it was.

The floor uses the same slot as the station, so mounting, flushing and unmounting cost
both sides the same; before each side begins, nothing is left to be flushed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mediabridge.bundle import layout
from mediabridge.errors import MediabridgeError, UsageError
from mediabridge.locale import text
from mediabridge.media import direct, failures, space
from mediabridge.media.device import UsbDevice
from mediabridge.media.exfat import VolumeFlag
from mediabridge.media.slot import Slot

_OWN: Final = "mediabridge-bench"
"""Beside the exchange folder, the one name that the bench uses on a stick."""


@dataclass(frozen=True)
class Copied:
    """How long the system's own tools took."""

    writing: float
    reading: float

    @property
    def seconds(self) -> float:
        """Both ways."""
        return self.writing + self.reading

    def speeds(self, size: int) -> tuple[float, float]:
        """Return bytes a second of writing and of reading *size* bytes."""
        return size / max(self.writing, 1e-6), size / max(self.reading, 1e-6)


@dataclass(frozen=True)
class Tools:
    """``dd``, ``cmp`` and ``cp`` on one stick."""

    slot: Slot
    direct: bool
    """Whether its file system can be written past the cache; tmpfs, for tests, cannot."""

    @property
    def name(self) -> str:
        """What the copy with reading back is called."""
        return "dd oflag=direct, cmp" if self.direct else "dd, cmp"

    def copy(self, source: Path) -> Copied:
        """Write the file *source*, mount anew, compare; what was written is removed."""
        os.sync()
        started = time.monotonic()
        with self.slot.mounted(write=True) as folder, failures.named():
            flags = ["oflag=direct"] if self.direct else []
            _run("dd", f"if={source}", f"of={folder / _OWN}", "bs=1M", "conv=fsync", *flags)
        written = time.monotonic()
        with self.slot.mounted() as folder, failures.named():
            _forget(folder / _OWN)
            _run("cmp", str(source), str(folder / _OWN))
        done = time.monotonic()
        self._remove()
        return Copied(written - started, done - written)

    def copy_and_sync(self, source: Path) -> float:
        """Copy the folder *source* as one does by hand; what was written is removed."""
        os.sync()
        started = time.monotonic()
        with self.slot.mounted(write=True) as folder, failures.named():
            _run("cp", "-r", str(source), str(folder / _OWN))
            _run("sync")
        seconds = time.monotonic() - started
        self._remove()
        return seconds

    def _remove(self) -> None:
        with self.slot.mounted(write=True) as folder, failures.named():
            _delete(folder / _OWN)


@contextmanager
def borrowed(slot: Slot, needed: int) -> Iterator[Tools]:
    """Use the stick in *slot* for a while; after an error, leave it as it was.

    Without an error it was switched off at the end: :func:`tidy` it before.

    Raises:
        UsageError: it holds an exchange folder, so it may be in service.
        MediumFullError: *needed* bytes do not fit.
        MediumError: it failed; what was written may still be on it.
    """
    with slot.mounted() as folder, failures.named():
        _refuse_in_service(folder)
        space.check_space(folder, needed)
    with slot.mounted(write=True) as folder, failures.named():
        tools = Tools(slot, direct.is_direct(str(folder)))
    try:
        yield tools
    except BaseException:
        # The error that ended the bench is the one to be told.
        with suppress(MediabridgeError, OSError):
            tidy(slot)
        raise


@dataclass(frozen=True)
class TidiedSlot:
    """A slot that is tidied before it is switched off: afterwards nobody can."""

    slot: Slot
    tidy: Callable[[], None]

    @property
    def device(self) -> UsbDevice | None:
        """The USB device; None where there is only a folder."""
        return self.slot.device

    def mounted(self, *, write: bool = False) -> AbstractContextManager[Path]:
        """Mount it, as the slot does."""
        return self.slot.mounted(write=write)

    def raw(self, *, write: bool = False) -> AbstractContextManager[int]:
        """Open the whole disk, as the slot does."""
        return self.slot.raw(write=write)

    def mend(self) -> bool:
        """Repair it, as the slot does."""
        return self.slot.mend()

    def flags(self) -> frozenset[VolumeFlag]:
        """Return what its file system warns of; see :class:`Slot`."""
        return self.slot.flags()

    def is_present(self) -> bool:
        """Tell whether it is still plugged in, as the slot does."""
        return self.slot.is_present()

    def eject(self) -> bool:
        """Tidy it, then switch it off."""
        self.tidy()
        return self.slot.eject()


def tidy(slot: Slot) -> None:
    """Remove all that the bench wrote."""
    with slot.mounted(write=True) as folder, failures.named():
        for name in (layout.ROOT, _OWN):
            _delete(folder / name)


def _refuse_in_service(folder: Path) -> None:
    for name in (layout.ROOT, layout.MEDIUM, _OWN):
        if os.path.lexists(folder / name):
            raise UsageError(
                detail=text("the stick holds {name}; take one that is not in service", name=name)
            )


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _forget(path: Path) -> None:
    """Drop *path* from the cache: a folder that is not mounted anew still has it there."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def _run(*words: str) -> None:
    """Run a tool of the system.

    Raises:
        RuntimeError: it failed; a figure beside a failed floor means nothing.
    """
    if shutil.which(words[0]) is None:
        msg = f"{words[0]} is not installed"
        raise RuntimeError(msg)
    done = subprocess.run(words, capture_output=True, check=False, text=True)  # noqa: S603 - fixed
    if done.returncode != 0:
        msg = f"{words[0]} ended with {done.returncode}: {done.stderr}"
        raise RuntimeError(msg)
