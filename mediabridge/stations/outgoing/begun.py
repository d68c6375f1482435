"""What the log says of a bundle before it is sealed, and of one that it never became.

``bundle-sealed`` holds the digest of the finished bundle, so it is no part of the log inside. The
entry ``bundle-sealing`` is: it is durable before that log is cut, whose checkpoint then covers it.
If the sealing ends there, by a crash or because something fails, nothing has left the station:
the number is used again, under another bundle, and the log says so before anything else is sealed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mediabridge.errors import LogCorruptError
from mediabridge.stations.station import OpenStation
from mediabridge.translog import events
from mediabridge.translog.events import Entry, Event, Fact
from mediabridge.translog.recovery import Recovery

_OF_SEALING: Final = frozenset({Event.BUNDLE_SEALING, Event.BUNDLE_SEALED})


def begin(station: OpenStation, actor: str, facts: Mapping[str, Fact]) -> None:
    """Record that *actor* begins to seal; *facts* are those of :func:`mediabridge.verify.begun`."""
    give_up(station)
    station.record(Event.BUNDLE_SEALING, actor=actor, **facts)


def give_up(station: OpenStation) -> list[str]:
    """Record of a sealing that came to nothing that it did; return the bundle, if there is one.

    Only the newest can be one: the next is not begun before this was said.

    Raises:
        LogCorruptError: an entry of this station's log cannot be read.
    """
    newest = station.log.newest_of(Event.BUNDLE_SEALING)
    if newest is None:
        return []
    bundle = str(_read(station, newest).facts.get("bundle"))
    if station.books.bundle(bundle) is not None or _has_gone_on(station, bundle):
        return []
    station.record(Event.JOURNEY_RECOVERED, bundle=bundle, reason=Recovery.SEAL_INTERRUPTED)
    return [bundle]


def _has_gone_on(station: OpenStation, bundle: str) -> bool:
    about = station.log.about(bundle, station.log.size())
    return any(_read(station, each).event not in _OF_SEALING for each in about)


def _read(station: OpenStation, entry: bytes) -> Entry:
    try:
        return events.parse(entry, station.id)
    except ValueError as error:
        raise LogCorruptError(detail=str(error)) from None
