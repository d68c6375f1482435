"""Who approved, who carried, who received, and who was in two roles at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from mediabridge.report.lines import Lines, Refs
from mediabridge.report.model import (
    Approvals,
    Carried,
    NotSeparated,
    Received,
    Ref,
    Released,
    Roles,
    Route,
)
from mediabridge.report.pending import Pending, Read
from mediabridge.translog.events import Event

_OFFICERS = (Event.BUNDLE_APPROVED, Event.BUNDLE_REJECTED, Event.VOID_DECLARED)


@dataclass(slots=True)
class _Load:
    bundles: int
    first: int
    last: int

    def add(self, number: int) -> None:
        self.bundles += 1
        self.first, self.last = min(self.first, number), max(self.last, number)


class People:
    """Counts what each person did in the period."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._did: Counter[tuple[str, str]] = Counter()
        self._released: dict[tuple[Route, int], Refs] = {}
        self._carried: dict[tuple[str, Route, str], _Load] = {}
        self._received: Counter[tuple[str, str]] = Counter()
        self.not_separated: Lines[NotSeparated] = Lines()

    def take(self, read: Read, pending: Pending | None) -> NotSeparated | None:
        """Count *read*; return who was in two roles, if this entry shows it."""
        if not read.inside:
            return None
        if read.event in _OFFICERS:
            self._did[read.actor, read.event] += 1
        if read.event in {Event.BUNDLE_VERIFIED, Event.BUNDLE_PARKED}:
            self._received[read.actor, read.ref.station] += 1
        if read.event == Event.BUNDLE_RELEASED and pending:
            self._released.setdefault((pending.about.route, len(pending.approvers)), Refs()).add(
                read.ref
            )
        if read.event in {Event.BUNDLE_RELEASED, Event.BUNDLE_CARRIED}:
            self._carry(read)
        found = _in_two_roles(read, pending)
        if found:
            self.not_separated.add(found)
        return found

    def _carry(self, read: Read) -> None:
        key = read.actor, read.route, read.medium
        number = read.count("seq")
        self._carried.setdefault(key, _Load(0, number, number)).add(number)

    def approvals(self) -> tuple[Approvals, ...]:
        """Return what each officer did, by name."""
        people = sorted({person for person, _event in self._did})
        return tuple(
            Approvals(each, *(self._did[each, event] for event in _OFFICERS)) for each in people
        )

    def released(self) -> tuple[Released, ...]:
        """Return with how many approvals bundles left, by route and number of approvals."""
        return tuple(
            Released(route, approvals, refs.count, refs.first if not approvals else ())
            for (route, approvals), refs in sorted(self._released.items())
        )

    def carried(self) -> tuple[Carried, ...]:
        """Return who carried what, by person, route and medium."""
        return tuple(
            Carried(*key, load.bundles, load.first, load.last)
            for key, load in sorted(self._carried.items())
        )

    def received(self) -> tuple[Received, ...]:
        """Return who brought how many bundles to which station, by person."""
        return tuple(Received(*key, count) for key, count in sorted(self._received.items()))


def _in_two_roles(read: Read, pending: Pending | None) -> NotSeparated | None:
    if pending is None:
        return None
    earlier: Ref | None = None
    if read.event == Event.BUNDLE_APPROVED and read.actor == pending.sealed.actor:
        earlier, roles = pending.sealed.ref, Roles.PREPARED_APPROVED
    elif read.event in {Event.BUNDLE_RELEASED, Event.BUNDLE_CARRIED}:
        earlier, roles = pending.approvers.get(read.actor), Roles.APPROVED_CARRIED
    if earlier is None:
        return None
    return NotSeparated(pending.about, read.actor, roles, (earlier, read.ref))
