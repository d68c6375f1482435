"""Times as the papers of a station have them: on the clock of its office, by the era in Japanese.

A paper is the same whatever the command was told to print, so it asks the station for its zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Self

from mediabridge.clock import from_rfc3339
from mediabridge.report.period import written_day
from mediabridge.stations.home import zone_of_screens

if TYPE_CHECKING:
    from mediabridge.stations.station import OpenStation


@dataclass(frozen=True)
class Times:
    """The clock of one office."""

    zone: tzinfo | None
    """None for that of the machine."""

    @classmethod
    def of(cls, station: OpenStation) -> Self:
        """Return the clock of *station*."""
        return cls(zone_of_screens(station.home))

    def local(self, utc: str | None) -> datetime | str | None:
        """Return *utc*, RFC 3339, as a time of the office; a text that is none stays a text."""
        if not utc:
            return None
        try:
            return from_rfc3339(utc).astimezone(self.zone)
        except ValueError:
            return utc

    def written(self, utc: str | None) -> str:
        """Return *utc* in words, with its zone; a dash for none."""
        moment = self.local(utc)
        if not isinstance(moment, datetime):
            return moment or "-"
        return f"{written_day(moment.date())} {moment:%H:%M %Z}"
