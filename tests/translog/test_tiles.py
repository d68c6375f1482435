"""The tiles layout of C2SP: names, widths and bytes, by the examples of the specification."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from logkeys import root_of

from mediabridge import errors
from mediabridge.translog import database, merkle, tiles
from mediabridge.translog.store import TransferLog
from mediabridge.translog.tiles import Tile
from tests.owners import LGWAN

pytestmark = pytest.mark.in_turns


@pytest.mark.parametrize(
    ("number", "width", "path"),
    [
        (0, 256, "tile/0/000"),
        (0, 1, "tile/0/000.p/1"),
        (999, 255, "tile/0/999.p/255"),
        (1000, 256, "tile/0/x001/000"),
        (1_234_067, 256, "tile/0/x001/x234/067"),
    ],
)
def test_a_tile_is_where_the_specification_puts_it(number: int, width: int, path: str) -> None:
    assert Tile(0, number, width).path() == path
    assert Tile(0, number, width).entries_path() == path.replace("/0/", "/entries/", 1)


def test_a_tree_of_70_000_has_the_tiles_that_the_specification_counts() -> None:
    made = list(tiles.tiles_of(70_000))
    assert Counter((tile.level, tile.width) for tile in made) == {
        (0, 256): 273,
        (0, 112): 1,
        (1, 256): 1,
        (1, 17): 1,
        (2, 1): 1,
    }
    assert [tile.path() for tile in tiles.tiles_of(256)] == ["tile/0/000", "tile/1/000.p/1"]
    assert not list(tiles.tiles_of(0))


def test_the_tiles_of_a_stored_log_hold_its_entries_and_their_hashes(
    log: TransferLog, entry: Callable[..., bytes]
) -> None:
    content = [entry(number) for number in range(300)]
    for each in content:
        log.append(each)
    written: dict[str, bytes] = {}
    tiles.write(log, 300, written.__setitem__)
    leaves = [merkle.leaf_hash(each) for each in content]
    assert written["tile/0/000"] == b"".join(leaves[:256])
    assert written["tile/0/001.p/44"] == b"".join(leaves[256:])
    assert written["tile/1/000.p/1"] == root_of(leaves[:256])
    assert written["tile/entries/001.p/44"] == b"".join(
        len(each).to_bytes(2, "big") + each for each in content[256:]
    )
    assert set(written) == {
        *("tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"),
        *("tile/entries/000", "tile/entries/001.p/44"),
    }


def test_a_missing_node_is_no_tile(
    log: TransferLog, entry: Callable[..., bytes], path: Path
) -> None:
    for number in range(5):
        log.append(entry(number))
    with database.connect(path, LGWAN) as connection:
        connection.executescript("DROP TRIGGER node_delete; DELETE FROM node WHERE position = 3;")
    with pytest.raises(errors.LogCorruptError, match="4, should be 5"):
        tiles.write(log, 5, lambda _path, _data: None)
