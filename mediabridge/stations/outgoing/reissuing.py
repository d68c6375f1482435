"""Issue anew: what a void number held is sealed again, under the next number of its route."""

from __future__ import annotations

from mediabridge.errors import NotVoidableError
from mediabridge.locale import text
from mediabridge.stations import voiding
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.clerks import AtDesk
from mediabridge.stations.outgoing.sealing import seal_bundle
from mediabridge.stations.station import OpenStation


def seal_again(station: OpenStation, row: BundleRow, clerk: AtDesk) -> BundleRow:
    """Seal what the void bundle *row* held, with whatever else waits; return the new bundle.

    Interrupted, it is simply done again: what the bundle held waits until it is sealed.

    Raises:
        NotVoidableError: the number is not void, so that two bundles would hold the same.
        MediabridgeError: as :func:`~mediabridge.stations.outgoing.sealing.seal_bundle`.
    """
    if row.state is not BundleState.VOID:
        raise NotVoidableError(seq=row.seq, detail=text("it is not void yet"))
    voiding.free(station, row)
    return seal_bundle(station, clerk, receiver=row.receiver, empty=True)
