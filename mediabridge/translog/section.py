"""The part of a sender's transfer log that travels in a bundle.

A section is the sender's signed checkpoint and all entries from ``start`` — the
size the receiver has acknowledged — up to the checkpoint's size. The entries
travel as one file, one canonical entry per line. What is said in it is judged by
:mod:`mediabridge.translog.verdicts`; :mod:`mediabridge.translog.mirror` keeps the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from mediabridge import errors, locale
from mediabridge.config import LIMITS, Limits
from mediabridge.translog import checkpoint, merkle
from mediabridge.translog.cosignature import Cosigned, station_of


@dataclass(frozen=True)
class LogSection:
    """What a bundle says about its sender's log; nothing in it is believed yet.

    ``entries`` can be iterated more than once: a list, or :class:`EntryLines`.
    """

    start: int
    note: bytes
    entries: Iterable[bytes]


@dataclass(frozen=True)
class VerifiedSection:
    """A section that continues what the receiver already has, up to a signed checkpoint."""

    section: LogSection
    checkpoint: checkpoint.Checkpoint
    branch: int | None = None
    """How much of what is held it continues, where the sender came from a backup; None: all."""


@dataclass(frozen=True)
class Elsewhere:
    """What another station has cosigned of the sender's log."""

    witness: str
    """The name of its key."""
    cosigned: Cosigned

    @property
    def station(self) -> str:
        """The station that this is the witness key of."""
        return station_of(self.witness)


class Known(Protocol):
    """What the receiver already holds of the sender's log."""

    def size(self) -> int:
        """Return the number of entries held."""

    def frontier(self, size: int | None = None) -> merkle.Frontier:
        """Return the frontier of the first *size* entries held, or of all."""

    def leaf_hash(self, index: int) -> bytes:
        """Return the leaf hash of entry *index*, below :meth:`size`."""


class EntryLines:
    """A file of entries, one per line, opened anew each time it is iterated."""

    def __init__(self, open_file: Callable[[], BinaryIO], limits: Limits = LIMITS) -> None:
        """Read from what *open_file* returns, never more than one entry at a time."""
        self._open_file = open_file
        self._longest = limits.log_entry_bytes + len(b"\n")

    def __iter__(self) -> Iterator[bytes]:
        """Yield the entries without their newline.

        Raises:
            LogSectionError: a line is too long, or the last one has no newline.
        """
        with self._open_file() as file:
            while line := file.readline(self._longest):
                if not line.endswith(b"\n"):
                    detail = locale.text("a line of the entries is too long or cut off")
                    raise errors.LogSectionError(detail=detail)
                yield line[:-1]


def write_lines(entries: Iterable[bytes], file: BinaryIO) -> int:
    """Write *entries* one per line to *file* and return how many there were."""
    count = 0
    for entry in entries:
        # Canonical JSON escapes every control character, so an entry is one line.
        file.write(entry + b"\n")
        count += 1
    return count
