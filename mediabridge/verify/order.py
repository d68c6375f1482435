"""Order on a route: 1, 2, 3 without gap, each continuing the one before.

A missing number is named and never skipped: only the sender can say that it was void.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from mediabridge.bundle.header import FIRST_PREV, Header
from mediabridge.errors import (
    AlreadyAppliedError,
    PrevMismatchError,
    SequenceGapError,
    SequenceOldError,
)


@dataclass(frozen=True)
class RouteState:
    """What a receiver knows of a route: the last bundle it took, if any."""

    seq: int = 0
    sums_sha256: str = FIRST_PREV
    taken: frozenset[str] = frozenset()
    """SHA-256 of the SHA256SUMS of every bundle that was taken."""


def check_order(header: Header, sums: bytes, state: RouteState) -> None:
    """Accept *header* only as the next bundle of its route.

    Raises:
        AlreadyAppliedError: exactly this bundle was taken before.
        SequenceOldError: another bundle carries a number already passed.
        SequenceGapError: numbers in between are missing.
        PrevMismatchError: the number fits, the bundle before does not.
    """
    if hashlib.sha256(sums).hexdigest() in state.taken:
        raise AlreadyAppliedError(seq=header.seq, route=str(header.route))
    wanted = state.seq + 1
    if header.seq < wanted:
        raise SequenceOldError(got=header.seq, wanted=wanted, route=str(header.route))
    if header.seq > wanted:
        raise SequenceGapError(
            got=header.seq, wanted=wanted, route=str(header.route), sender=header.route.sender
        )
    if header.prev != state.sums_sha256:
        raise PrevMismatchError(got=header.seq, route=str(header.route))
