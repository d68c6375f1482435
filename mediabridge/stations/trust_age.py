"""Since when the trust data in force is in force: what the station's own log says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mediabridge.clock import from_rfc3339
from mediabridge.translog import events
from mediabridge.translog.database import StoredLog
from mediabridge.translog.events import Event

_TAKEN: Final = (Event.TRUST_UPDATED, Event.TRUST_REROOTED, Event.STATION_INITIALISED)


@dataclass(frozen=True)
class TrustAge:
    """The trust data in force, and since when."""

    version: int
    since: str
    days: int


def trust_age(log: StoredLog, version: int, now: datetime) -> TrustAge:
    """Return since when *version* is in force, by the newest entry of *log* that took any over."""
    newest = [log.newest_of(event) for event in _TAKEN]
    since = max(events.parse(each, log.station).time for each in newest if each is not None)
    return TrustAge(version, since, max(0, (now - from_rfc3339(since)).days))
