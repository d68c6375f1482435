from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from logkeys import root_of

from mediabridge import errors
from mediabridge.translog import merkle

# The reference leaves of the certificate-transparency project.
LEAVES = [
    merkle.leaf_hash(bytes.fromhex(each))
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"

leaf_lists = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70)


class Tree:
    """A tree in memory: its own NodeReader."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.frontier = merkle.Frontier()
        self.nodes = {
            (level, position): digest
            for leaf in leaves
            for level, position, digest in self.frontier.append(leaf)
        }

    def __call__(self, level: int, position: int) -> bytes:
        return self.nodes[level, position]


def mth(leaves: Sequence[bytes]) -> bytes:
    """The definition of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return merkle.EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return merkle.node_hash(mth(leaves[:k]), mth(leaves[k:]))


def flip(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_empty_root_known() -> None:
    wanted = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root_of([]).hex() == wanted


@pytest.mark.parametrize("size", range(1, 9))
def test_reference_roots_known(size: int) -> None:
    assert root_of(LEAVES[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(
    ("index", "size", "wanted"),
    [
        (0, 1, []),
        (0, 8, [A, B, C]),
        (5, 8, [D, E, ROOTS[3]]),
        (2, 3, [ROOTS[1]]),
        (1, 5, [ROOTS[0], B, D]),
    ],
)
def test_reference_inclusion_known(index: int, size: int, wanted: list[str]) -> None:
    proof = merkle.inclusion_proof(index, size, Tree(LEAVES))
    assert [each.hex() for each in proof] == wanted


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (1, 1, []),
        (1, 8, [A, B, C]),
        (6, 8, [F, E, ROOTS[3]]),
        (2, 5, [B, D]),
    ],
)
def test_reference_consistency_known(old: int, new: int, wanted: list[str]) -> None:
    proof = merkle.consistency_proof(old, new, Tree(LEAVES))
    assert [each.hex() for each in proof] == wanted


@given(leaf_lists)
def test_incremental_equals_definition(leaves: list[bytes]) -> None:
    frontier = merkle.Frontier()
    for count, leaf in enumerate(leaves, 1):
        frontier.append(leaf)
        assert frontier.root() == mth(leaves[:count])


@given(leaf_lists, st.data())
def test_frontier_resumes_anywhere(leaves: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(0, len(leaves)))
    frontier = merkle.frontier_at(size, Tree(leaves))
    assert frontier.root() == mth(leaves[:size])
    for leaf in leaves[size:]:
        frontier.append(leaf)
    assert frontier.root() == mth(leaves)


def test_frontier_needs_peaks() -> None:
    with pytest.raises(ValueError, match="1 peaks, should be 2 for 3 leaves"):
        merkle.Frontier(3, [bytes(32)])


def test_every_inclusion_verifies() -> None:
    tree = Tree(LEAVES)
    for size in range(1, 9):
        root = bytes.fromhex(ROOTS[size - 1])
        for index in range(size):
            proof = merkle.inclusion_proof(index, size, tree)
            merkle.verify_inclusion(index, size, LEAVES[index], proof, root)


def test_every_small_tree_verifies() -> None:
    """Every leaf and every older size of every tree up to 20: all shapes of the right edge."""
    leaves = [merkle.leaf_hash(bytes([at])) for at in range(20)]
    tree = Tree(leaves)
    for size in range(1, 21):
        root = mth(leaves[:size])
        for index in range(size):
            inclusion = merkle.inclusion_proof(index, size, tree)
            merkle.verify_inclusion(index, size, leaves[index], inclusion, root)
            consistency = merkle.consistency_proof(index + 1, size, tree)
            old_root = mth(leaves[: index + 1])
            merkle.verify_consistency(index + 1, size, old_root, root, consistency)


@given(leaf_lists, st.data())
def test_flipped_inclusion_fails(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = merkle.inclusion_proof(index, len(leaves), Tree(leaves))
    merkle.verify_inclusion(index, len(leaves), leaves[index], proof, mth(leaves))

    hashes = [leaves[index], mth(leaves), *proof]
    which = data.draw(st.integers(0, len(hashes) - 1))
    hashes[which] = flip(hashes[which], data.draw(st.integers(0, 255)))
    leaf, root, *proof = hashes
    with pytest.raises(errors.LogProofError):
        merkle.verify_inclusion(index, len(leaves), leaf, proof, root)


@given(leaf_lists, st.data())
def test_flipped_consistency_fails(leaves: list[bytes], data: st.DataObject) -> None:
    new = len(leaves)
    old = data.draw(st.integers(1, new))
    proof = merkle.consistency_proof(old, new, Tree(leaves))
    merkle.verify_consistency(old, new, mth(leaves[:old]), mth(leaves), proof)

    hashes = [mth(leaves[:old]), mth(leaves), *proof]
    which = data.draw(st.integers(0, len(hashes) - 1))
    hashes[which] = flip(hashes[which], data.draw(st.integers(0, 255)))
    old_root, new_root, *proof = hashes
    with pytest.raises(errors.LogProofError):
        merkle.verify_consistency(old, new, old_root, new_root, proof)


@given(leaf_lists, st.data())
def test_other_place_fails(leaves: list[bytes], data: st.DataObject) -> None:
    unique = [merkle.leaf_hash(bytes([at]) + leaf) for at, leaf in enumerate(leaves)]
    index = data.draw(st.integers(0, len(unique) - 1))
    claimed = data.draw(st.integers(0, len(unique)).filter(lambda each: each != index))
    proof = merkle.inclusion_proof(index, len(unique), Tree(unique))
    with pytest.raises(errors.LogProofError):
        merkle.verify_inclusion(claimed, len(unique), unique[index], proof, mth(unique))


@pytest.mark.parametrize("change", [lambda proof: proof[:-1], lambda proof: [*proof, bytes(32)]])
def test_wrong_length_fails(change: object) -> None:
    tree, root = Tree(LEAVES), bytes.fromhex(ROOTS[7])
    inclusion = change(merkle.inclusion_proof(4, 8, tree))  # type: ignore[operator]
    with pytest.raises(errors.LogProofError, match=r"hashes of the path: [24], should be 3"):
        merkle.verify_inclusion(4, 8, LEAVES[4], inclusion, root)
    consistency = change(merkle.consistency_proof(6, 8, tree))  # type: ignore[operator]
    with pytest.raises(errors.LogProofError, match=r"hashes of the proof: [24], should be 3"):
        merkle.verify_consistency(6, 8, bytes.fromhex(ROOTS[5]), root, consistency)


@pytest.mark.parametrize("at", range(3))
@pytest.mark.parametrize("length", [31, 33])
def test_hash_of_other_length_fails(at: int, length: int) -> None:
    hashes = [LEAVES[0], bytes.fromhex(ROOTS[1]), LEAVES[1]]
    hashes[at] = (hashes[at] + b"\0")[:length]
    first, root, sibling = hashes
    wanted = f"bytes of a hash: {length}, should be 32"
    with pytest.raises(errors.LogProofError, match=wanted):
        merkle.verify_inclusion(0, 2, first, [sibling], root)
    with pytest.raises(errors.LogProofError, match=wanted):
        merkle.verify_consistency(1, 2, first, root, [sibling])


def test_empty_tree_precedes_all() -> None:
    root = bytes.fromhex(ROOTS[7])
    assert merkle.consistency_proof(0, 8, Tree(LEAVES)) == []
    merkle.verify_consistency(0, 8, merkle.EMPTY_ROOT, root, [])
    with pytest.raises(errors.LogProofError, match="old root is 0000"):
        merkle.verify_consistency(0, 8, bytes(32), root, [])
    with pytest.raises(errors.LogProofError, match="hashes of the proof: 1, should be 0"):
        merkle.verify_consistency(0, 8, merkle.EMPTY_ROOT, root, [root])


def test_shrunken_tree_fails() -> None:
    root = bytes.fromhex(ROOTS[0])
    for old in (2, -1):
        with pytest.raises(errors.LogProofError, match=f"old size {old}, should be at most 1"):
            merkle.verify_consistency(old, 1, root, root, [])


def test_impossible_proof_refused() -> None:
    for index in (8, -1):
        with pytest.raises(ValueError, match=f"leaf {index} is outside a tree of 8"):
            merkle.inclusion_proof(index, 8, Tree(LEAVES))
    for old in (9, -1):
        with pytest.raises(ValueError, match=f"no proof from size {old} to size 8"):
            merkle.consistency_proof(old, 8, Tree(LEAVES))


def test_leaf_outside_fails() -> None:
    for index in (1, -1):
        with pytest.raises(errors.LogProofError, match=f"leaf {index}, should be below the size 1"):
            merkle.verify_inclusion(index, 1, LEAVES[0], [], bytes.fromhex(ROOTS[0]))
