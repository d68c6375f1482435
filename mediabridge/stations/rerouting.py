"""What comes back to whoever sent it: records that the other side could not take as they were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mediabridge.apply.reasons import ApplyReason
from mediabridge.locale import n_
from mediabridge.records.result import Result
from mediabridge.stations.books import OwnRecord
from mediabridge.stations.station import OpenStation

_RENUMBER: Final = n_("Send it once more under a number of its own.")
_REUSED: Final = {ApplyReason.RECORD_ID_REUSED, ApplyReason.POPULATION_ID_REUSED}
NEXT: Final = {
    Result.MOVED_OUT: n_("Send it to the municipality where the person lives now."),
    Result.NOT_FOUND: n_("Find out where the person lives, and send it there."),
    Result.CONFLICT: n_("Compare it with the own record, and send a correction."),
    Result.REJECTED: n_("Ask the city why, and send what is right."),
}
"""What the sender has to do, by what became of the record."""


@dataclass(frozen=True)
class Returned:
    """A record with which its sender has to do something."""

    own: OwnRecord

    @property
    def next_step(self) -> str:
        """The message that says what to do."""
        if self.own.reason in _REUSED:
            return _RENUMBER
        return NEXT[Result.of(self.own.result or "")]


def returned(station: OpenStation) -> Iterator[Returned]:
    """Yield the records sent from here that have to be sent elsewhere, or otherwise."""
    yield from map(Returned, station.books.returned_records(NEXT))
