"""Since when something is known to have arrived at the other station, if that is beyond doubt."""

from __future__ import annotations

from mediabridge.stations import setback
from mediabridge.stations.books import BundleState, Issued
from mediabridge.stations.exchanged import is_exchanged
from mediabridge.stations.incoming import parking
from mediabridge.stations.station import OpenStation
from mediabridge.translog import events
from mediabridge.translog.events import Event

_SAY_SO = (Event.RECEIPT_ACCEPTED, Event.BUNDLE_DELIVERED)


class Arrivals:
    """One look into books and log; each peer and each bundle is asked about once."""

    def __init__(self, station: OpenStation) -> None:
        """Look at *station* as it is now."""
        self._station, self._books = station, station.books
        self._parked = {each.route.sender for each in parking.kept(station)}
        self._doubts: dict[str, bool] = {}
        self._times: dict[str, str | None] = {}

    def of_bundle(self, bundle: str) -> str | None:
        """Return when the last answer to *bundle*, sealed here, came; None if it may not have."""
        if bundle not in self._times:
            self._times[bundle] = self._newest_answer(bundle)
        return self._times[bundle]

    def of_receipt(self, issued: Issued) -> str | None:
        """Return when the answer to what carried the receipt came; None if it may not have."""
        return self.of_bundle(issued.carried_by) if issued.carried_by else None

    def is_doubted(self, peer: str) -> bool:
        """Tell whether *peer*, or this station, may still ask for what was settled with *peer*.

        So it is while one of the two came from a backup or has another key and has not answered,
        while a number of *peer* is missing here, and while it lacks a statement on void numbers.
        """
        if peer not in self._doubts:
            station = self._station
            self._doubts[peer] = bool(
                peer in self._parked
                or is_exchanged(station, peer)
                or setback.compared_from(station, peer)
                or self._books.voids(station.id, peer, waiting=True)
            )
        return self._doubts[peer]

    def _newest_answer(self, bundle: str) -> str | None:
        row, log = self._books.bundle(bundle), self._station.log
        if row is None or row.state is not BundleState.DELIVERED or self.is_doubted(row.receiver):
            return None
        told = (log.newest_of(event, bundle=bundle) for event in _SAY_SO)
        times = [events.parse(each, self._station.id).time for each in told if each is not None]
        return max(times, default=None)
