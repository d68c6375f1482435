"""How many keys open what is sent here; asked by every status."""

from __future__ import annotations

from mediabridge.stations.books import OwnKey
from mediabridge.stations.station import OpenStation


def alive(station: OpenStation) -> int:
    """Return how many private recipient keys this station has; one where none was used yet."""
    return len(alive_keys(station)) or 1


def alive_keys(station: OpenStation) -> list[OwnKey]:
    """Return those that were made here and are not erased."""
    return [key for key in station.books.own_keys() if not key.erased]
