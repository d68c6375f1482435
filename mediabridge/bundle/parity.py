"""Parity: what makes good a bundle of which the stick has lost some blocks (format 1, section 11).

The covered files, one after another, are laid into 20 columns of equal length; each
parity column is a Reed-Solomon code over them, byte by byte. So at each place as many columns
may be lost as there are parity columns; and a scar of the medium, which is mostly in one
piece, falls into few columns. Every block has a checksum: what is damaged is known, and half
of what the code could otherwise mend is not spent on finding it.

Parity decides nothing. It is made before the list is signed and listed in it, and what it
has mended is verified like everything else.
"""

from __future__ import annotations

import hashlib
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from mediabridge import canonical
from mediabridge.bundle import layout
from mediabridge.bundle.header import Format
from mediabridge.config import (
    FORMAT,
    LIMITS,
    PARITY_BLOCK_BYTES,
    PARITY_DATA_COLUMNS,
    PARITY_STEP_BYTES,
)
from mediabridge.durable import new_file

if TYPE_CHECKING:
    from pyeclib.ec_iface import ECDriver

_CODE: Final = "isa_l_rs_cauchy"
"""GF(2^8) with 0x11d; the factor of data column c in parity column j is 1 / ((20 + j) xor c)."""

_CRC_BYTES: Final = 4
_BEFORE_PARTS: Final = len(layout.covered_files(0))


@dataclass(frozen=True)
class Grid:
    """Where the bytes of the covered files lie: *sizes* of the files, *columns* of parity."""

    sizes: tuple[int, ...]
    columns: int

    @cached_property
    def block(self) -> int:
        """Bytes of one block: the smallest power of two with which the blocks are not too many."""
        size = PARITY_BLOCK_BYTES
        while PARITY_DATA_COLUMNS * self._blocks(size) > LIMITS.parity_blocks:
            size *= 2
        return size

    @cached_property
    def height(self) -> int:
        """Blocks of one column."""
        return self._blocks(self.block)

    @property
    def length(self) -> int:
        """Bytes of one column."""
        return self.height * self.block

    @property
    def all_columns(self) -> int:
        """Columns of data and of parity."""
        return PARITY_DATA_COLUMNS + self.columns

    @property
    def blocks(self) -> int:
        """Blocks of all columns."""
        return self.all_columns * self.height

    def steps(self) -> Iterator[tuple[int, int]]:
        """Yield place and length of each piece of the columns that is worked on at a time."""
        size = max(self.block, PARITY_STEP_BYTES)
        for place in range(0, self.length, size):
            yield place, min(size, self.length - place)

    def _blocks(self, size: int) -> int:
        return -(-sum(self.sizes) // (size * PARITY_DATA_COLUMNS)) or 1


class ParityIndex(BaseModel):
    """``parity.json``; attribute names are the format's field names."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)

    format: Format
    columns: Annotated[int, Field(ge=1, le=LIMITS.parity_columns)]
    sizes: Annotated[
        tuple[Annotated[int, Field(ge=0, le=LIMITS.part_bytes)], ...],
        Field(min_length=3, max_length=2 + LIMITS.parts),
    ]
    crc32: Annotated[str, Field(pattern=r"^([0-9a-f]{8})*\z")]

    @property
    def parts(self) -> int:
        """How many of the covered files are parts."""
        return len(self.sizes) - _BEFORE_PARTS

    @property
    def grid(self) -> Grid:
        """Where everything lies."""
        return Grid(self.sizes, self.columns)

    def checksums(self) -> bytes:
        """Return the CRC-32 of every block, 4 bytes each, column after column."""
        return bytes.fromhex(self.crc32)


def parse_index(data: bytes) -> ParityIndex:
    """Read ``parity.json``.

    Raises:
        ValueError: too large, not canonical JSON, not this shape, or not as many checksums
            as there are blocks.
    """
    if len(data) > LIMITS.parity_index_bytes:
        raise ValueError(len(data))
    canonical.load(data)
    index = ParityIndex.model_validate_json(data)
    if len(index.checksums()) != _CRC_BYTES * index.grid.blocks:
        raise ValueError(len(index.crc32))
    return index


class Columns:
    """The columns of a bundle in a folder of ours, as places in its files."""

    def __init__(self, grid: Grid, files: Sequence[BinaryIO]) -> None:
        """Work on *files*, the covered ones and after them those of the parity columns."""
        self._grid = grid
        self._covered = files[: len(grid.sizes)]
        self._parity = files[len(grid.sizes) :]
        self._starts = [0, *accumulate(grid.sizes)]

    @classmethod
    @contextmanager
    def opened(
        cls, folder: Path, grid: Grid, *, mode: Literal["rb", "r+b"] = "rb"
    ) -> Iterator[Columns]:
        """Open the files of *folder* that the grid is about."""
        names = [
            *layout.covered_files(len(grid.sizes) - _BEFORE_PARTS),
            *map(layout.parity_name, range(grid.columns)),
        ]
        with ExitStack() as stack:
            files = [stack.enter_context((folder / name).open(mode)) for name in names]
            yield cls(grid, files)

    def read(self, column: int, place: int, size: int) -> bytes:
        """Return *size* bytes at *place* of a column; zeros after the end of what is covered."""
        pieces = []
        for file, start, count in self._places(column, place, size):
            file.seek(start)
            pieces.append(file.read(count).ljust(count, b"\0"))
        return b"".join(pieces).ljust(size, b"\0")

    def write(self, column: int, place: int, data: bytes) -> None:
        """Put *data* at *place* of a column; what is after the end of what is covered is left."""
        for file, start, count in self._places(column, place, len(data)):
            file.seek(start)
            file.write(data[:count])
            data = data[count:]

    def _places(self, column: int, place: int, size: int) -> Iterator[tuple[BinaryIO, int, int]]:
        if column >= PARITY_DATA_COLUMNS:
            yield self._parity[column - PARITY_DATA_COLUMNS], place, size
            return
        begin = column * self._grid.length + place
        end = min(begin + size, self._starts[-1])
        number = bisect_right(self._starts, begin) - 1
        while begin < end:
            until = min(end, self._starts[number + 1])
            if begin < until:
                yield self._covered[number], begin - self._starts[number], until - begin
            begin, number = max(begin, until), number + 1


def write_parity(
    folder: Path,
    parts: int,
    columns: int,
    progress: Callable[[int], None] = lambda _: None,
) -> dict[str, str]:
    """Write *columns* parity columns of the bundle in *folder*, and their index twice.

    *progress* is told the bytes of data that are covered, with what fills up the last of them.
    Returns the lower-case SHA-256 of each new file by its name.
    """
    covered = layout.covered_files(parts)
    sizes = tuple((folder / name).stat().st_size for name in covered)
    grid = Grid(sizes, columns)
    checksums = bytearray(_CRC_BYTES * grid.blocks)
    names = [layout.parity_name(number) for number in range(columns)]
    digests = [hashlib.sha256() for _ in names]
    with ExitStack() as stack:
        outputs = [stack.enter_context(new_file(folder / name)) for name in names]
        opened = stack.enter_context(Columns.opened(folder, grid))
        for place, size in grid.steps():
            for column, piece in enumerate(_encoded(opened, columns, place, size)):
                _note(checksums, grid, column, place, piece)
                if column >= PARITY_DATA_COLUMNS:
                    outputs[column - PARITY_DATA_COLUMNS].write(piece)
                    digests[column - PARITY_DATA_COLUMNS].update(piece)
            progress(size * PARITY_DATA_COLUMNS)
    index = ParityIndex(format=FORMAT, columns=columns, sizes=sizes, crc32=checksums.hex())
    written = {name: digest.hexdigest() for name, digest in zip(names, digests, strict=True)}
    return written | _write_index(folder, canonical.dump(index.model_dump(mode="json")))


def lost_pieces(
    pieces: Mapping[int, bytes], lost: Sequence[int], columns: int, size: int
) -> list[bytes]:
    """Return the *lost* columns of one place, *size* bytes each, from *pieces* by column.

    Args:
        pieces: At least 20 of the columns.
        lost: Columns that are not among them.
        columns: How many parity columns there are.
        size: Bytes of each piece.
    """
    heads = _heads(columns, size)
    fragments = [heads[column] + piece for column, piece in pieces.items()]
    found = _code(columns).reconstruct(fragments, list(lost))
    return [fragment[len(heads[0]) :] for fragment in found]


def checksum(piece: bytes) -> bytes:
    """Return the checksum of one block as the index has it."""
    return zlib.crc32(piece).to_bytes(_CRC_BYTES, "big")


def checksum_of(checksums: bytes, number: int) -> bytes:
    """Return that of block *number*, counted column after column."""
    return checksums[_CRC_BYTES * number : _CRC_BYTES * (number + 1)]


def _encoded(opened: Columns, columns: int, place: int, size: int) -> list[bytes]:
    data = b"".join(opened.read(column, place, size) for column in range(PARITY_DATA_COLUMNS))
    head = len(_heads(columns, size)[0])
    return [fragment[head:] for fragment in _code(columns).encode(data)]


def _note(checksums: bytearray, grid: Grid, column: int, place: int, piece: bytes) -> None:
    first = column * grid.height + place // grid.block
    for number in range(len(piece) // grid.block):
        at = _CRC_BYTES * (first + number)
        block = piece[number * grid.block : (number + 1) * grid.block]
        checksums[at : at + _CRC_BYTES] = checksum(block)


def _write_index(folder: Path, data: bytes) -> dict[str, str]:
    names = (layout.PARITY_INDEX, layout.PARITY_INDEX_COPY)
    for name in names:
        with new_file(folder / name) as output:
            output.write(data)
    return dict.fromkeys(names, hashlib.sha256(data).hexdigest())


@lru_cache(maxsize=LIMITS.parity_columns)
def _code(columns: int) -> ECDriver:
    # A library of C, for bundles with parity alone.
    from pyeclib.ec_iface import ECDriver  # noqa: PLC0415

    return ECDriver(k=PARITY_DATA_COLUMNS, m=columns, ec_type=_CODE)


@lru_cache(maxsize=4)
def _heads(columns: int, size: int) -> list[bytes]:
    """Return what the library puts before each fragment of *size* bytes.

    It depends on the sizes alone, so it is not carried: the library reads no head but its own.
    """
    fragments = _code(columns).encode(bytes(PARITY_DATA_COLUMNS * size))
    return [fragment[: len(fragment) - size] for fragment in fragments]
