"""How a long step tells how far it is, without knowing who is listening.

Stages take a :class:`Progress` and call it once per chunk; the command line shows a
bar or writes a line now and then, the kiosk draws its own, tests pass
:class:`NullProgress`::

    progress.start(n_("Writing to the medium"), total_bytes)
    for chunk in chunks:
        target.write(chunk)
        progress.advance(len(chunk))
    progress.finish()
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from typing import BinaryIO, Final, Protocol, TypeVar

_TOLD_AT_ONCE: Final = 64 * 1024
_ITEMS_AT_ONCE: Final = 1000
_REPORTS: Final = 200
"""Into how many parts what is counted is told, at most."""

T = TypeVar("T")


class Progress(Protocol):
    """Someone who wants to know how far a step is; one step at a time."""

    def start(self, label_msgid: str, total: int, *, counted: bool = False) -> None:
        """Begin a step of *total* bytes, ending any step before it.

        *label_msgid* is a message id marked with :func:`mediabridge.locale.n_`. Where it is
        *counted*, *total* is a number of things, of which nobody asks how many MB a second.
        """

    def advance(self, n: int) -> None:
        """Add *n* bytes, or things, to what is done."""

    def finish(self) -> None:
        """End the step; harmless when none is running."""


class NullProgress:
    """Nobody is listening."""

    def start(self, label_msgid: str, total: int, *, counted: bool = False) -> None:
        """Ignore the step."""

    def advance(self, n: int) -> None:
        """Ignore the units."""

    def finish(self) -> None:
        """Ignore the end."""


class Parts:
    """One step that is done in parts, of which each has its share of the time.

    Whoever waits is told one remaining time: bytes that are read and rows that are compared
    take different times, so that the shares are those that were measured. A part that tells
    nothing while it is done is told when the next one begins::

        parts = Parts(progress, n_("Checking the receipts"), [2 * size, size])
        read(stream, parts.next(size))
        compare(rows, parts.next(len(rows)))
        parts.finish()
    """

    def __init__(
        self, progress: Progress, label_msgid: str, shares: Iterable[int], *, counted: bool = True
    ) -> None:
        """Begin the step; the *shares* of its parts are in their order, and of one unit.

        Only where that is bytes that take alike, the step may be one that is not *counted*.
        """
        self._progress = progress
        self._ends = list(accumulate(shares))
        self._total = max([*self._ends[-1:], 1])
        self._begin = self._end = self._told = 0
        self._number = 0
        progress.start(label_msgid, self._total, counted=counted)

    def next(self, total: int) -> Callable[[int], None]:
        """Begin the next part, of *total* bytes or things; what is returned is told each of them.

        Raises:
            IndexError: there is no part left.
        """
        self._tell(self._end)
        self._begin, self._end = self._end, self._ends[self._number]
        self._number += 1
        done = 0

        def advance(n: int) -> None:
            nonlocal done
            done = min(done + n, total)
            share = (self._end - self._begin) * done // max(total, 1)
            self._tell(self._begin + share)

        return advance

    def finish(self) -> None:
        """End the step, with all of its parts done."""
        self._tell(self._total)
        self._progress.finish()

    def _tell(self, done: int) -> None:
        if done > self._told:
            self._progress.advance(done - self._told)
            self._told = done


class ToldLines:
    """A stream of lines that tells how many bytes were read from it, some lines at a time."""

    def __init__(self, stream: BinaryIO, tell: Callable[[int], None]) -> None:
        """Read from *stream*; *tell* is given the bytes of the lines since it was last told."""
        self._stream = stream
        self._tell = tell
        self._untold = 0

    def readline(self, size: int = -1, /) -> bytes:
        """Return the next line, or its first *size* bytes; nothing at the end."""
        line = self._stream.readline(size)
        self._untold += len(line)
        if self._untold >= _TOLD_AT_ONCE or not line:
            self._tell(self._untold)
            self._untold = 0
        return line


def counting(
    items: Iterable[T], progress: Progress, label_msgid: str, total: int, *, at_once: int = 1
) -> Iterator[T]:
    """Yield *items*, of which there are *total*, and tell *progress* how many have been taken.

    See :func:`told` for *at_once*.
    """
    progress.start(label_msgid, total, counted=True)
    yield from told(items, progress.advance, total, at_once=at_once)
    progress.finish()


def told(
    items: Iterable[T], tell: Callable[[int], None], total: int, *, at_once: int = 1
) -> Iterator[T]:
    """Yield *items*, of which there are *total*, and *tell* how many more have been taken.

    Whoever takes so many *at_once*, before anything is done with them, says so: what has been
    fetched is told when the next ones are asked for, since by then it is done.
    """
    part, untold = -(-max(total // _REPORTS, 1) // at_once) * at_once, 0
    for item in items:
        yield item
        untold += 1
        if untold == part:
            tell(untold)
            untold = 0
    if untold:
        tell(untold)


class _Stream(Protocol):
    def tell(self) -> int:
        """Return how far it was read."""


def telling(items: Iterable[T], stream: _Stream, progress: Progress) -> Iterator[T]:
    """Yield *items*, which are read from *stream*, and tell *progress* how far that has been read.

    The step has been started by the caller, who also ends it.
    """
    told = 0
    for number, item in enumerate(items, 1):
        yield item
        if number % _ITEMS_AT_ONCE == 0:
            progress.advance(stream.tell() - told)
            told = stream.tell()
    progress.advance(stream.tell() - told)
