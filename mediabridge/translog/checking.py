"""Whether a stored log is what was promised about it, derived again from its entries.

A batch is compared as a whole, with one question to the database for each level of the tree.
Only where that fails is it gone through entry by entry, to name the first difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple, Protocol

from mediabridge import errors, locale
from mediabridge.translog import events, merkle
from mediabridge.translog.checkpoint import Checkpoint

_BATCH: Final = 256
_NEWEST: Final = "ORDER BY size DESC LIMIT 1"


class Stored(Protocol):
    """What a stored log has to give."""

    @property
    def origin(self) -> str:
        """What the log is called in its checkpoints."""

    @property
    def station(self) -> str:
        """Whose log it is."""

    def size(self) -> int:
        """Return the number of entries."""

    def entries(self, start: int, end: int, /) -> Iterable[bytes]:
        """Return the entries *start* to *end* - 1."""

    def hashes(self, level: int, start: int, end: int, /) -> list[bytes]:
        """Return the hashes *start* to *end* - 1 of a level."""

    def node(self, level: int, position: int, /) -> bytes:
        """Return the hash of a full subtree."""

    def frontier(self, size: int, /) -> merkle.Frontier:
        """Return the frontier of the first *size* entries."""

    def rows(self, query: str, /, *values: int | str | bytes) -> list[Any]:
        """Return all rows of *query*, whose first parameter is what the log's rows stand under."""


class _Promise(NamedTuple):
    size: int
    said: bytes
    is_note: bool
    """Whether *said* is a signed note; it is a root otherwise."""


def check(log: Stored, known: Checkpoint | None = None) -> None:
    """Derive every node and every promised root of *log* again; in an open transaction.

    With *known*, which somebody kept, this is done only for what is behind it. What is before it
    is then what its root stands for, and is not read.

    Raises:
        LogCorruptError: with got and wanted of the first difference.
    """
    start, size = 0, log.size()
    if known is not None:
        start = known.size
        _check_root(_frontier_of(log, start), known.root)
    frontier = log.frontier(start)
    _check_promises(log, frontier, _promises(log, start, start))
    for first in range(start, size, _BATCH):
        end = min(first + _BATCH, size)
        if not _fits(log, frontier, first, end):
            frontier = _one_by_one(log, first, end)
    _check_excess(log, start, size)
    check_newest_promise(log)


def signed_size(log: Stored) -> int:
    """Return how many entries are under the newest checkpoint that was kept of *log*; 0: none."""
    return max((each.size for each in _select(log, _NEWEST) if each.is_note), default=0)


def check_newest_promise(log: Stored) -> None:
    """Raise :class:`LogCorruptError` unless *log* still has what it was promised to be last."""
    for promise in _select(log, _NEWEST):
        _check_promises(log, _frontier_of(log, promise.size), [promise])


def check_kept(log: Stored, kept: Checkpoint) -> None:
    """Raise :class:`LogCorruptError` unless the nodes of *log* lead to what somebody *kept*."""
    _check_root(_frontier_of(log, kept.size), kept.root)


def _frontier_of(log: Stored, promised: int) -> merkle.Frontier:
    if promised > (size := log.size()):
        detail = locale.text(
            "entries of the log: {got}, should be {wanted} at least", got=size, wanted=promised
        )
        raise errors.LogCorruptError(detail=detail)
    return log.frontier(promised)


def _promises(log: Stored, least: int, most: int) -> list[_Promise]:
    """Return what was promised about the sizes *least* to *most*."""
    return list(_select(log, "AND size >= ? AND size <= ? ORDER BY size", least, most))


def _select(log: Stored, which: str, *sizes: int) -> Iterator[_Promise]:
    """Yield promises, of each kind and of each witness by itself: that is how they are indexed."""
    query = f"SELECT size, note FROM checkpoint WHERE origin = ? {which}"  # noqa: S608 - fixed texts
    for size, note in log.rows(query, *sizes):
        yield _Promise(size, note, is_note=True)
    for witness in _witnesses(log):
        query = f"SELECT size, note FROM cosigned WHERE origin = ? AND witness = ? {which}"  # noqa: S608 - as above
        for size, note in log.rows(query, witness, *sizes):
            yield _Promise(size, note, is_note=True)
    query = f"SELECT size, root FROM promise WHERE origin = ? {which}"  # noqa: S608 - as above
    for size, root in log.rows(query, *sizes):
        yield _Promise(size, root, is_note=False)


def _witnesses(log: Stored) -> Iterator[str]:
    """Yield who has cosigned something, with one question to the index for each."""
    last = ""
    query = "SELECT min(witness) FROM cosigned WHERE origin = ? AND witness > ?"
    while (last := log.rows(query, last)[0][0]) is not None:
        yield last


def _fits(log: Stored, frontier: merkle.Frontier, first: int, end: int) -> bool:
    """Tell whether the entries *first* to *end* - 1 are right, and what stands over them."""
    due = defaultdict(list)
    for promise in _promises(log, first + 1, end):
        due[promise.size].append(promise)
    completed = defaultdict(list)
    try:
        for index, entry in enumerate(log.entries(first, end), first):
            _check_entry(log, index, entry)
            for level, _position, digest in frontier.append(merkle.leaf_hash(entry)):
                completed[level].append(digest)
            if frontier.size in due:
                _check_promises(log, frontier, due[frontier.size])
        return all(
            log.hashes(level, first >> level, end >> level) == digests
            for level, digests in completed.items()
        )
    except errors.LogCorruptError:
        return False


def _one_by_one(log: Stored, first: int, end: int) -> merkle.Frontier:
    """Raise the first difference among the entries *first* to *end* - 1."""
    frontier = log.frontier(first)
    for index, entry in enumerate(log.entries(first, end), first):
        _check_entry(log, index, entry)
        for level, position, digest in frontier.append(merkle.leaf_hash(entry)):
            _check_node(log, level, position, digest)
        _check_promises(log, frontier, _promises(log, frontier.size, frontier.size))
    return frontier


def _check_entry(log: Stored, index: int, entry: bytes) -> None:
    try:
        events.parse(entry, log.station)
    except ValueError as error:
        detail = locale.text("entry {index}: {problem}", index=index, problem=error)
        raise errors.LogCorruptError(detail=detail) from None


def _check_node(log: Stored, level: int, position: int, wanted: bytes) -> None:
    got = log.node(level, position)
    if got != wanted:
        place = locale.text(
            "the node at level {level}, position {position}", level=level, position=position
        )
        detail = locale.text(
            "{place} is {got}, should be {wanted}",
            place=place,
            got=got.hex(),
            wanted=wanted.hex(),
        )
        raise errors.LogCorruptError(detail=detail)


def _check_promises(log: Stored, frontier: merkle.Frontier, promises: Iterable[_Promise]) -> None:
    """Raise unless all *promises*, about the size of *frontier*, are kept."""
    for _size, said, is_note in promises:
        if is_note:
            wanted = Checkpoint(log.origin, frontier.size, frontier.root())
            if not said.startswith(f"{wanted.text()}\n".encode()):
                raise _another_root(wanted.size, wanted.root)
        else:
            _check_root(frontier, said)


def _check_root(frontier: merkle.Frontier, said: bytes) -> None:
    if said != frontier.root():
        raise _another_root(frontier.size, frontier.root())


def _another_root(size: int, root: bytes) -> errors.LogCorruptError:
    detail = locale.text(
        "the checkpoint of size {size} should have root {root}", size=size, root=root.hex()
    )
    return errors.LogCorruptError(detail=detail)


def _check_excess(log: Stored, start: int, size: int) -> None:
    """Raise unless there are as many rows as there have to be, from entry *start* on."""
    rows = {"entry": size - start, "node": _nodes(size) - _nodes(start)}
    for table, wanted in rows.items():
        got = _count(log, table, start, size)
        if got != wanted:
            detail = locale.text(
                "rows of the table {table}: {got}, should be {wanted}",
                table=table,
                got=got,
                wanted=wanted,
            )
            raise errors.LogCorruptError(detail=detail)


def _nodes(size: int) -> int:
    return 2 * size - size.bit_count()


def _count(log: Stored, table: str, start: int, size: int) -> int:
    """Return how many rows of *table* there are from entry *start* on."""
    count = f"SELECT count(*) FROM {table} WHERE origin = ?"  # noqa: S608 - our own two names
    if start == 0:
        return int(log.rows(count)[0][0])
    if table == "entry":
        return int(log.rows(f"{count} AND position >= ?", start)[0][0])
    levels = range(size.bit_length())
    of_level = f"{count} AND level = ? AND position >= ?"
    above = log.rows(f"{count} AND level >= ?", len(levels))[0][0]
    return int(above + sum(log.rows(of_level, each, start >> each)[0][0] for each in levels))
