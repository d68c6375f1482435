"""How far the news on a route to this station has come, and what is known to be missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mediabridge.clock import from_rfc3339
from mediabridge.errors import SequenceGapError
from mediabridge.stations.desk import Desk
from mediabridge.stations.home import zone_of_screens
from mediabridge.translog import events
from mediabridge.translog.events import Event


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
    """The first and the last number that are known to exist and were not taken."""


def news_of(station: Desk) -> list[News]:
    """Return the news on every route to *station*."""
    senders = {route.sender for route in station.trust.routes if route.receiver == station.id}
    return [_news(station, sender) for sender in sorted(senders)]


def up_to_date(news: Iterable[News]) -> bool:
    """Tell whether every route that is in use has brought today's.

    One by which nothing ever came, as of a spare station, is not in use.
    """
    used = [each for each in news if each.seq]
    return bool(used) and all(each.fresh for each in used)


def _news(station: Desk, sender: str) -> News:
    newest = station.books.newest_on_route(sender, station.id)
    sealed = newest.created if newest else None
    return News(
        sender,
        newest.seq if newest else 0,
        sealed,
        sealed is not None and _is_today(station, sealed),
        _missing(station, sender),
    )


def _is_today(station: Desk, time: str) -> bool:
    if station.clock.doubt() is not None:
        # The last sure time may be that of this very news: it would be today's for ever.
        return False
    zone = zone_of_screens(station.home)
    day = from_rfc3339(time).astimezone(zone).date()
    return day == station.clock.now().astimezone(zone).date()


def _missing(station: Desk, sender: str) -> tuple[int, int] | None:
    """Return what lies between the number that is next and the last one that came too early.

    The sender may have sealed more; only what was seen here is known here.
    """
    first = station.route_state(sender).next_seq
    early = []
    kept = station.log.saying("event", Event.BUNDLE_PARKED)
    for data in (*kept, *station.log.saying("reason", SequenceGapError.reason)):
        facts = events.parse(data, station.id).facts
        if facts.get("route_from") == sender and isinstance(facts.get("seq"), int):
            early.append(int(str(facts["seq"])))
    last = max(early, default=0)
    return (first, last) if last >= first else None
