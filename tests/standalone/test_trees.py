"""The verifier's tree, which takes whole tiles at once, is that of RFC 6962, section 2.1."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from mediabridge.standalone.verify_log import WIDTH, Tree, leaves_of, top_of


def definition(leaves: list[bytes]) -> bytes:
    """Return MTH as it is written there, of hashes of leaves."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha256(b"\x01" + definition(leaves[:k]) + definition(leaves[k:])).digest()


SIZES = st.one_of(
    st.integers(0, 4 * WIDTH),
    st.sampled_from([number * WIDTH + more for number in range(5) for more in (0, 1, 255)]),
)


def leaves(count: int) -> list[bytes]:
    return leaves_of([b"%d" % number for number in range(count)])


LEAVES = leaves(5 * WIDTH + 1)


@cache
def root(start: int, end: int) -> bytes:
    return definition(LEAVES[start:end])


def test_a_leaf_is_hashed_apart_from_a_node() -> None:
    assert leaves_of([b"", b"a"]) == [sha256(b"\x00").digest(), sha256(b"\x00a").digest()]


@given(SIZES, st.lists(st.integers(1, 2 * WIDTH), max_size=8))
def test_however_leaves_come_the_root_is_that_of_the_definition(
    size: int, pieces: list[int]
) -> None:
    tree, at = Tree(), 0
    for piece in [*pieces, size]:
        some = LEAVES[at : min(at + piece, size)]
        tree.extend(some)
        at += len(some)
    assert tree.size == size
    assert tree.root() == root(0, size)


@given(SIZES)
def test_tiles_hold_the_hashes_of_whole_subtrees(size: int) -> None:
    tree = Tree()
    for at in range(0, size, WIDTH):
        tree.extend(LEAVES[at : min(at + WIDTH, size)])
    assert tree.tiles[0] == LEAVES[:size]
    starts = range(0, size - size % WIDTH, WIDTH)
    assert tree.tiles[1] == [root(at, at + WIDTH) for at in starts]
    assert tree.tiles[1] == [top_of(LEAVES[at : at + WIDTH]) for at in starts]


@given(SIZES)
def test_a_tree_goes_on_from_the_tiles_of_another(size: int) -> None:
    """Level 8 stands for its leaves."""
    tree = Tree()
    whole = size - size % WIDTH
    for at in range(0, whole, WIDTH):
        tree.add(root(at, at + WIDTH), 8)
    tree.extend(LEAVES[whole:size])
    assert tree.root() == root(0, size)
