"""Passing on: at the LGWAN station, what one side sent is collected for the other.

The agency's notices go on to the register's side, and what that tells the agency goes on to the
agency. Nobody has to be asked: who may send what stands in the trust data, and a bundle goes on
only as its next route demands. How far it has come is in the books, as a number for each sender.
A file is known by its content, so that one collected before a crash is not collected twice; and
it keeps its SHA-256, by which the logs of all three stations speak of the same file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mediabridge.errors import MediabridgeError, NotPassedOnError
from mediabridge.kinds import Role
from mediabridge.stations.books import BundleRow
from mediabridge.stations.station import OpenStation


def begin(station: OpenStation) -> None:
    """Note of each way that is new where it begins: what came earlier had gone another way.

    One that trust data does not name any more begins anew when it is named again.
    """
    ways, begins = set(_senders(station)), dict[str, int]()
    for sender in (each.label for each in station.seen_trust.stations):
        begun = station.books.fact(_next(sender))
        if sender in ways and not begun:
            newest = station.books.newest_on_route(sender, station.id)
            begins[sender] = newest.seq + 1 if newest else 1
        elif sender not in ways and begun:
            begins[sender] = 0
    if begins:
        with station.books.transaction():
            for sender, number in begins.items():
                station.books.set_fact(_next(sender), number)


def pass_on(station: OpenStation) -> NotPassedOnError | None:
    """Collect what was delivered since, and goes on; return what kept the first that could not.

    What is kept back does not keep what came from another sender.
    """
    refused = [_pass_on_from(station, sender) for sender in _senders(station)]
    return next(filter(None, refused), None)


def passes_on(station: OpenStation, sender: str) -> bool:
    """Tell whether what *sender* sends goes on from here, so that nobody fetches it here."""
    return sender in set(_senders(station))


def folder_of(station: OpenStation, row: BundleRow) -> Path:
    """Return where what the taken bundle *row* brought was delivered."""
    return station.home.delivered / f"{row.sender}-{row.seq:08d}"


def _senders(station: OpenStation) -> Iterator[str]:
    """Yield the stations of which something goes on."""
    if station.config.role != "lgwan":
        return
    there = {_role(station, each) for each in station.receivers()}
    for route in station.seen_trust.routes:
        onwards: Role = "registry" if _role(station, route.sender) == "agency" else "agency"
        # Where two stations of one side exchange something, it does not travel in a circle.
        meant = {_role(station, route.sender), onwards} == {"agency", "registry"}
        if route.receiver == station.id and meant and onwards in there:
            yield route.sender


def _role(station: OpenStation, peer: str) -> str:
    known = station.seen_trust.station(peer)
    return known.role if known else ""


def _next(sender: str) -> str:
    return f"passed-on-{sender}"


def _pass_on_from(station: OpenStation, sender: str) -> NotPassedOnError | None:
    first = station.books.fact(_next(sender))
    newest = station.books.newest_on_route(sender, station.id)
    if not first or newest is None:
        return None
    for row in station.books.between(sender, station.id, first, newest.seq):
        try:
            _collect(station, row)
        except (MediabridgeError, OSError) as error:
            why = error.reason if isinstance(error, MediabridgeError) else type(error).__name__
            return NotPassedOnError(sender=sender, seq=row.seq, why=why)
        with station.books.transaction():
            station.books.set_fact(_next(sender), row.seq + 1)
    return None


def _collect(station: OpenStation, row: BundleRow) -> None:
    # Nearly always there is nothing to pass on, and looking needs no rules of records.
    from mediabridge.stations.outgoing.collecting import collect_file  # noqa: PLC0415

    folder = folder_of(station, row)
    if row.records:
        for path in sorted(folder.iterdir()):
            collect_file(station, path, operator=station.id)
