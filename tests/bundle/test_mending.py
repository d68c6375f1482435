"""What is mended of a damaged bundle, what is not, and that a stranger's word costs nothing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
import rfc8785
from bundle.bundles_with_parity import BLOCK, contents, digests, flip, make, spoil
from second_reader import parity_columns

from mediabridge.bundle import layout, parity
from mediabridge.bundle.mending import mend
from mediabridge.bundle.parity import Grid, parse_index
from mediabridge.bundle.spare import write_spare
from mediabridge.bundle.sums import parse_sums, write_sums
from mediabridge.config import LIMITS, MIB

PART = layout.part_name(1)


@pytest.mark.parametrize("columns", [1, 2, 10])
def test_parity_is_what_the_page_says(tmp_path: Path, columns: int) -> None:
    """Byte for byte what the second reader computes from the page alone."""
    grid = make(tmp_path, columns, (9_000, 80_000))
    files = contents(tmp_path)
    covered = [files[name] for name in layout.covered_files(2)]
    expected = parity_columns(covered, columns, grid.length)
    assert [files[layout.parity_name(number)] for number in range(columns)] == expected


@pytest.mark.parametrize("columns", [1, 2, 3, 10])
def test_as_many_blocks_of_a_row_as_there_are_columns(tmp_path: Path, columns: int) -> None:
    grid = make(tmp_path, columns)
    whole = contents(tmp_path)
    drawn = Random(7)  # noqa: S311 - no secret
    for row in range(grid.height):
        # The last block of the last column is beyond the end of the files: zeros, kept nowhere.
        for column in drawn.sample([*range(19), *range(20, 20 + columns)], columns):
            spoil(tmp_path, grid, column, row)
    mended = mend(tmp_path, digests(tmp_path))
    assert contents(tmp_path) == whole
    assert mended is not None
    assert (mended.damaged, mended.blocks) == (columns * grid.height, grid.height * (20 + columns))
    listed = parse_sums(whole[layout.SUMS])
    assert mended.digests.items() <= listed.items()
    assert mended.files == len(mended.digests)


@pytest.mark.parametrize("columns", [1, 2, 10])
def test_one_block_more_in_a_row_is_too_many(tmp_path: Path, columns: int) -> None:
    grid = make(tmp_path, columns)
    for column in range(columns + 1):
        spoil(tmp_path, grid, column, 0)
    assert mend(tmp_path, digests(tmp_path)) is None


def test_a_scar_in_one_piece_as_long_as_the_parity(tmp_path: Path) -> None:
    grid = make(tmp_path, 2)
    whole = contents(tmp_path)
    damaged = bytearray(whole[PART])
    # It begins and ends within a block, each of which is lost as a whole.
    length = 2 * grid.length - 2 * BLOCK
    damaged[50_000 : 50_000 + length] = bytes(length)
    (tmp_path / PART).write_bytes(damaged)
    assert mend(tmp_path, digests(tmp_path)) is not None
    assert contents(tmp_path) == whole


def test_nothing_is_done_to_what_is_whole(tmp_path: Path) -> None:
    make(tmp_path, 2)
    write_spare(tmp_path)
    whole = contents(tmp_path)
    mended = mend(tmp_path, digests(tmp_path))
    assert mended is not None
    assert (mended.files, mended.damaged, mended.blocks) == (0, 0, 0)
    assert contents(tmp_path) == whole


@pytest.mark.parametrize(
    "name", [layout.SUMS, layout.STATION_SIGNATURE, layout.PARITY_INDEX, layout.PARITY_INDEX_COPY]
)
@pytest.mark.parametrize("how", ["flipped", "zeros"])
def test_what_parity_does_not_cover_is_there_twice(tmp_path: Path, name: str, how: str) -> None:
    make(tmp_path, 1)
    write_spare(tmp_path)
    whole = contents(tmp_path)
    if how == "flipped":
        flip(tmp_path / name, 5)
    else:
        (tmp_path / name).write_bytes(bytes(len(whole[name])))
    mended = mend(tmp_path, digests(tmp_path))
    assert contents(tmp_path) == whole
    assert mended is not None
    assert (mended.files, mended.damaged) == (1, 0)
    assert mended.digests == {name: hashlib.sha256(whole[name]).hexdigest()}


def test_damaged_copy_restores_nothing(tmp_path: Path) -> None:
    make(tmp_path, 1)
    write_spare(tmp_path)
    whole = contents(tmp_path)
    spare = whole[layout.SPARE]
    for place in range(0, len(spare), 7):
        flip(tmp_path / layout.SPARE, place)
        assert mend(tmp_path, digests(tmp_path)) is not None
        flip(tmp_path / layout.SPARE, place)
        assert contents(tmp_path) == whole


def test_both_indexes_gone_is_too_much(tmp_path: Path) -> None:
    make(tmp_path, 2)
    for name in (layout.PARITY_INDEX, layout.PARITY_INDEX_COPY):
        flip(tmp_path / name, 5)
    flip(tmp_path / PART, 0)
    assert mend(tmp_path, digests(tmp_path)) is None


def test_file_of_another_length_is_not_mended(tmp_path: Path) -> None:
    """Then it is not blocks that are damaged, but the tree."""
    make(tmp_path, 2)
    (tmp_path / PART).write_bytes(b"")
    assert mend(tmp_path, digests(tmp_path)) is None


@pytest.mark.parametrize("gone", [PART, layout.parity_name(1)])
def test_name_that_is_gone_is_not_mended(tmp_path: Path, gone: str) -> None:
    """The last one: what is left has no gap, so only the list knows of it."""
    make(tmp_path, 2)
    (tmp_path / gone).unlink()
    assert mend(tmp_path, digests(tmp_path)) is None


def _rewrite_index(folder: Path, **changes: Any) -> None:
    """Let somebody write an index of his own, and a list that fits it."""
    document = json.loads((folder / layout.PARITY_INDEX).read_bytes()) | changes
    for name in (layout.PARITY_INDEX, layout.PARITY_INDEX_COPY):
        (folder / name).write_bytes(rfc8785.dumps(document))
    listed = parse_sums((folder / layout.SUMS).read_bytes())
    found = digests(folder)
    (folder / layout.SUMS).write_bytes(write_sums({name: found[name] for name in listed}))


@pytest.mark.parametrize(
    "changes",
    [
        {"columns": 0},
        {"columns": 11},
        {"columns": 3},
        {"sizes": [700, 7_000, 9_000, 256 * MIB + 1]},
        {"sizes": [700, 7_000, 9_000, 256 * MIB]},
        {"sizes": [700, 7_000, 9_000, -1]},
        {"sizes": [700, 7_000]},
        {"sizes": [256 * MIB] * 258},
        {"sizes": [256 * MIB] * 259},
        {"sizes": [700, 7_000, 9_001, 699_999]},
        {"sizes": [700, 7_000, 9_000, 700_000, 0]},
        {"crc32": ""},
        {"crc32": "0" * 7},
        {"crc32": "g" * 1408},
        {"format": 2},
        {"more": 1},
    ],
)
def test_index_that_lies_mends_nothing(tmp_path: Path, changes: dict[str, Any]) -> None:
    """Claim C85. A list that fits it makes it no better; sizes are held against the files."""
    make(tmp_path, 2)
    _rewrite_index(tmp_path, **changes)
    flip(tmp_path / PART, 0)
    before = contents(tmp_path)
    assert mend(tmp_path, digests(tmp_path)) is None
    assert contents(tmp_path)[PART] == before[PART]


def test_checksums_that_lie_do_not_make_another_bundle(tmp_path: Path) -> None:
    """Claim C85. Whatever the blocks become, they have to have the hash of the list."""
    grid = make(tmp_path, 2)
    crc = "00000000" * grid.blocks
    _rewrite_index(tmp_path, crc32=crc)
    flip(tmp_path / PART, 0)
    assert mend(tmp_path, digests(tmp_path)) is None


def test_index_that_is_too_large_is_not_parsed() -> None:
    with pytest.raises(ValueError, match=str(LIMITS.parity_index_bytes + 1)):
        parse_index(bytes(LIMITS.parity_index_bytes + 1))


@pytest.mark.parametrize(
    ("total", "block"),
    [
        (1, 4096),
        (64 * MIB, 4096),
        (1024 * MIB, 8192),
        (LIMITS.parts * LIMITS.part_bytes + 2 * MIB, 512 * 1024),
    ],
)
def test_blocks_are_bounded_whatever_the_size(total: int, block: int) -> None:
    grid = Grid((total,), LIMITS.parity_columns)
    assert grid.block == block
    assert grid.height * 20 <= LIMITS.parity_blocks
    assert grid.length * 20 >= total
    assert grid.length <= LIMITS.parity_column_bytes
    # What the index of it takes.
    digits = 8 * grid.blocks
    sizes = len('"268435456",') * (LIMITS.parts + 2)
    assert digits + sizes + 200 < LIMITS.parity_index_bytes


def test_lost_pieces_are_computed_from_any_twenty() -> None:
    drawn = Random(3)  # noqa: S311 - no secret
    data = [drawn.randbytes(64) for _ in range(20)]
    whole = [*data, *parity_columns([b"".join(data)], 10, 64)]
    kept = sorted(drawn.sample(range(30), 20))
    lost = [column for column in range(30) if column not in kept]
    pieces = {column: whole[column] for column in kept}
    assert parity.lost_pieces(pieces, lost, 10, 64) == [whole[column] for column in lost]
