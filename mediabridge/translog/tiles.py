"""A log as files: the C2SP tiles layout, in which other programs read it.

Specification: https://c2sp.org/tlog-tiles. A tile is up to 256 hashes of one level, beside
each other; level 0 has those of the entries, each level above one hash for each full tile
below. An entry bundle is up to 256 entries, each behind its length. Pure: what a log has
comes in, names and bytes go out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice
from typing import Final, NamedTuple, Protocol

HEIGHT: Final = 8
"""Levels of the Merkle tree between two levels of tiles."""

WIDTH: Final = 1 << HEIGHT
"""Hashes of a full tile, and entries of a full bundle."""

CHECKPOINT: Final = "checkpoint"
"""Where the log's newest signed checkpoint is."""

ENTRIES: Final = "entries"
"""Stands in the place of the level in the path of an entry bundle."""

_LENGTH_BYTES: Final = 2


class Tile(NamedTuple):
    """Which tile: *width* hashes of a *level* of tiles, from hash ``number * 256`` on."""

    level: int
    number: int
    width: int

    @property
    def first(self) -> int:
        """Return the place of the first hash on its level."""
        return self.number * WIDTH

    def path(self) -> str:
        """Return where the tile is, below the log's prefix."""
        return _path(str(self.level), self.number, self.width)

    def entries_path(self) -> str:
        """Return where the entries below this tile are; for tiles of level 0."""
        return _path(ENTRIES, self.number, self.width)


class Readable(Protocol):
    """What a log has to give."""

    def hashes(self, level: int, start: int, end: int) -> list[bytes]:
        """Return the hashes of full subtrees, of ``2 ** level`` leaves each."""

    def entries(self, start: int = 0, end: int | None = None) -> Iterable[bytes]:
        """Return the entries *start* to *end* - 1."""


def tiles_of(size: int) -> Iterator[Tile]:
    """Yield every tile of a tree of *size* leaves, by level and place; the last may be partial."""
    for level in count():
        hashes = size >> HEIGHT * level
        if not hashes:
            return
        yield from _spans(level, hashes)


def write(log: Readable, size: int, put: Callable[[str, bytes], object]) -> None:
    """Give *put* the path and the bytes of every tile and bundle of the first *size* entries."""
    for tile in tiles_of(size):
        hashes = log.hashes(tile.level * HEIGHT, tile.first, tile.first + tile.width)
        put(tile.path(), b"".join(hashes))
    write_entries(log.entries(0, size), size, put)


def write_entries(entries: Iterable[bytes], size: int, put: Callable[[str, bytes], object]) -> None:
    """Give *put* the path and the bytes of every bundle of these *entries*, *size* in all."""
    rest = iter(entries)
    for tile in _spans(0, size):
        put(tile.entries_path(), bundle_of(islice(rest, tile.width)))


def bundle_of(entries: Iterable[bytes]) -> bytes:
    """Return an entry bundle: each entry behind its length, 2 bytes, big-endian."""
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries)


def _spans(level: int, hashes: int) -> Iterator[Tile]:
    full, partial = divmod(hashes, WIDTH)
    for number in range(full):
        yield Tile(level, number, WIDTH)
    if partial:
        yield Tile(level, full, partial)


def _path(level: str, index: int, width: int) -> str:
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    suffix = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(groups))}{suffix}"
