"""When the shares of the escrow key were last tried; asked by every status."""

from __future__ import annotations

from mediabridge.stations.station import OpenStation
from mediabridge.translog import events
from mediabridge.translog.events import Event


def last_drill(station: OpenStation) -> str | None:
    """Return when shares were last tried at *station*, with whatever outcome; None for never."""
    entry = station.log.newest_of(Event.ESCROW_DRILL)
    return events.parse(entry, station.id).time if entry else None
