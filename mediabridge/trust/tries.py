"""Wrong passphrases of a key file: counted beside it, and each makes the next try wait longer.

Whoever has a copy of the file can guess without this program; against that stands the cost
of Argon2id. This is against somebody who guesses at a station's desk. No clock is asked: the
wait follows from the count alone. The count is on the disk before a wrong passphrase is
answered, so ending the program, or switching the machine off, saves no wait. While one
process tries, every other one that tries the same file waits for it.

The count is ``{"format":1,"wrong":N}`` in a file beside the key file, with ``.wrong`` after
its name; the right passphrase removes it. A count that cannot be read is the highest.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag

from mediabridge import canonical, durable, errors
from mediabridge.config import (
    PASSPHRASE_FREE_TRIES,
    PASSPHRASE_UNCOUNTED_SECONDS,
    PASSPHRASE_WAIT_SECONDS,
)
from mediabridge.plainfile import READING, read_plain

Pause = Callable[[float], None]
"""Waits so many seconds."""

_FORMAT: Final = 1
_COUNT_BYTES: Final = 128
_HIGHEST: Final = 1_000_000


@contextmanager
def counted(path: Path, key_id: str, pause: Pause = time.sleep) -> Iterator[None]:
    """Wait as the wrong passphrases so far demand, then let the block try one on *path*.

    An :class:`InvalidTag` that leaves the block is a wrong passphrase: it is counted, and
    told as one. A block that ends well clears the count.

    Raises:
        KeyFileError: the key file cannot be opened.
        PassphraseError: the block failed; how often in a row, and how many seconds the next
            try will wait.
    """
    with _alone(path):
        before = _count(path)
        pause(wait_after(before))
        try:
            yield
        except InvalidTag:
            wrong = before + 1
            if not _kept(path, wrong):
                pause(PASSPHRASE_UNCOUNTED_SECONDS)
            raise errors.PassphraseError(
                name=path.name, key=key_id, wrong=wrong, wait=wait_after(wrong)
            ) from None
        if before:
            with suppress(OSError):
                count_file(path).unlink(missing_ok=True)


def count_file(path: Path) -> Path:
    """Return where the wrong passphrases of the key file *path* are counted."""
    return path.with_name(f"{path.name}.wrong")


def wait_after(wrong: int) -> int:
    """Return how many seconds a try waits after so many wrong ones in a row."""
    if wrong < PASSPHRASE_FREE_TRIES:
        return 0
    # The exponent is bounded before the power is taken: the count may come from a hostile file.
    doublings = min(wrong - PASSPHRASE_FREE_TRIES, PASSPHRASE_WAIT_SECONDS.bit_length())
    return int(min(2**doublings, PASSPHRASE_WAIT_SECONDS))


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    try:
        lock = os.open(path, READING)
    except OSError as error:
        raise errors.KeyFileError(name=path.name, detail=error.strerror) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _count(path: Path) -> int:
    try:
        found = canonical.load(read_plain(count_file(path), _COUNT_BYTES))
    except FileNotFoundError:
        return 0
    except (OSError, ValueError):
        return _HIGHEST
    wrong = found.get("wrong") if isinstance(found, dict) else None
    if type(wrong) is not int or found != {"format": _FORMAT, "wrong": wrong} or wrong < 1:
        return _HIGHEST
    return min(wrong, _HIGHEST)


def _kept(path: Path, wrong: int) -> bool:
    """Write the count down; False where nothing can be written, as on a protected stick."""
    data = canonical.dump({"format": _FORMAT, "wrong": min(wrong, _HIGHEST)})
    try:
        durable.write_durably(count_file(path), data, mode=0o600)
    except OSError:
        return False
    return True
