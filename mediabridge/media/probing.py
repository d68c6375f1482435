"""Proving that a stick keeps what it claims, and how fast it is, before it gets a number.

*Full*: the free space of its file system but for 4 MiB is filled with files whose content
depends on their place, all of it is written before any is read, and everything is read back
past the cache after a fresh mount. A stick that forgets or that stores two places in one
cannot answer. Nothing on the stick is harmed, and what holds files, or lies outside the file
system, is not tried: :func:`mediabridge.media.emptiness.check_empty` bounds how much that is.

*Quick*: sampled places of the raw disk, its very end among them, are saved, overwritten,
read back and restored. It takes seconds. Pulled out in those seconds, the stick may have
to be formatted again; it holds nothing then that its sender does not still have.
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mediabridge.config import CHUNK_BYTES, LIMITS, MIB, PROBE_FILE_BYTES, PROBE_SAMPLES
from mediabridge.errors import BadFilesystemError, FakeCapacityError
from mediabridge.locale import n_, text
from mediabridge.media import direct, failures
from mediabridge.media.emptiness import PROBE_FILES
from mediabridge.media.slot import Slot
from mediabridge.progress import NullProgress, Progress

_STAMP: Final = 4096
"""Every so many bytes the place is written down, so that no two blocks are alike."""

_NAME: Final = "mediabridge-probe-{index:05d}.partial"


@dataclass(frozen=True)
class Probe:
    """What was proved."""

    capacity: int
    """Bytes of the whole disk."""
    write_speed: int
    """Bytes a second."""
    read_speed: int
    """Bytes a second."""


def probe(slot: Slot, *, quick: bool, progress: Progress | None = None) -> Probe:
    """Prove the capacity of the stick in *slot* and measure its speed.

    A full probe proves what is free; whether that is nearly all is asked before.

    Raises:
        FakeCapacityError: it does not keep what it claims.
        BadFilesystemError: it holds no disk.
        MediumError: it failed.
    """
    disks = [disk for disk in slot.device.disks if disk.size] if slot.device else []
    if not disks:
        raise BadFilesystemError(detail=text("it holds no disk"))
    check = _Quick if quick else _Full
    write_speed, read_speed = check(slot, disks[0].size, progress or NullProgress()).run()
    return Probe(disks[0].size, write_speed, read_speed)


class _Pattern:
    """Content that says where it belongs."""

    def __init__(self) -> None:
        self._noise = secrets.token_bytes(CHUNK_BYTES)

    def at(self, place: int) -> bytes:
        """Return the chunk that belongs at *place*."""
        block = bytearray(self._noise)
        for offset in range(0, CHUNK_BYTES, _STAMP):
            block[offset : offset + 16] = (place + offset).to_bytes(16, "big")
        return bytes(block)


@dataclass
class _Quick:
    """Samples of the raw disk."""

    slot: Slot
    size: int
    progress: Progress

    def run(self) -> tuple[int, int]:
        """Save, overwrite, read back, restore; return both speeds."""
        pattern, places = _Pattern(), _samples(self.size)
        self.progress.start(n_("Probing the medium"), 4 * len(places) * CHUNK_BYTES)
        with self.slot.raw(write=True) as disk, failures.named():
            saved = {place: self._read(disk, place) for place in places}
            try:
                writing = self._write_all(disk, ((place, pattern.at(place)) for place in places))
                started = time.monotonic()
                wrong = [p for p in places if self._read(disk, p) != pattern.at(p)]
                reading = time.monotonic() - started
            finally:
                self._write_all(disk, saved.items())
        self.progress.finish()
        if wrong:
            raise FakeCapacityError(claimed=self.size, got=wrong[0])
        total = len(places) * CHUNK_BYTES
        return _speed(total, writing), _speed(total, reading)

    def _read(self, disk: int, place: int) -> bytes:
        with direct.buffer() as aligned, memoryview(aligned) as view:
            done = 0
            while done < CHUNK_BYTES:
                count = os.preadv(disk, [view[done:]], place + done)
                if not count:
                    break
                done += count
            self.progress.advance(CHUNK_BYTES)
            return aligned[:done]

    def _write_all(self, disk: int, content: Iterable[tuple[int, bytes]]) -> float:
        started = time.monotonic()
        with direct.buffer() as aligned, memoryview(aligned) as view:
            for place, data in content:
                aligned[: len(data)] = data
                direct.write_all(disk, view[: len(data)], place)
                self.progress.advance(CHUNK_BYTES)
        os.fsync(disk)
        return time.monotonic() - started


@dataclass
class _Full:
    """The free space of the file system but for 4 MiB, in whole chunks."""

    slot: Slot
    size: int
    progress: Progress

    def run(self) -> tuple[int, int]:
        """Fill, mount again, read back, delete; return both speeds."""
        pattern = _Pattern()
        try:
            with self.slot.mounted(write=True) as folder, failures.named():
                _delete(folder)
                written, writing = self._fill(folder, pattern)
            with self.slot.mounted() as folder, failures.named():
                started = time.monotonic()
                self._check(folder, pattern, written)
                reading = time.monotonic() - started
        finally:
            if self.slot.is_present():
                with self.slot.mounted(write=True) as folder, failures.named():
                    _delete(folder)
            self.progress.finish()
        return _speed(written, writing), _speed(written, reading)

    def _fill(self, folder: Path, pattern: _Pattern) -> tuple[int, float]:
        """Write files until the space that can be used is full."""
        free = shutil.disk_usage(folder).free - 4 * MIB
        total = max(free // CHUNK_BYTES, 1) * CHUNK_BYTES
        self.progress.start(n_("Probing the medium"), 2 * total)
        started = time.monotonic()
        for path, places in _files(folder, total):
            descriptor, _direct = direct.open_direct(
                str(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL
            )
            try:
                self._write_file(descriptor, places, pattern)
            finally:
                os.close(descriptor)
        return total, time.monotonic() - started

    def _write_file(self, descriptor: int, places: range, pattern: _Pattern) -> None:
        with direct.buffer() as aligned, memoryview(aligned) as view:
            for place in places:
                aligned[:] = pattern.at(place)
                direct.write_all(descriptor, view, place - places.start)
                self.progress.advance(CHUNK_BYTES)
        os.fsync(descriptor)

    def _check(self, folder: Path, pattern: _Pattern, total: int) -> None:
        for path, places in _files(folder, total):
            expected = iter(places)
            place = places.start
            try:
                for chunk in direct.chunks(str(path)):
                    place = next(expected, places.stop)
                    if bytes(chunk) != pattern.at(place):
                        raise FakeCapacityError(claimed=self.size, got=place)
                    self.progress.advance(len(chunk))
                # A counterfeit that forgets a folder's entries gives back shorter files.
                place = next(expected, total)
                if place < total:
                    raise FakeCapacityError(claimed=self.size, got=place)
            except FileNotFoundError:
                raise FakeCapacityError(claimed=self.size, got=place) from None


def _samples(size: int) -> list[int]:
    """Return the places to sample: spread over the disk, the very end among them.

    The first two megabytes, which say where everything lies, are left alone.
    """
    first, last = 2 * MIB, (size - CHUNK_BYTES) // direct.ALIGNMENT * direct.ALIGNMENT
    step = max((last - first) // (PROBE_SAMPLES - 1), CHUNK_BYTES)
    spread = range(first, last - CHUNK_BYTES, step // direct.ALIGNMENT * direct.ALIGNMENT)
    return [*spread, last]


def _files(folder: Path, total: int) -> Iterator[tuple[Path, range]]:
    """Yield each probe file with the places of its chunks, counted over all files."""
    for index, start in enumerate(range(0, total, PROBE_FILE_BYTES)):
        stop = min(start + PROBE_FILE_BYTES, total)
        yield folder / _NAME.format(index=index), range(start, stop, CHUNK_BYTES)


def _delete(folder: Path) -> None:
    """Remove what this or an interrupted probe left; at most so many names are looked at."""
    for count, path in enumerate(folder.glob(PROBE_FILES)):
        if count > LIMITS.names_in_folder:
            break
        path.unlink()


def _speed(size: int, seconds: float) -> int:
    return max(1, int(size / max(seconds, 1e-6)))
