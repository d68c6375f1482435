"""A station that came from a backup, and whether its peers know more of it than it does itself.

Whoever is set back would give out numbers a second time, and continue a log that a peer holds
longer. So nothing is signed for a peer until a bundle of that peer, sealed after the restoring,
has told how much of our log it holds and which of our numbers it saw. If that is no more than
the backup had, the state ends by itself; otherwise the missing numbers are named, and the state
stays. The books know it as facts: how long the log was in the backup, where the log says that
the station was restored, and which numbers are missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mediabridge.bundle.stages import OpenedBundle
from mediabridge.errors import LogSectionError, StationRestoredError, StationSetBackError
from mediabridge.stations.station import OpenStation
from mediabridge.translog import events
from mediabridge.translog.events import Event
from mediabridge.translog.section import EntryLines
from mediabridge.verify import RouteState

_ENTRY: Final = "restored-entry"


def mark(station: OpenStation, log_size: int, entry: int) -> None:
    """Note in the books of a restored station that it has to be compared with each receiver.

    *log_size* is how long its log was in the backup, *entry* the index of ``station-restored``.
    """
    with station.books.transaction():
        station.books.set_fact(_ENTRY, entry)
        for route in station.trust.routes:
            if route.sender == station.id:
                station.books.set_fact(_restored(route.receiver), log_size)


def was_restored(station: OpenStation) -> bool:
    """Tell whether this station ever came from a backup, so that it may lack newer keys."""
    return station.books.fact(_ENTRY) != 0


def waiting_for(station: OpenStation) -> list[str]:
    """Return the peers that this restored station has still to be compared with."""
    receivers = {route.receiver for route in station.trust.routes if route.sender == station.id}
    return sorted(peer for peer in receivers if station.books.fact(_restored(peer)))


def require_compared(station: OpenStation, peer: str) -> None:
    """Refuse to sign a number for *peer* while it may know more of this station.

    Raises:
        StationRestoredError: it has not told yet.
        StationSetBackError: it does know more.
    """
    if not station.books.fact(_restored(peer)):
        return
    last = station.books.fact(_last(peer))
    if last:
        raise _set_back(station, peer)
    raise StationRestoredError(peer=peer)


def compare(station: OpenStation, opened: OpenedBundle) -> None:
    """Find out by a bundle of a peer, before it is taken, whether the peer knows more.

    Raises:
        StationSetBackError: it does; the numbers are in the books and in the log.
    """
    peer = opened.verified.header.route.sender
    held = station.books.fact(_restored(peer))
    if not held:
        return
    carried = opened.manifest.log
    own = RouteState.of(station.books.on_route(station.id, peer)).seq
    seen = max(_numbers_seen(station, opened), default=0)
    # What the peer skips in its section we have acknowledged, in a bundle that we lack now.
    knows_more = carried.peer_size > held or carried.start > station.mirror(peer).size()
    if not knows_more and seen <= own:
        return
    _note(station, opened, own + 1, max(seen, own + 1))
    raise _set_back(station, peer)


def _note(station: OpenStation, opened: OpenedBundle, first: int, last: int) -> None:
    """Keep which numbers are missing, and by which bundle that is known; the log says so first."""
    header = opened.verified.header
    peer = header.route.sender
    station.record(
        Event.STATION_SET_BACK,
        route_from=station.id,
        route_to=peer,
        bundle=header.bundle,
        first=first,
        last=last,
    )
    with station.books.transaction():
        station.books.set_fact(_first(peer), first)
        station.books.set_fact(_last(peer), last)
        station.books.set_fact(_known_by(peer), header.seq)


def settle(station: OpenStation, opened: OpenedBundle) -> None:
    """End the state when *opened*, which is being taken, was sealed after the restoring.

    An older one proves nothing: what the peer learnt after sealing it is not in it.
    """
    header = opened.verified.header
    peer = header.route.sender
    held = station.books.fact(_restored(peer))
    if not held or header.created < _restored_at(station):
        return
    station.record(
        Event.STATION_COMPARED,
        route_from=station.id,
        route_to=peer,
        bundle=header.bundle,
        log_size=held,
    )
    with station.books.transaction():
        station.books.set_fact(_restored(peer), 0)


def _numbers_seen(station: OpenStation, opened: OpenedBundle) -> Iterator[int]:
    """Yield the numbers of ours that the peer's part of its log says it verified.

    That part may not continue the copy here, which is why it is read before it is checked: the
    peer and its officers signed the bundle that it came in.
    """
    peer, carried = opened.verified.header.route.sender, opened.manifest.log
    for data in EntryLines(lambda: opened.files[carried.file].open("rb")):
        try:
            entry = events.parse(data, peer)
        except ValueError as error:
            raise LogSectionError(detail=str(error)) from None
        facts, ours = entry.facts, (station.id, peer)
        if entry.event is not Event.BUNDLE_VERIFIED:
            continue
        if (facts.get("route_from"), facts.get("route_to")) == ours:
            seq = facts.get("seq")
            if isinstance(seq, int):
                yield seq


def _restored_at(station: OpenStation) -> str:
    index = station.books.fact(_ENTRY)
    (data,) = station.log.entries(index, index + 1)
    return events.parse(data, station.id).time


def _set_back(station: OpenStation, peer: str) -> StationSetBackError:
    fact = station.books.fact
    return StationSetBackError(
        route=f"{station.id}>{peer}",
        peer=peer,
        first=fact(_first(peer)),
        last=fact(_last(peer)),
        seq=fact(_known_by(peer)),
    )


def _restored(peer: str) -> str:
    return f"restored-{peer}"


def _first(peer: str) -> str:
    return f"missing-from-{peer}"


def _last(peer: str) -> str:
    return f"missing-to-{peer}"


def _known_by(peer: str) -> str:
    return f"missing-known-by-{peer}"
