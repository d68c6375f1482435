"""Mending our own copy of a bundle that came damaged, before anything of it is verified.

What the folder holds is hostile: list, index and copies are taken at their word about where
a block belongs, never about what is true. Whatever comes of it, every check that follows is
made on it. Sizes are those of files within their limits, and blocks are gone through once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from mediabridge.bundle import layout, parity
from mediabridge.bundle.parity import Columns, Grid, ParityIndex, parse_index
from mediabridge.bundle.spare import restore_from_spare
from mediabridge.bundle.sums import parse_sums
from mediabridge.config import PARITY_DATA_COLUMNS
from mediabridge.errors import SumsMalformedError


@dataclass(frozen=True)
class Mended:
    """What was damaged, and is now as the list says."""

    files: int
    """Files that came damaged."""
    damaged: int
    """Blocks of them, as far as they have blocks."""
    blocks: int
    """Blocks of the whole bundle; 0 where none had to be looked at."""
    digests: Mapping[str, str]
    """The SHA-256 of every mended file, computed anew."""


class _BeyondRepairError(Exception):
    """Too much is lost, or what would say where it belongs."""


def mend(folder: Path, found: Mapping[str, str], unread: Collection[str] = ()) -> Mended | None:
    """Mend the bundle in *folder*; return None when that cannot be done.

    Args:
        folder: Our copy, all files of it; it is changed.
        found: The SHA-256 of every file as it was read.
        unread: Files of which the medium did not give everything.
    """
    restored = restore_from_spare(folder)
    try:
        listed = parse_sums((folder / layout.SUMS).read_bytes())
        if not listed.keys() <= found.keys():
            # The last part or column is gone: what is left has no gap, so nobody missed it yet.
            return None
        differing = [name for name, digest in listed.items() if found.get(name) != digest]
        damaged, blocks = _mend_listed(folder, listed, differing) if differing else (0, 0)
    except (SumsMalformedError, _BeyondRepairError):
        return None
    digests = {name: _digest(folder / name) for name in (*restored, *differing)}
    if any(digests[name] != listed[name] for name in differing):
        return None
    return Mended(len({*digests, *unread}), damaged, blocks, digests)


def _mend_listed(
    folder: Path, listed: Mapping[str, str], differing: Collection[str]
) -> tuple[int, int]:
    """Mend the files of the list that are not as it says; return their bad blocks, and all."""
    index = _index(folder, listed)
    grid = index.grid
    if layout.listed_files(index.parts, grid.columns) != list(listed):
        raise _BeyondRepairError
    covered = layout.covered_files(index.parts)
    _require_sizes(folder, covered, grid)
    with Columns.opened(folder, grid, mode="r+b") as opened:
        rows = _bad_rows(opened, index, _suspected(grid, covered, differing))
        for row, lost in rows.items():
            _mend_row(opened, index, row, lost)
    return sum(map(len, rows.values())), grid.blocks


def _index(folder: Path, listed: Mapping[str, str]) -> ParityIndex:
    """Return the index from whichever copy is as listed, and put the other one right."""
    names = (layout.PARITY_INDEX, layout.PARITY_INDEX_COPY)
    for name in names:
        if name in listed and _digest(folder / name) == listed[name]:
            data = (folder / name).read_bytes()
            for other in names:
                (folder / other).write_bytes(data)
            try:
                return parse_index(data)
            except ValueError:
                break
    raise _BeyondRepairError


def _require_sizes(folder: Path, covered: list[str], grid: Grid) -> None:
    """See that every file has its size: what is gone through is never more than what came."""
    sizes = dict(zip(covered, grid.sizes, strict=True))
    columns = dict.fromkeys(map(layout.parity_name, range(grid.columns)), grid.length)
    for name, size in (sizes | columns).items():
        if (folder / name).stat().st_size != size:
            raise _BeyondRepairError


def _suspected(grid: Grid, covered: list[str], differing: Collection[str]) -> Iterator[int]:
    """Yield the blocks of the files that differ, each once."""
    starts = [0, *accumulate(grid.sizes)]
    following = 0
    for number, name in enumerate(covered):
        if name in differing and grid.sizes[number]:
            first = max(following, starts[number] // grid.block)
            following = -(-starts[number + 1] // grid.block)
            yield from range(first, following)
    for number in range(grid.columns):
        if layout.parity_name(number) in differing:
            first = (PARITY_DATA_COLUMNS + number) * grid.height
            yield from range(first, first + grid.height)


def _bad_rows(
    opened: Columns, index: ParityIndex, suspected: Iterator[int]
) -> dict[int, list[int]]:
    """Return, for each row of blocks that has bad ones, the columns of these."""
    grid, checksums = index.grid, index.checksums()
    rows: dict[int, list[int]] = {}
    for number in suspected:
        column, row = divmod(number, grid.height)
        block = opened.read(column, row * grid.block, grid.block)
        if parity.checksum(block) != parity.checksum_of(checksums, number):
            lost = rows.setdefault(row, [])
            lost.append(column)
            if len(lost) > grid.columns:
                raise _BeyondRepairError
    return rows


def _mend_row(opened: Columns, index: ParityIndex, row: int, lost: list[int]) -> None:
    grid = index.grid
    place = row * grid.block
    good = [column for column in range(grid.all_columns) if column not in lost]
    pieces = {
        column: opened.read(column, place, grid.block) for column in good[:PARITY_DATA_COLUMNS]
    }
    found = parity.lost_pieces(pieces, lost, grid.columns, grid.block)
    for column, piece in zip(lost, found, strict=True):
        opened.write(column, place, piece)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
