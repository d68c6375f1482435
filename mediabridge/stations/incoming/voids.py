"""Void numbers on the way in: a sender's statements are taken, and a receiver's word on ours."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from mediabridge.config import LIMITS
from mediabridge.stations import setback
from mediabridge.translog import events
from mediabridge.translog.events import Event

if TYPE_CHECKING:
    from mediabridge.stations.station import OpenStation
    from mediabridge.verify.order import Void
    from mediabridge.verify.void import LogHead, SignedVoid

_FOLLOWED: Final = "voids-followed-{peer}"


def on_route(station: OpenStation, sender: str) -> list[Void]:
    """Return what the officers of *sender* declared void on its route to this station."""
    return [each.statement.on_route for each in station.books.voids(sender, station.id)]


def accept(
    station: OpenStation, voids: Iterable[SignedVoid], *, bundle: str, operator: str
) -> None:
    """Keep the statements that came with *bundle*; the log says first what it had taken of them.

    What was applied of the numbers stays applied. A statement that is known changes nothing.
    """
    # It knows officers and their keys; whoever asks for the numbers on a route needs none.
    from mediabridge.stations import voiding  # noqa: PLC0415

    for signed in voids:
        statement = signed.statement
        known = station.books.voids(statement.route.sender, statement.route.receiver)
        if signed.data in [each.data for each in known]:
            continue
        taken = [
            row.bundle
            for row in station.books.between(
                statement.route.sender, station.id, statement.first, statement.last
            )
        ]
        station.record(
            Event.VOID_ACCEPTED,
            actor=operator,
            bundle=bundle,
            bundles=taken[: LIMITS.log_list_items],
            bundle_count=len(taken),
            **voiding.facts(signed),
        )
        with station.books.transaction():
            station.books.add_void(signed, accepted=True)


def log_heads(station: OpenStation, sender: str, carried: Iterable[SignedVoid]) -> list[LogHead]:
    """Return where the log of *sender* may leave our copy, by what its officers signed."""
    known = [*station.books.voids(sender, station.id), *carried]
    return [each.statement.log for each in known if each.statement.log is not None]


def follow(station: OpenStation, peer: str) -> None:
    """Take note of what the log of *peer* says of our own statements; again is harmless."""
    mirror, fact = station.mirror(peer), _FOLLOWED.format(peer=peer)
    start, end = station.books.fact(fact), mirror.size()
    if start >= end:
        return
    waiting = {
        hashlib.sha256(each.data).hexdigest(): each.statement
        for each in station.books.voids(station.id, peer, waiting=True)
    }
    entries = (events.parse(data, peer) for data in mirror.entries(start, end))
    accepted = {
        str(entry.facts.get("file_sha256"))
        for entry in entries
        if entry.event is Event.VOID_ACCEPTED
    }
    with station.books.transaction():
        for digest in accepted & waiting.keys():
            station.books.accept_void(waiting[digest])
        station.books.set_fact(fact, end)
    if any(waiting[digest].log is not None for digest in accepted & waiting.keys()):
        setback.end(station, peer)


def forget_beyond(station: OpenStation, peer: str, size: int) -> None:
    """Follow the copy of *peer*'s log once more from entry *size*, where a branch begins."""
    with station.books.transaction():
        for fact in (_FOLLOWED.format(peer=peer), f"followed-{peer}"):
            station.books.set_fact(fact, min(station.books.fact(fact), size))
