"""The Merkle tree of RFC 6962: hashing, roots, proofs, and their verification.

Pure: hashes in, hashes out. A *node* is a perfect subtree of the tree, named by
its level (0 is a leaf) and its position on that level; it covers the leaves
``position << level`` to ``((position + 1) << level) - 1`` and, once full, never
changes. Whoever keeps the nodes can make every root and proof from O(log n) of
them, through a :data:`NodeReader`; whoever only appends needs a :class:`Frontier`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from mediabridge import errors, locale

HASH_BYTES: Final = 32
"""Length of every hash in the tree (SHA-256)."""

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
"""The root of a tree without leaves (RFC 6962 section 2.1)."""

_OLD_ROOT: Final = locale.n_("old root")


class Node(NamedTuple):
    """The hash of one full subtree of ``2 ** level`` leaves."""

    level: int
    position: int
    digest: bytes


NodeReader = Callable[[int, int], bytes]
"""Returns the 32-byte hash of the full subtree at (level, position)."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one log entry; the 0x00 keeps leaves and nodes apart."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node over its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The full subtrees of a growing tree, largest first: its root in O(log n) memory."""

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        """Continue a tree of *size* leaves whose nodes at :func:`peak_places` are *peaks*.

        Raises:
            ValueError: the number of peaks does not fit the size.
        """
        if len(peaks) != size.bit_count():
            msg = f"{len(peaks)} peaks, should be {size.bit_count()} for {size} leaves"
            raise ValueError(msg)
        self.size = size
        self._peaks = list(peaks)

    def append(self, leaf: bytes) -> list[Node]:
        """Add one leaf hash; return the nodes it completes, the leaf itself first."""
        completed = [Node(0, self.size, leaf)]
        # Each trailing 1 bit of the size is a full subtree that the new leaf pairs up with.
        while self.size >> (level := len(completed) - 1) & 1:
            digest = node_hash(self._peaks.pop(), completed[-1].digest)
            completed.append(Node(level + 1, self.size >> (level + 1), digest))
        self._peaks.append(completed[-1].digest)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """Return the root of the leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        root, *larger = reversed(self._peaks)
        for peak in larger:
            root = node_hash(peak, root)
        return root


def peak_places(size: int) -> Iterator[tuple[int, int]]:
    """Yield (level, position) of the full subtrees of a tree of *size* leaves, largest first."""
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            yield level, (size >> level) - 1


def frontier_at(size: int, node: NodeReader) -> Frontier:
    """Return the frontier of the first *size* leaves of a tree whose nodes can be read."""
    return Frontier(size, [node(*place) for place in peak_places(size)])


def inclusion_proof(index: int, size: int, node: NodeReader) -> list[bytes]:
    """Return the audit path of leaf *index* in a tree of *size* leaves (RFC 6962, 2.1.1).

    Raises:
        ValueError: there is no such leaf.
    """
    if not 0 <= index < size:
        msg = f"leaf {index} is outside a tree of {size}"
        raise ValueError(msg)
    return _path(index, 0, size, node)


def consistency_proof(old: int, new: int, node: NodeReader) -> list[bytes]:
    """Return the proof that the first *old* of *new* leaves are unchanged (RFC 6962, 2.1.2).

    Raises:
        ValueError: *old* is not between 0 and *new*.
    """
    if not 0 <= old <= new:
        msg = f"there is no proof from size {old} to size {new}"
        raise ValueError(msg)
    return _subproof(old, 0, new, node, known=True) if old else []


def verify_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that *leaf* is the hash at *index* under *root* (RFC 9162, section 2.1.3.2).

    Raises:
        LogProofError: it is not, or the proof has the wrong length.
    """
    if not 0 <= index < size:
        detail = locale.text(
            "leaf {index}, should be below the size {size}", index=index, size=size
        )
        raise errors.LogProofError(detail=detail)
    _check_hashes([leaf, root, *proof])
    inner = (index ^ (size - 1)).bit_length()
    wanted = inner + (index >> inner).bit_count()
    if len(proof) != wanted:
        detail = locale.text(
            "hashes of the path: {got}, should be {wanted}", got=len(proof), wanted=wanted
        )
        raise errors.LogProofError(detail=detail)
    got = leaf
    for level, sibling in enumerate(proof):
        # Above `inner` the leaf is on the right edge, where every sibling is on the left.
        is_left_child = level < inner and not index >> level & 1
        got = node_hash(got, sibling) if is_left_child else node_hash(sibling, got)
    _check_root(locale.n_("inclusion root"), got, root)


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the tree under *new_root* extends the one under *old_root*.

    RFC 9162, section 2.1.4.2; an empty old tree is a prefix of every tree.

    Raises:
        LogProofError: it does not, or the proof has the wrong length.
    """
    if not 0 <= old <= new:
        detail = locale.text("old size {got}, should be at most {wanted}", got=old, wanted=new)
        raise errors.LogProofError(detail=detail)
    _check_hashes([old_root, new_root, *proof])
    if old in {0, new}:
        _check_length(proof, 0)
        _check_root(_OLD_ROOT, old_root, EMPTY_ROOT if old == 0 else new_root)
        return
    _fold_consistency(old, new, old_root, new_root, proof)


def _fold_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    # Start at the largest subtree both trees share whole that ends where the old tree ends.
    shift = (old & -old).bit_length() - 1
    index, inner = (old - 1) >> shift, ((old - 1) ^ (new - 1)).bit_length() - shift
    # A perfect old tree is its own first node; the proof then leaves it out.
    path = [old_root, *proof] if old.bit_count() == 1 else list(proof)
    wanted = 1 + inner + (index >> inner).bit_count()
    _check_length(proof, len(proof) + wanted - len(path))
    got_old = got_new = path[0]
    for level, sibling in enumerate(path[1:]):
        if level < inner and not index >> level & 1:
            got_new = node_hash(got_new, sibling)
        else:
            got_old, got_new = node_hash(sibling, got_old), node_hash(sibling, got_new)
    _check_root(_OLD_ROOT, got_old, old_root)
    _check_root(locale.n_("new root"), got_new, new_root)


def _check_length(proof: Sequence[bytes], wanted: int) -> None:
    if len(proof) != wanted:
        detail = locale.text(
            "hashes of the proof: {got}, should be {wanted}", got=len(proof), wanted=wanted
        )
        raise errors.LogProofError(detail=detail)


def _check_hashes(hashes: Iterable[bytes]) -> None:
    for each in hashes:
        if len(each) != HASH_BYTES:
            detail = locale.text(
                "bytes of a hash: {got}, should be {wanted}", got=len(each), wanted=HASH_BYTES
            )
            raise errors.LogProofError(detail=detail)


def _check_root(place: str, got: bytes, wanted: bytes) -> None:
    if got != wanted:
        detail = locale.text(
            "{place} is {got}, should be {wanted}",
            place=locale.text(place),
            got=got.hex(),
            wanted=wanted.hex(),
        )
        raise errors.LogProofError(detail=detail)


def _split(count: int) -> int:
    """Return the largest power of two smaller than *count*: the k of RFC 6962."""
    return 1 << (count - 1).bit_length() - 1


def _subtree(first: int, end: int, node: NodeReader) -> bytes:
    """Return the root over the leaves *first* to *end* - 1: the MTH of RFC 6962."""
    count = end - first
    if count.bit_count() == 1:
        level = count.bit_length() - 1
        return node(level, first >> level)
    middle = first + _split(count)
    return node_hash(_subtree(first, middle, node), _subtree(middle, end, node))


def _path(index: int, first: int, end: int, node: NodeReader) -> list[bytes]:
    """Return the PATH of RFC 6962, section 2.1.1; *index* counts from the start of the log."""
    if end - first == 1:
        return []
    middle = first + _split(end - first)
    if index < middle:
        return [*_path(index, first, middle, node), _subtree(middle, end, node)]
    return [*_path(index, middle, end, node), _subtree(first, middle, node)]


def _subproof(old: int, first: int, end: int, node: NodeReader, *, known: bool) -> list[bytes]:
    """Return the SUBPROOF of RFC 6962, section 2.1.2; *known* is its boolean b."""
    if old == end:
        return [] if known else [_subtree(first, end, node)]
    middle = first + _split(end - first)
    if old <= middle:
        return [*_subproof(old, first, middle, node, known=known), _subtree(middle, end, node)]
    return [*_subproof(old, middle, end, node, known=False), _subtree(first, middle, node)]
