"""What is left of a bundle on this side once the other side has it."""

from __future__ import annotations

from mediabridge.stations.exchanged import is_exchanged
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event


def drop_delivered(station: OpenStation) -> None:
    """Remove the plaintext of files whose bundle has its receipt; the sealed copy stays.

    Data kept after the work was done is how the known losses became incidents. Where the other
    side may have lost it, what was collected again stays until that is settled.
    """
    # The folder holds what has not arrived; the books hold all that ever did.
    for path in station.home.collected():
        row = station.books.bundle(station.books.delivered_in(path.stem) or "")
        if row is not None and not is_exchanged(station, row.receiver):
            station.record(Event.BUNDLE_DELIVERED, bundle=row.bundle, file_sha256=path.stem)
            path.unlink()
