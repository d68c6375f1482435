"""Which bundles of a stick are taken, and in which order: the new ones, by number.

What came before a bundle that is missing waits, and goes first as soon as its turn has come.
Each bundle by itself is taken by :mod:`~mediabridge.stations.incoming.taking`.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from mediabridge.bundle import layout
from mediabridge.bundle.header import Header, parse_header
from mediabridge.errors import (
    AlreadyAppliedError,
    BundleError,
    BundleParkedError,
    MediabridgeError,
    NothingOnMediumError,
    NumberVoidError,
    OrderError,
    RecipientKeyGoneError,
    SequenceOldError,
)
from mediabridge.media import staging, strangers, tree
from mediabridge.media.policy import Use
from mediabridge.media.states import MediumState
from mediabridge.stations.clerks import AtDesk
from mediabridge.stations.incoming import parking
from mediabridge.stations.incoming.taking import FromParked, Import, Taken, Taker
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks.visits import Visit, allow, note_droppings, watched
from mediabridge.translog.events import Event
from mediabridge.verify.order import is_repetition, to_examine


def import_medium(
    station: OpenStation, taker: Taker, visit: Visit, clerk: AtDesk
) -> Generator[Taken, None, None]:
    """Take every new bundle for this station on the stick, in order, and yield each outcome.

    What came before a bundle that is missing is kept, and taken as soon as that one is; what
    was kept at earlier visits goes first. The first refusal ends it, but for a copy of a number
    that is void or was taken with other content, and for a bundle whose key is gone: one after it
    may say that its number is void. Bundles taken before it stay taken. The stick is mounted
    read-only for as long as something is taken from it.

    Raises:
        NothingOnMediumError: no bundle on the medium is meant for this station.
        AlreadyAppliedError: all that are meant for it were taken before.
        NumberVoidError, SequenceOldError: a copy turned up of a number that does not come any
            more; whatever else could be taken is.
        BundleParkedError: one is missing before others that are kept now.
        WrongDirectionError: the stick is not meant for what is on it.
        MediabridgeError: the refusal, with its ``verdict``.
    """
    station.home.empty_work()
    with watched(station, visit, MediumState.READING), visit.slot.mounted() as medium:
        yield from _Sorting(station, taker, visit, medium, clerk).run()


@dataclass
class _Sorting:
    """One stick that is gone through, and what was looked at on it and could not be taken."""

    station: OpenStation
    taker: Taker
    visit: Visit
    medium: Path
    clerk: AtDesk
    early: list[str] = field(default_factory=list)
    repeated: list[AlreadyAppliedError] = field(default_factory=list)
    gone: list[RecipientKeyGoneError] = field(default_factory=list)
    """No key of today opens it; a later one may say that its number is void."""
    passed: list[NumberVoidError | SequenceOldError] = field(default_factory=list)
    """Of a number that does not come any more; said at the end: what counts may come after it."""

    def run(self) -> Iterator[Taken]:
        """Take what is kept and what is new, in order; raise at the end why something stays."""
        yield from self._take_parked()
        fresh = self._fresh()
        for name in fresh:
            yield from self._take(name)
            # What was just taken, or a statement just brought, may have closed a gap.
            yield from self._take_parked()
        if self.passed:
            raise self.passed[0]
        self._raise_what_waits()
        if len(self.repeated) == len(fresh):
            raise self.repeated[-1]

    def _fresh(self) -> list[str]:
        """Return what was not taken before, of which there is something.

        What no key opens counts more than that there is nothing.
        """
        try:
            names = _names_on(self.station, self.visit, self.medium, self.clerk.name)
        except NothingOnMediumError:
            self._raise_what_waits()
            raise
        _note_droppings(self.station, self.visit, self.medium)
        fresh = [name for name in names if not _taken_before(self.taker, self.medium, name)]
        if not fresh:
            self._raise_what_waits()
            raise _repeated(self.station, self.medium, names[-1])
        return fresh

    def _take(self, name: str) -> Iterator[Taken]:
        try:
            yield Import(self.station, self.taker, self.visit, self.medium, self.clerk).run(name)
        except AlreadyAppliedError as error:
            # A copy under another name, perhaps of what this very run took.
            self.repeated.append(error)
        except BundleParkedError:
            self.early.append(name)
        except RecipientKeyGoneError as error:
            self.gone.append(error)
        except (NumberVoidError, SequenceOldError) as error:
            self.passed.append(error)

    def _raise_what_waits(self) -> None:
        """Raise why something that was looked at is not taken, where its number is not passed.

        Raises:
            RecipientKeyGoneError: no key of this station opens it.
            BundleParkedError: one is missing before it.
        """
        for error in self.gone:
            if self.taker.route_state(error.facts["sender"]).seq < error.facts["seq"]:
                raise error
        for header in parking.kept(self.station):
            if header.bundle in self.early:
                raise parking.missing_before(self.station, header, self.taker.route_state)

    def _take_parked(self) -> Iterator[Taken]:
        """Take what was kept and is next by now, one after the other."""
        parking.tidy(self.station, self.taker.route_state)
        while (name := parking.due(self.station, self.taker.route_state)) is not None:
            kept = FromParked(self.station, self.taker, self.visit, self.medium, self.clerk)
            try:
                taken = kept.run(name)
            except (BundleError, OrderError) as error:
                # It will not become better by lying here; another copy may be good.
                parking.remove(self.station, name, error.reason)
                if not isinstance(error, RecipientKeyGoneError):
                    raise
                self.gone.append(error)
                continue
            parking.tidy(self.station, self.taker.route_state)
            yield taken


def _names_on(station: OpenStation, visit: Visit, medium: Path, operator: str) -> list[str]:
    """Return the bundles on *medium* that somebody else sent, when the stick may carry them."""
    try:
        names = _candidates(station, medium)
    except BundleError as error:
        if visit.slot.is_present():
            station.record(Event.BUNDLE_REFUSED, actor=operator, reason=error.reason, **visit.facts)
        raise
    if not names:
        raise NothingOnMediumError(wanted=station.id)
    allow(station, visit, Use(receiver=station.id))
    return names


def _note_droppings(station: OpenStation, visit: Visit, medium: Path) -> None:
    """Say what is passed over; a medium that changed meanwhile is refused where that counts."""
    with suppress(BundleError):
        found = strangers.found_on(medium)
        if found.droppings:
            note_droppings(station, visit, found)
            station.tell(MediumState.READING, medium=visit.shown)


def _candidates(station: OpenStation, medium: Path) -> list[str]:
    """Return the bundles on *medium* that this station did not write itself, by number."""
    claimed = {name: _claimed_header(medium, name) for name in tree.bundles_on(medium)}
    return to_examine(claimed, station.id)


def _claimed_header(medium: Path, name: str) -> Header | None:
    try:
        return parse_header(staging.read_small(medium, name, layout.HEADER))
    except MediabridgeError:
        return None


def _taken_before(taker: Taker, medium: Path, name: str) -> bool:
    try:
        sums = staging.read_small(medium, name, layout.SUMS)
        header = staging.read_small(medium, name, layout.HEADER)
    except MediabridgeError:
        return False
    return is_repetition(name, header, sums, taker.route_state)


def _repeated(station: OpenStation, medium: Path, name: str) -> AlreadyAppliedError:
    header = parse_header(staging.read_small(medium, name, layout.HEADER))
    reason = AlreadyAppliedError.reason
    station.record(Event.BUNDLE_REPEATED, bundle=header.bundle, seq=header.seq, reason=reason)
    return AlreadyAppliedError(seq=header.seq, route=str(header.route))
