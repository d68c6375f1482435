"""Reading on past places that a medium does not give, as far as parity may make them good.

An unreadable place counts as zeros and is passed over; each failure right after another
one passes over twice as much, since a worn stick may take half a minute for each. The
number of failures and the time are bounded: beyond, the stick has failed.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from io import RawIOBase
from typing import Final

from mediabridge.config import CHUNK_BYTES, PARITY_BLOCK_BYTES, READ_ERRORS_SECONDS

Read = Callable[[RawIOBase, memoryview, int, int], int]
"""Reads a file into a buffer at a place of so many announced bytes; returns how many it read."""

_UNREADABLE: Final = frozenset({errno.EIO, errno.ENODATA, errno.EILSEQ})
"""What the kernel says of a place; a stick that is gone says something else, or always EIO."""


@dataclass
class Rescue:
    """The reading of one bundle: how much it may go wrong, and where it did."""

    errors_borne: int
    """Failed reads that are passed over; 0 for a bundle without parity."""
    unread: set[str] = field(default_factory=set)
    """Files of which something could not be read."""
    first_error: OSError | None = None
    _errors: int = 0
    _step: int = PARITY_BLOCK_BYTES
    _since: float = 0.0

    def of(self, name: str) -> Read:
        """Return how the file *name* is read."""
        return partial(self._read, name)

    def _read(
        self, name: str, source: RawIOBase, buffer: memoryview, place: int, announced: int
    ) -> int:
        """Read into *buffer*; a place that cannot be read is left out as zeros.

        Raises:
            OSError: it is not a place that failed, or too many did.
        """
        try:
            count = source.readinto(buffer) or 0
        except OSError as error:
            self._bear(error)
            return self._pass_over(name, source, buffer, place, announced)
        if count:
            self._step = PARITY_BLOCK_BYTES
        return count

    def _bear(self, error: OSError) -> None:
        now = time.monotonic()
        if self.first_error is None:
            self.first_error, self._since = error, now
        self._errors += 1
        too_long = now - self._since > READ_ERRORS_SECONDS
        if error.errno not in _UNREADABLE or self._errors > self.errors_borne or too_long:
            raise error

    def _pass_over(
        self, name: str, source: RawIOBase, buffer: memoryview, place: int, announced: int
    ) -> int:
        # To the end of a block, and never beyond the end of the file.
        until = (place // self._step + 1) * self._step
        count = min(until - place, announced - place, len(buffer))
        buffer[:count] = bytes(count)
        source.seek(place + count)
        self._step = min(2 * self._step, CHUNK_BYTES)
        self.unread.add(name)
        return count
