"""What is left of a bundle on this side once the other side has it."""

from __future__ import annotations

from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event


def drop_delivered(station: OpenStation) -> None:
    """Remove the plaintext of files whose bundle has its receipt; the sealed copy stays.

    Data kept after the work was done is how the known losses became incidents.
    """
    for bundle, file in station.books.delivered_files():
        path = station.home.inbox / f"{file}.csv"
        if path.exists():
            station.record(Event.BUNDLE_DELIVERED, bundle=bundle, file_sha256=file)
            path.unlink()
