"""Folders of files with parity, as a bundle has them; their content is drawn from a seed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from random import Random

from mediabridge.bundle import layout, parity
from mediabridge.bundle.parity import Grid
from mediabridge.bundle.sums import write_sums

BLOCK = 4096


def make(folder: Path, columns: int, parts: Sequence[int] = (9_000, 700_000)) -> Grid:
    """Write header, keys and *parts* of these sizes, *columns* of parity, and the list."""
    drawn = Random(columns)  # noqa: S311 - no secret
    sizes = (700, 7_000, *parts)
    digests = {}
    for name, size in zip(layout.covered_files(len(parts)), sizes, strict=True):
        content = drawn.randbytes(size)
        (folder / name).write_bytes(content)
        digests[name] = hashlib.sha256(content).hexdigest()
    digests |= parity.write_parity(folder, len(parts), columns)
    (folder / layout.SUMS).write_bytes(write_sums(digests))
    (folder / layout.STATION_SIGNATURE).write_bytes(b"a signature\n")
    return Grid(sizes, columns)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def digests(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in contents(folder).items()}


def spoil(folder: Path, grid: Grid, column: int, row: int) -> None:
    """Change one byte of a block, wherever its file and place are."""
    place = column * grid.length + row * grid.block
    if column >= 20:
        flip(folder / layout.parity_name(column - 20), row * grid.block)
        return
    for name, size in zip(layout.covered_files(len(grid.sizes) - 2), grid.sizes, strict=True):
        if place < size:
            flip(folder / name, place)
            return
        place -= size


def flip(path: Path, place: int) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ 0x55]))
