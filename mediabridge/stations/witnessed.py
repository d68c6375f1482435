"""How far each peer has shown, by its cosignature, that it knows this station's log."""

from __future__ import annotations

from dataclasses import dataclass

from mediabridge.stations.station import OpenStation
from mediabridge.translog import cosignature


@dataclass(frozen=True)
class Witnessed:
    """What one peer has seen of this station's log."""

    peer: str
    seen: int
    """Entries under the newest checkpoint that it cosigned; 0 before the first."""
    entries: int
    """Entries of the log now: the rest is known here alone."""
    time: str | None
    """When it was cosigned, by the peer's own clock, which is a hint; None before the first."""


def witnessed(station: OpenStation) -> list[Witnessed]:
    """Return what each station that sends to this one has seen of its log, by the peer's id."""
    peers = {route.sender for route in station.seen_trust.routes if route.receiver == station.id}
    entries = station.log.size()
    found = []
    for peer in sorted(peers):
        seen = station.log.newest_cosigned(cosignature.witness_of(station.config.city, peer))
        size, time = (seen.size, seen.time) if seen else (0, None)
        found.append(Witnessed(peer, size, entries, time))
    return found
