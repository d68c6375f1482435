"""What is plugged in, as it changes: looked at and told, and nothing is used.

While another command works at the station, what it does with the stick is not looked at
but read from the file in which the station at work leaves it
(:meth:`~mediabridge.stations.station.OpenStation.tell`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mediabridge.errors import StationBusyError
from mediabridge.media import policy
from mediabridge.media.states import MediumState, StateReport, report
from mediabridge.media.watching import Snapshot
from mediabridge.stations.home import Home
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks import choosing, finding


def news(
    snapshots: Iterable[Snapshot], home: Home, opened: Callable[[], OpenStation]
) -> Iterator[StateReport]:
    """Yield the state of what is plugged in, each time it is another than before.

    *opened* returns the station, not entered yet; it is entered only to look at sticks.
    """
    looker, last = _Looker(_Told(home.medium_state), opened), list[StateReport]()
    for snapshot in snapshots:
        now = looker.look(snapshot) or last
        yield from (seen for seen in now if seen not in last)
        last = now


@dataclass(frozen=True)
class _Told:
    """The file in which a command at work leaves what it does with a medium: a mere hint."""

    path: Path

    def mark(self) -> tuple[int, int] | None:
        """Return when something was last told, as something to compare."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns

    def state(self) -> list[StateReport]:
        """Return what was told last, if anything."""
        try:
            told = json.loads(self.path.read_text("utf-8"))
            return [report(MediumState(told["state"]), **told["facts"])]
        except (OSError, ValueError, KeyError, TypeError):
            # A hint for the screen that is missing or damaged is no hint.
            return []


class _Looker:
    """What was seen at the last look, and how to look again."""

    def __init__(self, told: _Told, opened: Callable[[], OpenStation]) -> None:
        self._told = told
        self._opened = opened
        self._seen: Snapshot | None = None
        self._mark = told.mark()

    def look(self, snapshot: Snapshot) -> list[StateReport]:
        """Return the state of every device now; nothing where nothing can have changed."""
        changed, self._seen = snapshot != self._seen, snapshot
        if changed and snapshot.media:
            # What was told until now was told of an earlier visit.
            self._mark = self._told.mark()
        told_anew = self._told.mark() != self._mark
        return [
            *(seen for each in snapshot.newcomers if (seen := policy.judge_device(each))),
            *self._media(snapshot, changed=changed, told_anew=told_anew),
        ]

    def _media(
        self, snapshot: Snapshot, *, changed: bool, told_anew: bool
    ) -> Iterable[StateReport]:
        if not snapshot.media:
            return [] if snapshot.newcomers else [self._nothing(told_anew=told_anew)]
        if not changed:
            return self._told.state() if told_anew else []
        try:
            with self._opened() as station:
                slots = finding.slots_for(snapshot.media)
                return [seen for _slot, seen, _visit in choosing.look_at_all(station, slots)]
        except StationBusyError:
            return self._told.state()

    def _nothing(self, *, told_anew: bool) -> StateReport:
        """Say that there is no medium, or that the last one may be removed.

        Switched off, a stick is seen no more before anybody pulls it out.
        """
        told = self._told.state() if told_anew else []
        let_go = (each for each in told if each.state is MediumState.SAFE_TO_REMOVE)
        return next(let_go, None) or report(MediumState.NO_MEDIUM)
