"""Probing: honest sticks pass, counterfeits do not, and what was on them is still there."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from mediabridge.config import CHUNK_BYTES, MIB, PROBE_SAMPLES
from mediabridge.errors import (
    BadFilesystemError,
    FakeCapacityError,
    MediumIoError,
    PulledOutError,
)
from mediabridge.media import direct, probing
from mediabridge.media.device import Disk, Interface, UsbDevice
from mediabridge.media.exfat import VolumeFlag

pytestmark = pytest.mark.in_turns

CLAIMED, REAL = 32 * MIB, 8 * MIB
FILLED, KEPT = 8 * MIB, 3 * MIB
"""What a full probe writes here, and how much of it a counterfeit keeps."""

COUNTERFEITS = ["wraps", "loses"]


@cache
def kept_content() -> bytes:
    """What is on the stick before anybody probes it."""
    return hashlib.shake_256(b"kept").digest(CLAIMED)


@dataclass
class Counterfeit:
    """Where bytes end up on a stick that has *real* bytes and claims more."""

    real: int
    how: str = "honest"

    def place(self, claimed: int) -> int | None:
        """Return the place where a block is really kept; None where nothing is."""
        if self.how == "honest" or claimed < self.real:
            return claimed
        return claimed % self.real if self.how == "wraps" else None


@dataclass
class Stick:
    """A slot: a file posing as the disk, a folder posing as its file system."""

    root: Path
    flaw: Counterfeit = field(default_factory=lambda: Counterfeit(REAL))
    present: bool = True
    mounts: list[str] = field(default_factory=list)
    opened: set[int] = field(default_factory=set)
    before_reading: Callable[[Path], None] = lambda _folder: None
    """What happens to the files between writing and reading."""

    def __post_init__(self) -> None:
        self.folder = self.root / "mounted"
        self.folder.mkdir()
        self.image = self.root / "image"
        self.image.write_bytes(kept_content())

    @property
    def device(self) -> UsbDevice:
        disks = (Disk("/dev/sdy", 6, 0), Disk("/dev/sdz", 7, CLAIMED))
        return UsbDevice("/sys/x", "46f4", "0001", interfaces=(Interface(8),), disks=disks)

    @contextmanager
    def mounted(self, *, write: bool = False) -> Iterator[Path]:
        self.mounts.append("rw" if write else "ro")
        if not write:
            self.before_reading(self.folder)
        yield self.folder

    @contextmanager
    def raw(self, *, write: bool = False) -> Iterator[int]:
        descriptor = os.open(self.image, os.O_RDWR if write else os.O_RDONLY)
        self.opened.add(descriptor)
        try:
            yield descriptor
        finally:
            self.opened.remove(descriptor)
            os.close(descriptor)

    def mend(self) -> bool:
        return False

    def flags(self) -> frozenset[VolumeFlag]:
        return frozenset()

    def is_present(self) -> bool:
        return self.present

    def eject(self) -> bool:
        return True

    def is_honest_about(self, descriptor: int) -> bool:
        return descriptor not in self.opened or self.flaw.how == "honest"

    def is_as_before(self) -> bool:
        return self.image.read_bytes() == kept_content()


@dataclass
class Told:
    """Progress that is added up."""

    total: int = 0
    done: int = 0
    running: bool = False

    def start(self, _label: str, total: int, *, counted: bool = False) -> None:  # noqa: ARG002
        self.total, self.running = total, True

    def advance(self, n: int) -> None:
        self.done += n

    def finish(self) -> None:
        self.running = False


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stick:
    made = Stick(tmp_path)
    monkeypatch.setattr(os, "preadv", reading(made))
    monkeypatch.setattr(os, "pwritev", writing(made))
    return made


Transfer = Callable[[int, list[memoryview], int], int]


def reading(stick: Stick) -> Transfer:
    """Return preadv as the stick answers it, a block at a time."""
    read = os.preadv

    def preadv(descriptor: int, buffers: list[memoryview], place: int) -> int:
        if stick.is_honest_about(descriptor):
            return read(descriptor, buffers, place)
        (buffer,) = buffers
        for offset in range(0, len(buffer), direct.ALIGNMENT):
            block = buffer[offset : offset + direct.ALIGNMENT]
            kept = stick.flaw.place(place + offset)
            if kept is None:
                block[:] = bytes(len(block))
            else:
                read(descriptor, [block], kept)
        return len(buffer)

    return preadv


def writing(stick: Stick) -> Transfer:
    """Return pwritev as the stick carries it out, a block at a time."""
    write = os.pwritev

    def pwritev(descriptor: int, buffers: list[memoryview], place: int) -> int:
        if stick.is_honest_about(descriptor):
            return write(descriptor, buffers, place)
        (buffer,) = buffers
        for offset in range(0, len(buffer), direct.ALIGNMENT):
            kept = stick.flaw.place(place + offset)
            if kept is not None:
                write(descriptor, [buffer[offset : offset + direct.ALIGNMENT]], kept)
        return len(buffer)

    return pwritev


def failing(call: Transfer, number: int, error: BaseException) -> Transfer:
    """Return *call*, which fails once, the *number*-th time."""
    left = iter(range(number))

    def once(descriptor: int, buffers: list[memoryview], place: int) -> int:
        if next(left, None) == number - 1:
            raise error
        return call(descriptor, buffers, place)

    return once


def io_error() -> OSError:
    return OSError(errno.EIO, "Input/output error")


# --- quick --------------------------------------------------------------------------------


def test_quick_passes_an_honest_stick(stick: Stick) -> None:
    told = Told()
    found = probing.probe(stick, quick=True, progress=told)
    assert found.capacity == CLAIMED
    assert min(found.write_speed, found.read_speed) > 0
    assert stick.is_as_before()
    assert stick.mounts == []
    assert told.done == told.total > 0
    assert not told.running


@pytest.mark.parametrize("how", COUNTERFEITS)
def test_quick_finds_fake_capacity(stick: Stick, how: str) -> None:
    """Claim C45. What little there is stays as it was."""
    stick.flaw = Counterfeit(REAL, how)
    with pytest.raises(FakeCapacityError) as refusal:
        probing.probe(stick, quick=True)
    assert refusal.value.facts["claimed"] == CLAIMED
    assert refusal.value.facts["got"] < CLAIMED
    assert stick.is_as_before()


def test_quick_finds_a_stick_that_lacks_only_its_end(stick: Stick) -> None:
    stick.flaw = Counterfeit(CLAIMED - direct.ALIGNMENT, "loses")
    with pytest.raises(FakeCapacityError):
        probing.probe(stick, quick=True)
    assert stick.is_as_before()


ERRORS: dict[type[BaseException], BaseException] = {
    MediumIoError: io_error(),
    PulledOutError: OSError(errno.ENODEV, "No such device"),
    KeyboardInterrupt: KeyboardInterrupt(),
}


@pytest.mark.parametrize("number", [1, 2, 20])
@pytest.mark.parametrize("wanted", ERRORS)
@pytest.mark.parametrize("call", ["preadv", "pwritev"])
def test_quick_restores_all_when_it_fails(
    stick: Stick,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    number: int,
    wanted: type[BaseException],
) -> None:
    """The failure comes while the samples are saved, or while they are overwritten."""
    monkeypatch.setattr(os, call, failing(getattr(os, call), number, ERRORS[wanted]))
    with pytest.raises(wanted):
        probing.probe(stick, quick=True)
    assert stick.is_as_before()


def test_quick_restores_all_when_reading_back_fails(
    stick: Stick, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = len(probing._samples(CLAIMED))
    monkeypatch.setattr(os, "preadv", failing(os.preadv, places + 2, io_error()))
    with pytest.raises(MediumIoError):
        probing.probe(stick, quick=True)
    assert stick.is_as_before()


def test_quick_really_overwrites(stick: Stick, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stick that ignores every writing gives back what it had, and is found out."""
    ignoring: Transfer = lambda _fd, buffers, _place: len(buffers[0])  # noqa: E731 - a writing
    monkeypatch.setattr(os, "pwritev", ignoring)
    with pytest.raises(FakeCapacityError):
        probing.probe(stick, quick=True)


@pytest.mark.parametrize("size", [5 * MIB + 512, 100 * MIB, 10**9 + 7, 2**40, 2**45 + 512])
def test_samples_reach_the_end_and_spare_the_start(size: int) -> None:
    places = probing._samples(size)
    assert 2 <= len(places) <= PROBE_SAMPLES + 1
    assert places[0] >= 2 * MIB
    assert all(place % direct.ALIGNMENT == 0 for place in places)
    ends = [place + CHUNK_BYTES for place in places]
    assert all(end <= place for end, place in zip(ends, places[1:], strict=False))
    assert 0 <= size - ends[-1] < direct.ALIGNMENT


# --- full ---------------------------------------------------------------------------------


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def roomy(stick: Stick, monkeypatch: pytest.MonkeyPatch) -> Stick:
    """A stick whose file system has room for a few files of a probe."""
    free = FILLED + 4 * MIB
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: _Usage(CLAIMED, 0, free))
    monkeypatch.setattr(probing, "PROBE_FILE_BYTES", 2 * MIB)
    (stick.folder / "holiday.jpg").write_bytes(b"not ours")
    return stick


def probe_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("mediabridge-probe-*"))


def assert_only_foreign_left(stick: Stick) -> None:
    assert [path.name for path in stick.folder.iterdir()] == ["holiday.jpg"]
    assert (stick.folder / "holiday.jpg").read_bytes() == b"not ours"


def forgetful(flaw: Counterfeit) -> Callable[[Path], None]:
    """Return what a counterfeit makes of the files, laid out one after the other."""

    def forget(folder: Path) -> None:
        files = probe_files(folder)
        written = b"".join(path.read_bytes() for path in files)
        blocks = range(0, len(written), direct.ALIGNMENT)
        kept: dict[int | None, bytes] = {}
        for place in blocks:
            kept[flaw.place(place)] = written[place : place + direct.ALIGNMENT]
        kept[None] = bytes(direct.ALIGNMENT)
        found = b"".join(kept[flaw.place(place)] for place in blocks)
        for number, path in enumerate(files):
            path.write_bytes(found[2 * MIB * number :][: 2 * MIB])

    return forget


def test_full_passes_an_honest_stick(roomy: Stick) -> None:
    sizes: list[int] = []
    roomy.before_reading = lambda folder: sizes.extend(
        path.stat().st_size for path in probe_files(folder)
    )
    told = Told()
    found = probing.probe(roomy, quick=False, progress=told)
    assert found.capacity == CLAIMED
    assert min(found.write_speed, found.read_speed) > 0
    assert sizes == [2 * MIB] * (FILLED // (2 * MIB))
    assert roomy.mounts == ["rw", "ro", "rw"]
    assert roomy.is_as_before()
    assert told.done == told.total == 2 * FILLED
    assert not told.running
    assert_only_foreign_left(roomy)


@pytest.mark.parametrize("kept", [KEPT, FILLED - direct.ALIGNMENT])
@pytest.mark.parametrize("how", COUNTERFEITS)
def test_full_finds_fake_capacity(roomy: Stick, how: str, kept: int) -> None:
    """Claim C45."""
    roomy.before_reading = forgetful(Counterfeit(kept, how))
    with pytest.raises(FakeCapacityError) as refusal:
        probing.probe(roomy, quick=False)
    assert refusal.value.facts["claimed"] == CLAIMED
    assert_only_foreign_left(roomy)


def _vanish(folder: Path) -> None:
    probe_files(folder)[-1].unlink()


def _empty(folder: Path) -> None:
    probe_files(folder)[1].write_bytes(b"")


def _cut(folder: Path) -> None:
    os.truncate(probe_files(folder)[-1], CHUNK_BYTES)


def _cut_within(folder: Path) -> None:
    os.truncate(probe_files(folder)[-1], CHUNK_BYTES + 10)


def _grow(folder: Path) -> None:
    with probe_files(folder)[0].open("ab") as longer:
        longer.write(b"+")


def _swap(folder: Path) -> None:
    one, other, *_ = probe_files(folder)
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)


@pytest.mark.parametrize("change", [_vanish, _empty, _cut, _cut_within, _grow, _swap])
def test_full_finds_what_is_not_as_written(roomy: Stick, change: Callable[[Path], None]) -> None:
    """Claim C45. A counterfeit may lose the folder's entries as well as the content."""
    roomy.before_reading = change
    with pytest.raises(FakeCapacityError):
        probing.probe(roomy, quick=False)
    assert_only_foreign_left(roomy)


def test_leftovers_of_an_earlier_probe_go(roomy: Stick, tmp_path: Path) -> None:
    for index in (0, 99):
        (roomy.folder / f"mediabridge-probe-{index:05d}.partial").write_bytes(b"earlier")
    target = tmp_path / "kept"
    target.write_bytes(b"kept")
    (roomy.folder / "mediabridge-probe-00001.partial").symlink_to(target)
    probing.probe(roomy, quick=False)
    assert_only_foreign_left(roomy)
    assert target.read_bytes() == b"kept"


def test_full_deletes_its_files_when_it_fails(
    roomy: Stick, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "pwritev", failing(os.pwritev, 5, io_error()))
    told = Told()
    with pytest.raises(MediumIoError):
        probing.probe(roomy, quick=False, progress=told)
    assert roomy.mounts == ["rw", "rw"]
    assert not told.running
    assert_only_foreign_left(roomy)


def test_pulled_out_is_not_mounted_again(roomy: Stick) -> None:
    def pull(_folder: Path) -> None:
        roomy.present = False
        raise PulledOutError

    roomy.before_reading = pull
    with pytest.raises(PulledOutError):
        probing.probe(roomy, quick=False)
    assert roomy.mounts == ["rw", "ro"]
    roomy.present, roomy.before_reading = True, lambda _folder: None
    probing.probe(roomy, quick=False)
    assert_only_foreign_left(roomy)


@dataclass
class _Empty(Stick):
    """A card reader without a card."""

    @property
    def device(self) -> UsbDevice:
        return UsbDevice("/sys/x", "46f4", "0001", disks=(Disk("/dev/sdz", 7, 0),))


@pytest.mark.parametrize("quick", [True, False])
def test_nothing_to_probe(tmp_path: Path, *, quick: bool) -> None:
    with pytest.raises(BadFilesystemError):
        probing.probe(_Empty(tmp_path), quick=quick)
