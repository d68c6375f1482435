"""The part of a sender's transfer log that travels in a bundle, and its check.

A section is the sender's signed checkpoint and all entries from ``start`` — the
size the receiver has acknowledged — up to the checkpoint's size. The entries
travel as one file, one canonical entry per line. Pure: the check reads what it
is given and decides; :mod:`mediabridge.translog.mirror` keeps the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from mediabridge import errors, locale
from mediabridge.config import LIMITS, Limits
from mediabridge.translog import checkpoint, events, merkle, note


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


class Known(Protocol):
    """What the receiver already holds of the sender's log."""

    def size(self) -> int:
        """Return the number of entries held."""

    def frontier(self) -> merkle.Frontier:
        """Return the frontier of all entries held."""

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


def check_section(
    section: LogSection,
    *,
    origin: str,
    vkey: note.Vkey,
    known: Known,
    mode: str | None = None,
) -> VerifiedSection:
    """Check *section* against the sender's log key and what this station already has.

    *mode* is what the sender has to be for, ``live`` or ``training``. The steps are those of
    transfer-log.md, section 6. Memory does not grow with the number of entries.

    Raises:
        LogSectionError: any step failed; ``detail`` says which, with got and wanted.
    """
    signed = _check_checkpoint(section, origin, vkey)
    _check_extent(section, signed, known.size())
    _check_entries(section, signed, known, mode)
    return VerifiedSection(section, signed)


def _check_checkpoint(section: LogSection, origin: str, vkey: note.Vkey) -> checkpoint.Checkpoint:
    # 1. The checkpoint is signed by the sender's log key, under the sender's origin.
    try:
        signed = checkpoint.open_checkpoint(section.note, vkey)
    except errors.LogNoteError as error:
        raise errors.LogSectionError(**error.facts) from error
    if signed.origin != origin:
        detail = locale.text("a log of {got}, should be {wanted}", got=signed.origin, wanted=origin)
        raise errors.LogSectionError(detail=detail)
    return signed


def _check_extent(section: LogSection, signed: checkpoint.Checkpoint, held: int) -> None:
    # 2. The log has not become shorter than what is already held.
    if signed.size < held:
        detail = locale.text(
            "entries of the log: {got}, should be {wanted} at least", got=signed.size, wanted=held
        )
        raise errors.LogSectionError(detail=detail)
    # 3. There is no gap between what is held and what arrives.
    if not 0 <= section.start <= held:
        detail = locale.text(
            "the entries start at {got}, should start at {wanted} or before",
            got=section.start,
            wanted=held,
        )
        raise errors.LogSectionError(detail=detail)


def _check_entries(
    section: LogSection, signed: checkpoint.Checkpoint, known: Known, mode: str | None
) -> None:
    frontier = known.frontier()
    held, index = frontier.size, section.start
    station = checkpoint.station_of(signed.origin)
    for entry in section.entries:
        # 4. There are no more entries than the checkpoint covers.
        if index == signed.size:
            detail = locale.text("more entries than the {count} that are signed", count=index)
            raise errors.LogSectionError(detail=detail)
        # 5. Every entry is in the vocabulary, the sender's own, and of our mode where it says one.
        try:
            _check_mode(events.parse(entry, station), mode)
        except ValueError as error:
            detail = locale.text("entry {index}: {problem}", index=index, problem=error)
            raise errors.LogSectionError(detail=detail) from None
        # 6. What both sides hold is the same; what is new continues it.
        leaf = merkle.leaf_hash(entry)
        if index >= held:
            frontier.append(leaf)
        elif leaf != known.leaf_hash(index):
            detail = locale.text("entry {index} is not the one we hold", index=index)
            raise errors.LogSectionError(detail=detail)
        index += 1
    if index != signed.size:
        detail = locale.text(
            "the entries end at {got}, should end at {wanted}", got=index, wanted=signed.size
        )
        raise errors.LogSectionError(detail=detail)
    # 7. All entries together are what the checkpoint promises.
    if frontier.root() != signed.root:
        detail = locale.text(
            "{place} is {got}, should be {wanted}",
            place=locale.text("the root"),
            got=frontier.root().hex(),
            wanted=signed.root.hex(),
        )
        raise errors.LogSectionError(detail=detail)


def _check_mode(entry: events.Entry, mode: str | None) -> None:
    got = entry.facts.get("mode", mode)
    if mode is not None and got != mode:
        msg = locale.text("a log for {got}, should be for {wanted}", got=got, wanted=mode)
        raise ValueError(msg)
