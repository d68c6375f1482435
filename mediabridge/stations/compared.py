"""Whether a restored station may sign for a peer yet: what its books know of that.

How these facts come about, and how they end: :mod:`mediabridge.stations.setback`. The books
call each by a name with the peer in it.
"""

from __future__ import annotations

from mediabridge.errors import StationRestoredError, StationSetBackError
from mediabridge.stations.station import OpenStation


def held_back(station: OpenStation, peer: str) -> int:
    """Return how long the log was in the backup while *peer* may hold another one; else 0."""
    return station.books.fact(restored(peer))


def require_compared(station: OpenStation, peer: str) -> None:
    """Refuse to sign a number for *peer* while it may know more of this station.

    Raises:
        StationRestoredError: it has not told yet.
        StationSetBackError: it does know more, and officers have not declared it void yet.
    """
    fact = station.books.fact
    if not held_back(station, peer) or 0 < fact(last(peer)) <= fact(signed(peer)):
        return
    if fact(last(peer)):
        raise _set_back(station, peer)
    raise StationRestoredError(peer=peer)


def _set_back(station: OpenStation, peer: str) -> StationSetBackError:
    fact = station.books.fact
    return StationSetBackError(
        route=f"{station.id}>{peer}",
        peer=peer,
        first=fact(first(peer)),
        last=fact(last(peer)),
        seq=fact(known_by(peer)),
    )


def restored(peer: str) -> str:
    """Return the name of: how long the log was in the backup, until the peer has told."""
    return f"restored-{peer}"


def doubted(peer: str) -> str:
    """Return the name of: from which entry on the peer may still bring an old log of ours."""
    return f"restored-doubted-{peer}"


def first(peer: str) -> str:
    """Return the name of: the first number that is missing here."""
    return f"missing-from-{peer}"


def last(peer: str) -> str:
    """Return the name of: the last number that is missing here."""
    return f"missing-to-{peer}"


def known_by(peer: str) -> str:
    """Return the name of: by which number of the peer that is known."""
    return f"missing-known-by-{peer}"


def head(peer: str) -> str:
    """Return the name of: the head of the chain that the peer has."""
    return f"missing-head-{peer}"


def signed(peer: str) -> str:
    """Return the name of: up to which missing number officers have signed."""
    return f"missing-signed-{peer}"
