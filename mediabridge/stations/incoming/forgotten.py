"""What a peer said before it was set back, and does not know any more: it counts no longer here.

A peer that came from an old backup continues another branch of its log, for which its officers
signed. The entries that it lost spoke of bundles that it had taken, and of decisions on held
records. It takes those bundles once more, and its people decide again, perhaps in another way;
what they say then has to find the records open. So the books go back to what they held where
the branch begins.
"""

from __future__ import annotations

from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks import returning
from mediabridge.translog import events
from mediabridge.translog.events import Event


def reopen(station: OpenStation, peer: str, size: int) -> None:
    """Open again what only entries of *peer*'s log from *size* on had closed.

    To be called while the copy of that log still has them. Again is harmless.
    """
    taken, decided = _lost(station, peer, size)
    with station.books.transaction():
        for bundle in taken:
            row = station.books.bundle(bundle)
            if row is not None and row.state is BundleState.DELIVERED:
                _await_answer(station, row)
        for bundle, supplement in decided.items():
            station.books.reopen_decided(bundle, supplement)


def _lost(station: OpenStation, peer: str, size: int) -> tuple[list[str], dict[str, int]]:
    """Return which bundles were taken, and the first lost decision on a record of each bundle."""
    taken: list[str] = []
    decided: dict[str, int] = {}
    for data in station.mirror(peer).entries(size):
        entry = events.parse(data, peer)
        bundle, supplement = str(entry.facts.get("bundle")), entry.facts.get("supplement")
        if entry.event is Event.BUNDLE_APPLIED:
            taken.append(bundle)
        elif entry.event is Event.RECORD_DECIDED and isinstance(supplement, int):
            decided[bundle] = min(supplement, decided.get(bundle, supplement))
    return taken, decided


def _await_answer(station: OpenStation, row: BundleRow) -> None:
    """Wait for the receipt once more; what is void is not sent again."""
    voids = station.books.voids(station.id, row.receiver)
    if any(each.statement.on_route.covers(row.seq) for each in voids):
        station.books.set_state(row.bundle, BundleState.VOID)
        return
    station.books.set_state(row.bundle, BundleState.WRITTEN)
    station.books.reopen_records(row.bundle)
    returning.await_writing(station, row.bundle)
