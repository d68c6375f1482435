"""How far the news on a route to this station has come, and what is known to be missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mediabridge.clock import from_rfc3339
from mediabridge.stations.desk import Desk
from mediabridge.stations.home import zone_of_screens
from mediabridge.stations.incoming import parking


@dataclass(frozen=True)
class News:
    """One route to this station."""

    sender: str
    seq: int
    """The number that was taken last; 0 where none ever was."""
    sealed: str | None
    """When that one was sealed: everything older that its sender had is in the register."""
    fresh: bool
    """Whether that was today, by the calendar of this station's screens."""
    missing: tuple[int, int] | None
    """The first and the last number that is waited for, where later ones have come."""
    early: tuple[int, ...]
    """Those later ones; they are kept until the gap is closed."""


def news_of(station: Desk) -> list[News]:
    """Return the news on every route to *station*."""
    senders = {route.sender for route in station.seen_trust.routes if route.receiver == station.id}
    return [_news(station, sender) for sender in sorted(senders)]


def up_to_date(news: Iterable[News]) -> bool:
    """Tell whether every route that is in use has brought today's.

    One by which nothing ever came, as of a spare station, is not in use.
    """
    used = [each for each in news if each.seq]
    return bool(used) and all(each.fresh for each in used)


def _news(station: Desk, sender: str) -> News:
    newest = station.books.newest_on_route(sender, station.id)
    # The sender may have sealed more; only what was seen here is known here.
    early = [each.seq for each in parking.kept(station) if each.route.sender == sender]
    wanted = station.route_state(sender).next_seq
    sealed = newest.created if newest else None
    return News(
        sender,
        newest.seq if newest else 0,
        sealed,
        sealed is not None and _is_today(station, sealed),
        (wanted, early[0] - 1) if early else None,
        tuple(early),
    )


def _is_today(station: Desk, time: str) -> bool:
    if station.clock.doubt() is not None:
        # The last sure time may be that of this very news: it would be today's for ever.
        return False
    zone = zone_of_screens(station.home)
    day = from_rfc3339(time).astimezone(zone).date()
    return day == station.clock.now().astimezone(zone).date()
