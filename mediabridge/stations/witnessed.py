"""How far each peer has shown that it knows this station's log, and others know the peers'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mediabridge.stations.station import OpenStation
from mediabridge.translog import cosignature
from mediabridge.translog.cosignature import WitnessKey


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


@dataclass(frozen=True)
class WitnessedElsewhere:
    """What a third station has seen of a peer's log, as that peer has shown it here."""

    log: str
    """The peer."""
    witness: str
    """The third station."""
    seen: int
    """Entries under the newest checkpoint that it cosigned."""
    entries: int
    """Entries of the copy of that log here."""
    time: str
    """When it was cosigned, by the witness' own clock, which is a hint."""


def others_of(witnesses: Mapping[str, str], *stations: str) -> list[WitnessKey]:
    """Return the keys of these *witnesses*, by station, but of those of *stations*."""
    return [WitnessKey.parse(key) for each, key in witnesses.items() if each not in stations]


def witnessed_elsewhere(station: OpenStation) -> list[WitnessedElsewhere]:
    """Return what is known of other witnesses of the logs that are copied here, by log."""
    found = []
    for mirror in station.mirrors():
        for key in others_of(station.seen_trust.witnesses, station.id, mirror.station):
            seen = mirror.newest_cosigned(key.name)
            if seen is not None:
                witness = cosignature.station_of(key.name)
                found.append(
                    WitnessedElsewhere(mirror.station, witness, seen.size, mirror.size(), seen.time)
                )
    return found


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
