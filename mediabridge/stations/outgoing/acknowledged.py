"""Where the section of our log starts that a bundle carries, and the receiver's own word for it."""

from __future__ import annotations

from mediabridge.errors import LogNoteError
from mediabridge.stations import setback
from mediabridge.stations.exchanged import is_exchanged
from mediabridge.stations.station import OpenStation
from mediabridge.translog import cosignature
from mediabridge.translog.cosignature import WitnessKey


def proven(station: OpenStation, peer: str) -> tuple[int, str | None]:
    """Return how much of our log *peer* holds at least, and the checkpoint that it cosigned of it.

    That is the most that it can be shown to have acknowledged; 0 and None where it can be shown
    nothing, so that it is told all.
    """
    # The peer may have been set back, too, to before what it acknowledged: so from the start.
    if setback.compared_from(station, peer) or is_exchanged(station, peer):
        return 0, None
    trusted = station.trust.station(peer)
    assert trusted is not None  # noqa: S101 - a route of the trust data leads there
    witness = WitnessKey.parse(trusted.witness_key)
    held = station.books.fact(f"acknowledged-by-{peer}")
    if held > station.log.size():
        return held, None  # The log was put back, and whoever cuts a section of it finds out.
    seen = station.log.newest_cosigned(witness.name, held)
    if seen is None:
        return 0, None
    try:
        # With another key than it has now it cannot tell its word from anybody's.
        cosigned = cosignature.open_cosigned(seen.note, witness)
    except LogNoteError:
        return 0, None
    return cosigned.checkpoint.size, seen.note.decode("utf-8")
