"""What a header says of the numbers before it: which have no receipt yet, and where they went.

Its receiver may find one of them missing, and cannot open this bundle before that one came; so
this stands in what is signed and readable, and names media, never anything that is on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mediabridge.bundle.header import Copy, Outstanding
from mediabridge.config import LIMITS
from mediabridge.media.trips import CarriageState
from mediabridge.stations.books import BundleState
from mediabridge.stations.station import OpenStation

_UNANSWERED: Final = (BundleState.SEALED, BundleState.APPROVED, BundleState.WRITTEN)
"""Of a bundle in one of these states the receiver may not know yet."""


def outstanding_before(station: OpenStation, peer: str, seq: int) -> Iterator[Outstanding]:
    """Yield what is on its way to *peer* with a number below *seq*, the oldest first.

    A copy that was erased, or did not get whole, is none.
    """
    books = station.books
    rows = [row for state in _UNANSWERED for row in books.bundles_in(state)]
    before = sorted((row.seq, row.bundle) for row in rows if row.receiver == peer)
    for number, bundle in [each for each in before if each[0] < seq][: LIMITS.outstanding]:
        made = books.media.carriages(bundle=bundle, state=CarriageState.WRITTEN)
        copies = [
            Copy(at=each.finished_at or each.started_at, medium=each.medium or None)
            for each in made[-LIMITS.outstanding_copies :]
        ]
        yield Outstanding(seq=number, copies=tuple(copies))
