"""Issue anew: what a void number held is sealed again, under the next number of its route."""

from __future__ import annotations

from mediabridge.errors import ContentNotKeptError, NothingToSealError, NotVoidableError
from mediabridge.locale import text
from mediabridge.stations import removed, voiding
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.clerks import AtDesk
from mediabridge.stations.outgoing.sealing import seal_bundle
from mediabridge.stations.station import OpenStation


def require_content(station: OpenStation, row: BundleRow) -> None:
    """Refuse to have *row* declared void while what it held could not be sealed again.

    What has its receipt is kept here only sealed, readable for the escrow key.

    Raises:
        ContentNotKeptError: a file that it carries is not here in the clear.
        CopyRemovedError: a retention rule has let go what would be sealed again.
    """
    removed.require_receipts(station, row)
    files = station.books.files_in(row.bundle)
    gone = [each for each in files if not station.home.collected_file(each).exists()]
    if gone:
        removed.require_copy(station, row)
        raise ContentNotKeptError(seq=row.seq, count=len(gone), bundle=row.bundle[:8])


def seal_again(station: OpenStation, row: BundleRow, clerk: AtDesk) -> BundleRow:
    """Seal what the void bundle *row* held, with whatever else waits; return the new bundle.

    Interrupted, it is simply done again: what the bundle held waits until it is sealed. One
    that held nothing is sealed once, too, where a statement says that its number comes again.

    Raises:
        NotVoidableError: the number is not void, so that two bundles would hold the same; or
            all that it held is sealed already, and nothing else waits.
        MediabridgeError: as :func:`~mediabridge.stations.outgoing.sealing.seal_bundle`.
    """
    if row.state is not BundleState.VOID:
        raise NotVoidableError(seq=row.seq, detail=text("it is not void yet"))
    voiding.free(station, row)
    empty = voiding.is_owed(station, row)
    try:
        owed = station.books.content_of(row.bundle)
        return seal_bundle(station, clerk, receiver=row.receiver, empty=empty, owed=owed)
    except NothingToSealError:
        detail = text("nothing of what it held waits any more")
        raise NotVoidableError(seq=row.seq, detail=detail) from None
