"""Reading and writing past the page cache, with O_DIRECT where the file system has it.

Reading back through the cache would only repeat what was said: programs that write card
images have called a broken card good that way. A file system without O_DIRECT, such as
tmpfs, is asked to forget instead; ``direct`` says which.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import mmap
import os
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from mediabridge.config import CHUNK_BYTES
from mediabridge.plainfile import MAKING, READING

ALIGNMENT: Final = 4096
"""Length and place of a direct transfer are whole multiples; all known sticks are content."""


@contextmanager
def buffer() -> Iterator[mmap.mmap]:
    """Give a page-aligned buffer of one chunk."""
    aligned = mmap.mmap(-1, CHUNK_BYTES)
    try:
        yield aligned
    finally:
        # The traceback of a failed call still holds a view; then the last one to go closes it,
        # and what the medium said is not hidden by what this says.
        with suppress(BufferError):
            aligned.close()


def open_direct(name: str, flags: int, folder: int | None = None) -> tuple[int, bool]:
    """Open *name* past the cache if possible; return the descriptor, and whether it is."""
    try:
        return os.open(name, flags | os.O_DIRECT, 0o644, dir_fd=folder), True
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    with suppress(FileNotFoundError):
        if flags & os.O_EXCL:
            # Some file systems make the file before they find that they cannot do this.
            os.unlink(name, dir_fd=folder)
    return os.open(name, flags, 0o644, dir_fd=folder), False


def chunks(name: str, folder: int | None = None) -> Iterator[memoryview]:
    """Yield the content of a plain file as the device has it, one chunk at a time.

    Each chunk is good until the next one is asked for; see :func:`same`.
    """
    descriptor, direct = open_direct(name, READING, folder)
    with buffer() as aligned, memoryview(aligned) as view:
        try:
            if not direct:
                os.fsync(descriptor)
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            place = 0
            while count := os.preadv(descriptor, [view], place):
                with view[:count] as chunk:
                    yield chunk
                place += count
                if count % ALIGNMENT:
                    return
        finally:
            os.close(descriptor)


def same(chunk: memoryview, expected: bytearray) -> bool:
    """Tell whether *chunk* is what *expected* begins with.

    A bytearray on the left compares a million bytes at once; a memoryview there, one by one.
    """
    whole = len(chunk) == len(expected)
    return (expected if whole else expected[: len(chunk)]) == chunk


def copy(
    source: BinaryIO, name: str, progress: Callable[[int], None], folder: int | None = None
) -> tuple[int, str]:
    """Write a new file from *source*, flushed; return its bytes and their SHA-256.

    Each chunk is on its way to the device before *progress* hears of it, so that the
    remaining time is honest on a slow stick. It is hashed while the device is busy with it.
    """
    descriptor, direct = open_direct(name, MAKING, folder)
    digest = hashlib.sha256()
    with ThreadPoolExecutor(1) as beside, buffer() as aligned, memoryview(aligned) as view:
        try:
            size = 0
            while count := source.readinto(view):  # type: ignore[attr-defined]
                if direct and count % ALIGNMENT:
                    # Only the last chunk has a ragged end, and only it goes through the cache.
                    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
                    fcntl.fcntl(descriptor, fcntl.F_SETFL, flags & ~os.O_DIRECT)
                    direct = False
                with view[:count] as chunk:
                    hashing = beside.submit(digest.update, chunk)
                    try:
                        write_all(descriptor, chunk, size)
                    finally:
                        hashing.result()
                progress(count)
                size += count
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return size, digest.hexdigest()


def write_all(descriptor: int, data: memoryview, place: int) -> None:
    """Write *data* at *place*, however many calls it takes."""
    done = 0
    while done < len(data):
        done += os.pwritev(descriptor, [data[done:]], place + done)


def is_direct(folder: str) -> bool:
    """Tell whether files below *folder* can be read past the cache."""
    # Unpredictable: a name left by a crash, or put there, must not be in the way.
    path = Path(folder) / f".mediabridge-direct-{secrets.token_hex(8)}"
    descriptor, direct = open_direct(str(path), MAKING)
    os.close(descriptor)
    path.unlink()
    return direct
