"""What a header says of the numbers before it: which have no receipt yet, and where they went.

Its receiver may find one of them missing, and cannot open this bundle before that one came; so
this stands in what is signed and readable, and names media, never anything that is on them.
"""

from __future__ import annotations

from collections.abc import Iterator

from mediabridge.bundle.header import Copy, Outstanding
from mediabridge.bundle.terms import NUMBER
from mediabridge.config import LIMITS
from mediabridge.media.trips import CarriageState
from mediabridge.stations.outgoing.underway import under_way
from mediabridge.stations.station import OpenStation


def outstanding_before(station: OpenStation, peer: str, seq: int) -> Iterator[Outstanding]:
    """Yield what is on its way to *peer* with a number below *seq*, the oldest first.

    A copy that was erased, or did not get whole, is none.
    """
    before = sorted(
        (row.seq, row.bundle)
        for row in under_way(station)
        if row.receiver == peer and row.seq < seq
    )
    for number, bundle in before[: LIMITS.outstanding]:
        made = station.books.media.carriages(bundle=bundle, state=CarriageState.WRITTEN)
        copies = [
            Copy(
                at=each.finished_at or each.started_at,
                medium=each.medium if NUMBER.fullmatch(each.medium) else None,
            )
            for each in made[-LIMITS.outstanding_copies :]
        ]
        yield Outstanding(seq=number, copies=tuple(copies))
