"""Past the page cache: every size keeps its content, nothing is followed or replaced."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mediabridge import plainfile
from mediabridge.config import CHUNK_BYTES, MIB
from mediabridge.media import direct

BLOCK = direct.ALIGNMENT
SIZES = [
    0, 1, 511, 512, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 100,
    CHUNK_BYTES - BLOCK, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, CHUNK_BYTES + BLOCK,
    2 * CHUNK_BYTES - 1, 2 * CHUNK_BYTES, 2 * CHUNK_BYTES + BLOCK + 1,
]  # fmt: skip
KEPT = b"was here before"


def content(size: int) -> bytes:
    return hashlib.shake_256(b"%d" % size).digest(size)


def copied(data: bytes, target: Path) -> list[int]:
    """Copy *data* to *target* and return what progress was told."""
    told: list[int] = []
    copied = direct.copy(io.BytesIO(data), str(target), told.append)
    assert copied == (len(data), hashlib.sha256(data).hexdigest())
    return told


def read(path: Path) -> bytes:
    return b"".join(bytes(each) for each in direct.chunks(str(path)))


@pytest.fixture
def cached_only(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A file system without O_DIRECT, which says so only when it has made the file."""
    opened, refused = os.open, []

    def without(name: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        descriptor = opened(name, flags & ~os.O_DIRECT, mode, dir_fd=dir_fd)
        if not flags & os.O_DIRECT:
            return descriptor
        os.close(descriptor)
        refused.append(name)
        raise OSError(errno.EINVAL, "Invalid argument", name)

    monkeypatch.setattr(os, "open", without)
    return refused


@pytest.mark.parametrize("size", SIZES)
def test_content_comes_back(tmp_path: Path, size: int) -> None:
    path = tmp_path / "file"
    assert sum(copied(content(size), path)) == size
    assert path.read_bytes() == content(size)
    assert read(path) == content(size)


@pytest.mark.parametrize("size", SIZES)
def test_content_comes_back_without_direct(
    tmp_path: Path, size: int, cached_only: list[str]
) -> None:
    path = tmp_path / "file"
    assert sum(copied(content(size), path)) == size
    assert path.read_bytes() == content(size)
    assert read(path) == content(size)
    # It was tried, for writing and for reading.
    assert cached_only == [str(path)] * 2


def test_progress_hears_of_each_chunk(tmp_path: Path) -> None:
    told = copied(content(2 * CHUNK_BYTES + 5), tmp_path / "file")
    assert told == [CHUNK_BYTES, CHUNK_BYTES, 5]
    pieces = [len(each) for each in direct.chunks(str(tmp_path / "file"))]
    assert pieces == told


class Trickle(io.RawIOBase):
    """A source that never fills the buffer, as a pipe may."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._source = io.BytesIO(data)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return self._source.readinto(buffer[:30_000])


def test_source_in_ragged_pieces(tmp_path: Path) -> None:
    data = content(CHUNK_BYTES + 1)
    size, digest = direct.copy(Trickle(data), str(tmp_path / "file"), lambda _: None)  # type: ignore[arg-type]
    assert (size, digest) == (len(data), hashlib.sha256(data).hexdigest())
    assert (tmp_path / "file").read_bytes() == data


def test_device_that_takes_little_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.pwritev

    def little(descriptor: int, buffers: list[memoryview], place: int) -> int:
        return write(descriptor, [buffers[0][:BLOCK]], place)

    monkeypatch.setattr(os, "pwritev", little)
    copied(content(5 * BLOCK + 7), tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == content(5 * BLOCK + 7)


def test_failed_write_is_told_as_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_descriptor: int, _buffers: list[memoryview], _place: int) -> int:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "pwritev", broken)
    with pytest.raises(OSError, match="Input/output"):
        copied(content(CHUNK_BYTES + 7), tmp_path / "file")


def test_names_in_an_open_folder(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        direct.copy(io.BytesIO(content(BLOCK + 1)), "file", lambda _: None, folder)
        assert b"".join(bytes(each) for each in direct.chunks("file", folder)) == content(BLOCK + 1)
    finally:
        os.close(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def refuses_to_write(path: Path) -> None:
    with pytest.raises(FileExistsError):
        direct.copy(io.BytesIO(b"new"), str(path), lambda _: None)


def test_existing_file_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(KEPT)
    refuses_to_write(path)
    assert path.read_bytes() == KEPT


def test_existing_file_is_never_replaced_without_direct(
    tmp_path: Path, cached_only: list[str]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(KEPT)
    refuses_to_write(path)
    assert path.read_bytes() == KEPT
    assert cached_only == []


@pytest.mark.parametrize("there", [True, False])
def test_link_is_not_written_through(tmp_path: Path, *, there: bool) -> None:
    """Claim C6. Neither where it leads to a file, nor where it would make one."""
    target, link = tmp_path / "target", tmp_path / "link"
    if there:
        target.write_bytes(KEPT)
    link.symlink_to(target)
    refuses_to_write(link)
    assert target.exists() is there
    assert not there or target.read_bytes() == KEPT


def test_link_is_not_read_through(tmp_path: Path) -> None:
    """Claim C6."""
    (tmp_path / "target").write_bytes(KEPT)
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match=r"link") as refusal:
        read(tmp_path / "link")
    assert refusal.value.errno == errno.ELOOP


def test_folder_and_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        read(tmp_path)
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "missing")


def test_nobody_at_the_pipe_is_no_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match=r".") as refusal:
        read(tmp_path / "pipe")
    assert refusal.value.errno in {errno.ESPIPE, errno.EINVAL}


def test_cache_is_asked_to_forget_without_direct(
    tmp_path: Path, cached_only: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(os, "posix_fadvise", lambda *words: asked.append(words[-1]))
    (tmp_path / "file").write_bytes(KEPT)
    assert read(tmp_path / "file") == KEPT
    assert cached_only == [str(tmp_path / "file")]
    assert asked == [os.POSIX_FADV_DONTNEED]


def test_other_errors_are_not_taken_for_a_lack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def broken(_name: str, flags: int, *_mode: int, dir_fd: int | None = None) -> int:
        tries.append(flags)
        raise OSError(errno.EIO, "Input/output error", str(dir_fd))

    monkeypatch.setattr(os, "open", broken)
    with pytest.raises(OSError, match="Input/output") as refusal:
        direct.open_direct(str(tmp_path / "file"), plainfile.MAKING)
    assert refusal.value.errno == errno.EIO
    assert len(tries) == 1


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_no_descriptor_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content(2 * CHUNK_BYTES))
    before = open_files()
    reading = direct.chunks(str(path))
    next(reading)
    reading.close()  # type: ignore[attr-defined]
    refuses_to_write(path)
    assert open_files() == before


def test_folder_tells_whether_it_can(tmp_path: Path, cached_only: list[str]) -> None:
    assert not direct.is_direct(str(tmp_path))
    assert len(cached_only) == 1
    assert list(tmp_path.iterdir()) == []


# --- the proof that reading back is no repetition of what was said ------------------------


OLD, NEW = b"as the cache still has it".ljust(64, b"."), b"as the device has it".ljust(64, b".")


@contextmanager
def loop_mounted(image: Path, folder: Path) -> Iterator[Path]:
    """Mount *image*; skip where this user or this machine may not."""
    folder.mkdir()
    command = ["mount", "-o", "loop", str(image), str(folder)]
    done = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")
    if done.returncode:
        pytest.skip(f"no loop mount on this machine: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def change_below(image: Path, old: bytes, new: bytes) -> int:
    """Put *new* for every *old* in the image, behind the back of its file system."""
    os.sync()
    places = 0
    with image.open("r+b") as device:
        data, place = device.read(), -1
        while (place := data.find(old, place + 1)) >= 0:
            device.seek(place)
            device.write(new)
            places += 1
    return places


@pytest.mark.heavy
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount an image")
@pytest.mark.skipif(not Path("/dev/loop-control").exists(), reason="no loop devices here")
def test_device_is_read_and_not_the_cache(
    tmp_path: Path, require_tool: Callable[[str], str]
) -> None:
    """Claim C45. Bytes changed below the file system: a plain read cannot see it, ours does."""
    image, blocks = tmp_path / "image", 3 * CHUNK_BYTES // len(OLD)
    with image.open("xb") as empty:
        empty.truncate(32 * MIB)
    subprocess.run([require_tool("mkfs.ext4"), str(image)], check=True, capture_output=True)
    with loop_mounted(image, tmp_path / "mounted") as folder:
        path = folder / "file"
        path.write_bytes(OLD * blocks)
        assert change_below(image, OLD, NEW) == blocks
        assert path.read_bytes() == OLD * blocks
        assert read(path) == NEW * blocks
