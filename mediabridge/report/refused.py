"""What was refused, at which station, and for which reason."""

from __future__ import annotations

from typing import Final

from mediabridge.report.lines import Refs
from mediabridge.report.model import Refusal
from mediabridge.report.pending import Read
from mediabridge.translog.events import Event

REFUSING: Final = frozenset(
    {
        Event.BUNDLE_REFUSED,
        Event.BUNDLE_REJECTED,
        Event.FILE_REFUSED,
        Event.MEDIUM_FAILED,
        Event.MEDIUM_REFUSED,
    }
)
"""Events whose reason says why something was not taken, not sent or not used."""


class Refusals:
    """Counts refusals of the period."""

    def __init__(self) -> None:
        """Begin with none."""
        self._refs: dict[tuple[str, str, str], Refs] = {}

    def take(self, read: Read) -> None:
        """Count *read*, if it is a refusal."""
        if read.inside and read.event in REFUSING:
            key = read.ref.station, read.event, str(read.facts.get("reason", ""))
            self._refs.setdefault(key, Refs()).add(read.ref)

    def refusals(self) -> tuple[Refusal, ...]:
        """Return them, the most frequent first."""
        lines = (Refusal(*key, refs.count, refs.first) for key, refs in self._refs.items())
        order = lambda each: (-each.count, each.station, each.event, each.reason)  # noqa: E731
        return tuple(sorted(lines, key=order))
