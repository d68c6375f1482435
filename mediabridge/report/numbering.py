"""Numbers of a route that are missing: in the sender's log, or in that of the receiver."""

from __future__ import annotations

from dataclasses import dataclass, field

from mediabridge.report.model import About, Absence, Gap, Ref, Route
from mediabridge.report.pending import Read
from mediabridge.translog.events import Event


@dataclass
class _Numbers:
    """What one log says of the numbers of one route."""

    last: int = 0
    missing: list[tuple[int, int, Ref]] = field(default_factory=list)
    void: list[tuple[int, int, Ref]] = field(default_factory=list)
    parked: dict[int, Ref] = field(default_factory=dict)

    def came(self, number: int, ref: Ref) -> None:
        if number > self.last + 1:
            self.missing.append((self.last + 1, number - 1, ref))
        self.last = max(self.last, number)
        self.parked.pop(number, None)


class Numbering:
    """Follows the numbers of every route in every log, from the first entry on."""

    def __init__(self) -> None:
        """Begin with none."""
        self._numbers: dict[tuple[str, Route], _Numbers] = {}

    def take(self, read: Read, about: About) -> None:
        """Note the number in *read*, which is about *about*."""
        match read.event:
            case Event.BUNDLE_SEALED | Event.BUNDLE_APPLIED:
                self._of(read, about.route).came(about.seq, read.ref)
            case Event.BUNDLE_PARKED:
                self._of(read, about.route).parked[about.seq] = read.ref
            case Event.VOID_DECLARED | Event.VOID_ACCEPTED:
                void = read.count("first"), read.count("last"), read.ref
                self._of(read, read.route).void.append(void)

    def gaps(self) -> list[Gap]:
        """Return what is missing, by log, route and number."""
        return [
            gap
            for (station, route), numbers in sorted(self._numbers.items())
            for gap in _gaps(station, route, numbers)
        ]

    def _of(self, read: Read, route: Route) -> _Numbers:
        return self._numbers.setdefault((read.ref.station, route), _Numbers())


def _gaps(station: str, route: Route, numbers: _Numbers) -> list[Gap]:
    found = []
    for first, last, ref in numbers.missing:
        void = [each for each in numbers.void if each[0] <= last and first <= each[1]]
        covered = sum(min(last, each[1]) - max(first, each[0]) + 1 for each in void)
        absence = Absence.VOID if covered >= last - first + 1 else Absence.UNEXPLAINED
        refs = (*(each[2] for each in void), ref)
        found.append(Gap(station, route, first, last, absence, refs))
    waiting = [number for number in numbers.parked if number > numbers.last + 1]
    if waiting:
        number = min(waiting)
        ref = numbers.parked[number]
        gap = Gap(station, route, numbers.last + 1, number - 1, Absence.AWAITED, (ref,))
        found.append(gap)
    return found
