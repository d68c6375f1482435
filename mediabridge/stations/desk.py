"""What a clerk and an officer do at either station: two journeys, and their stages.

:meth:`Desk.export` and :meth:`Desk.import_` are the journeys, as ``export`` and ``import``
and the demonstration run them; ``watch`` runs the same stages for each stick that is plugged
in (:mod:`mediabridge.stations.serving`). What is particular to a side is what *taking*
means there: :class:`~mediabridge.stations.lgwan.LgwanStation` delivers to a folder,
:class:`~mediabridge.stations.registry.RegistryStation` applies to the registry.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mediabridge.clock import from_rfc3339
from mediabridge.errors import BundleParkedError, KindNotCarriedError, MediabridgeError
from mediabridge.kinds import Kind
from mediabridge.stations import incoming, outgoing, scanning, setback, settings, sticks, watched
from mediabridge.stations.alarms import kept
from mediabridge.stations.attention import attention
from mediabridge.stations.books import BundleRow, BundleState, SentBack
from mediabridge.stations.clerks import at_desk, collector
from mediabridge.stations.expiry import Expiring, expiring_at
from mediabridge.stations.recovery.drilled import last_drill
from mediabridge.stations.rotation.alive import alive
from mediabridge.stations.station import OpenStation
from mediabridge.stations.transport.door import Door
from mediabridge.stations.trust_age import TrustAge, trust_age
from mediabridge.stations.watched import Watched
from mediabridge.stations.witnessed import (
    Witnessed,
    WitnessedElsewhere,
    witnessed,
    witnessed_elsewhere,
)
from mediabridge.translog import events
from mediabridge.translog.events import Event

if TYPE_CHECKING:
    from mediabridge.bundle.header import Header
    from mediabridge.bundle.software import Sort
    from mediabridge.bundle.stages import OpenedBundle
    from mediabridge.media.register import Trip
    from mediabridge.records.encoding import Encoding
    from mediabridge.stations.incoming.importing import Note
    from mediabridge.stations.ordering import InOrder
    from mediabridge.stations.outgoing.approving import Approver, Shown
    from mediabridge.stations.outgoing.changes import CollectedChanges
    from mediabridge.stations.outgoing.collecting import Collected
    from mediabridge.stations.outgoing.exporting import Exported
    from mediabridge.stations.outgoing.rejection import Rejection
    from mediabridge.stations.outgoing.software import Added
    from mediabridge.stations.sticks.visits import Medium
    from mediabridge.trust.signers import Signer
    from mediabridge.verify import RouteState


@dataclass(frozen=True)
class StationStatus:
    """What waits, what is on its way, what needs somebody."""

    station: str
    mode: str
    waiting_records: int
    due_receipts: int
    held: int
    findings: int
    """What comparing populations has found, and nobody has decided on."""
    sent_back: list[SentBack]
    """What an officer sent back to whoever prepared it, until something else is sealed."""
    to_approve: int
    """Bundles that wait for an officer."""
    door_waiting: int
    """Files in the door that were not taken in yet."""
    door_failed: int
    """Files of the door that were refused, until somebody takes them away."""
    watched: Watched
    """What ``watch`` did last."""
    under_way: list[BundleRow]
    parked: list[tuple[str, int]]
    """What arrived early and is kept: its sender, and its number."""
    awaited: list[Awaited]
    """The numbers that are missing before it, and where they may be."""
    outstanding: int
    """How many of these wait for a receipt."""
    overdue: list[BundleRow]
    """Those of which the receipt should have come by now."""
    media_out: list[Trip]
    """The trips that are not over, the oldest first."""
    media_overdue: list[str]
    """The media that should be back."""
    last_receipt: str | None
    """When a receipt was last accepted here; None for never."""
    trust: TrustAge
    outcomes: dict[str, int]
    expiring: list[Expiring]
    """What runs out within 60 days, the earliest first."""
    clock: str
    """The time the station goes by."""
    to_compare: list[str]
    """Peers that have to tell what they know of this restored station; nothing goes to them."""
    witnessed: list[Witnessed]
    """How far each peer has shown that it knows this station's log."""
    witnessed_elsewhere: list[WitnessedElsewhere]
    """How far third stations have seen the peers' logs, as these have shown it."""
    alarms: int
    """Of how many alarms about transfer logs evidence is kept here."""
    recipient_keys: int
    """How many private keys open what is sent here; two for each sender that answers."""
    escrow_drill: str | None
    """When the shares of the escrow key were last tried here; None for never."""
    software: dict[str, str] | None
    """What version was ordered last (``name``, ``version``), and its ``state`` and ``reason``."""
    attention: list[MediabridgeError]
    """What somebody has to look at, the most urgent first."""
    done: bool
    """Whether nothing is left to carry.

    All that was collected and owed has gone and come, no number is missing before another one,
    and no peer has to tell anything.
    """

    def as_dict(self) -> dict[str, Any]:
        """Return the status for ``--json``; what to look at by its reasons."""
        plain = asdict(replace(self, attention=[]))
        return {**plain, "attention": [each.reason for each in self.attention]}


@dataclass(frozen=True)
class Awaited:
    """A number that is missing while later ones have come."""

    sender: str
    seq: int
    media: list[str]
    """The media it was written to, as far as that is known here."""


class Desk(OpenStation, ABC):
    """A station with somebody at it."""

    def _put_right(self) -> None:
        outgoing.recovering.finish_rejections(self)
        outgoing.recovering.undo_sealing(self)
        outgoing.recovering.review_approvals(self)
        incoming.delivered.drop_delivered(self)
        sticks.following.follow_all(self)
        if self.books.ordered_software():
            # Seldom; and it brings what verifies, which a look at the station does not need.
            from mediabridge.stations import installing  # noqa: PLC0415

            installing.note_results(self)

    # --- the two journeys ---------------------------------------------------------

    def export(
        self,
        find: Callable[[], Medium],
        *,
        operator: str | None = None,
        approver: Approver | None = None,
        receiver: str | None = None,
        empty: bool = False,
    ) -> Exported:
        """Carry out: seal what waits, have it approved, write it all, let the stick go.

        *find* finds the stick, and is asked only when there is something to write;
        without an *approver*, what is sealed waits for an officer. *empty* seals even
        with nothing in it. A bundle that cannot go is named, and does not keep the others.
        What goes by the line is left to it, unless *receiver* names the station at its end.

        Raises:
            ClerkKeyMissingError: the station is live, and nothing says where the own key is.
            NothingToSealError: nothing waits, and nothing is under way either.
            ApprovalDeclinedError: the officer said no; nothing is written.
            MediumError: the stick cannot take it; nothing counts as written.
        """
        clerk = at_desk(self, operator)
        outgoing.exporting.seal_or_go_on(self, clerk, receiver=receiver, empty=empty)
        done = outgoing.exporting.Exported()
        if approver is not None:
            outgoing.exporting.approve_all(self, approver, done, named=receiver)
        outgoing.exporting.write_all(self, find, done, clerk, named=receiver)
        done.waiting = outgoing.exporting.in_state(self, BundleState.SEALED, receiver)
        return done

    def import_(self, medium: Medium, *, note: Note, operator: str | None = None) -> bool:
        """Carry in: verify, open, take, erase what has arrived, let the stick go.

        *note* is told each bundle as it is taken. Returns whether the stick may be pulled
        out now; one for which an answer is to be written stays in.

        Raises:
            ClerkKeyMissingError: the station is live, and nothing says where the own key is.
            NothingOnMediumError, AlreadyAppliedError: there was nothing new.
            MediabridgeError: a bundle is refused; those noted before it stay taken.
        """
        clerk = at_desk(self, operator)
        visit = sticks.visits.recognise(self, medium)
        with incoming.importing.left_plugged_in(self, visit):
            incoming.importing.take_all(self, self, visit, clerk, note=note)
        return sticks.leaving.let_go(self, visit)

    # --- their stages, one by one ---------------------------------------------------

    def collect(
        self,
        path: Path,
        *,
        operator: str | None = None,
        kind: Kind | None = None,
        encoding: Encoding | None = None,
    ) -> Collected:
        """Check a file of records and take it in; see :func:`collecting.collect_file`."""
        operator = collector(self, operator)
        return outgoing.collecting.collect_file(
            self, path, operator=operator, kind=kind, encoding=encoding
        )

    def add_software(
        self, path: Path, sort: Sort, *, role: str, replaces: str, operator: str | None = None
    ) -> Added:
        """Take a file of software in; see :func:`software.add_software`."""
        operator = collector(self, operator)
        return outgoing.software.add_software(
            self, path, sort, role=role, replaces=replaces, operator=operator
        )

    def takes_changes(self) -> bool:
        """Tell whether change rows of the city's own system can be taken in here."""
        return False

    def collect_changes(
        self, *, operator: str | None = None, check: bool = False
    ) -> CollectedChanges:
        """Take in what the city's own system wrote in the registry; here there is none.

        Raises:
            KindNotCarriedError: always; see :func:`changes.collect_changes` for the other side.
        """
        del operator, check
        raise KindNotCarriedError(
            kind=outgoing.changes.KIND, wanted=tuple(outgoing.collecting.kinds_sent(self))
        )

    def seal(
        self, *, operator: str | None = None, receiver: str | None = None, empty: bool = False
    ) -> BundleRow:
        """Seal what waits into one bundle; see :func:`sealing.seal_bundle`."""
        return outgoing.sealing.seal_bundle(
            self, at_desk(self, operator), receiver=receiver, empty=empty
        )

    def seal_all(self, *, operator: str | None = None) -> None:
        """Seal all that waits, into as many bundles as it takes.

        Raises:
            ClerkKeyMissingError: the station is live, and nothing says where the own key is.
            NothingToSealError: nothing waits, and nothing is under way either.
        """
        outgoing.exporting.seal_everything(self, at_desk(self, operator))

    def for_sticks(self) -> list[BundleRow]:
        """Return what is approved and goes onto a stick: all but what the line takes."""
        return outgoing.exporting.in_state(self, BundleState.APPROVED)

    def waiting_kinds(self) -> dict[str, int]:
        """Return how many records of each kind are collected, and in no bundle yet."""
        counts: dict[str, int] = {}
        for row in self.books.waiting_files():
            counts[row.kind] = counts.get(row.kind, 0) + row.records
        return counts

    def look_at(self, bundle: str) -> Shown:
        """Return what an officer has to look at; see :func:`approving.look_at`."""
        return outgoing.approving.look_at(self, bundle)

    def approve_shown(self, shown: Shown, officer: Signer) -> BundleRow:
        """Sign the very bytes that were shown; see :func:`approving.approve_shown`."""
        return outgoing.approving.approve_shown(self, shown, officer)

    def reject_shown(
        self, shown: Shown, officer: Signer, why: Rejection, remark: str = ""
    ) -> list[SentBack]:
        """Send back what was shown; see :func:`rejecting.reject_shown`."""
        return outgoing.rejecting.reject_shown(self, shown, officer, why, remark)

    def still_waiting(self, row: BundleRow) -> bool:
        """Tell whether something waits that *row*, just sealed, does not hold."""
        return outgoing.sealing.still_waiting(self, row.receiver)

    def approve(self, bundle: str, officer: Signer) -> BundleRow:
        """Sign a bundle as *officer*; see :func:`approving.approve_bundle`."""
        return outgoing.approving.approve_bundle(self, bundle, officer)

    def have_approved(self, bundle: str, approver: Approver) -> BundleRow:
        """Show a bundle and have it signed; see :func:`approving.have_approved`."""
        return outgoing.approving.have_approved(self, bundle, approver)

    def have_rejected(
        self, bundle: str, approver: Approver, why: Rejection, remark: str = ""
    ) -> list[SentBack]:
        """Show a bundle to an officer and send it back; see :func:`rejecting.reject_shown`."""
        shown = outgoing.approving.look_at(self, bundle)
        return outgoing.rejecting.reject_shown(self, shown, approver(shown), why, remark)

    def write(self, row: BundleRow, medium: Medium, *, operator: str | None = None) -> BundleRow:
        """Write an approved bundle to *medium*; see :func:`releasing.write_bundle`."""
        clerk = at_desk(self, operator)
        return outgoing.releasing.write_bundle(
            self, row, sticks.visits.recognise(self, medium), clerk
        )

    # --- what "taking" means on a side (incoming.taking.Taker) ------------------------

    @abstractmethod
    def route_state(self, sender: str) -> RouteState:
        """Return what was taken from *sender* so far."""

    def records_taken(self, sender: str, seq: int) -> int:
        """Return how many records came with the bundle *seq* of *sender*; 0 for none."""
        return self.books.records_on_route(sender, self.id, seq)

    @abstractmethod
    def take(self, opened: OpenedBundle, notices: InOrder, operator: str) -> dict[str, int]:
        """Take all records or none and issue the receipt (step 10)."""

    # --- looking back -----------------------------------------------------------------

    @abstractmethod
    def held(self) -> int:
        """Return how many records wait for a person's decision here."""

    def _ordered(self) -> dict[str, str] | None:
        found = self.books.newest_ordered()
        if found is None:
            return None
        state, reason, description = found
        said = json.loads(description)
        named = {each: str(said[each]) for each in ("name", "version")}
        return {**named, "state": state, "reason": reason}

    def findings(self) -> int:
        """Return how many findings of populations wait for a person's decision here."""
        return 0

    def status(self) -> StationStatus:
        """Say what is collected, on its way, held or overdue."""
        under_way = outgoing.underway.under_way(self)
        awaited = [row for row in under_way if not outgoing.underway.needs_no_answer(row)]
        limits = settings.load(self.home.settings_file)
        door = Door(limits.transport) if limits.transport else None
        scanner = scanning.scanner_of(self.home, self.clock.now())
        overdue = [row for row in awaited if self._age(row) > limits.overdue_days(row.receiver)]
        late = self.books.media.overdue(self.clock.now())
        expiring, to_compare = expiring_at(self), setback.waiting_for(self)
        parked, alarms = incoming.parking.kept(self), kept(self.home)
        peers = [route.sender for route in self.seen_trust.routes if route.receiver == self.id]
        waiting = self.books.waiting_files()
        due_receipts = sum(len(self.books.due_receipts(peer)) for peer in peers)
        return StationStatus(
            station=self.id,
            mode=self.config.mode,
            waiting_records=sum(row.records for row in waiting),
            due_receipts=due_receipts,
            held=self.held(),
            findings=self.findings(),
            sent_back=self.books.sent_back(),
            to_approve=sum(row.state is BundleState.SEALED for row in under_way),
            door_waiting=door.waiting() if door else 0,
            door_failed=door.refused() if door else 0,
            watched=watched.read(self.home),
            under_way=under_way,
            parked=[(each.route.sender, each.seq) for each in parked],
            awaited=self._awaited(parked),
            outstanding=sum(row.state is BundleState.WRITTEN for row in awaited),
            overdue=overdue,
            media_out=self.books.media.open_trips(),
            media_overdue=sorted({trip.medium for trip in late}),
            last_receipt=self._newest_time(Event.RECEIPT_ACCEPTED),
            trust=trust_age(self.log, self.seen_trust.version, self.clock.now()),
            outcomes=self.books.outcome_counts(),
            expiring=expiring,
            clock=self.now(),
            software=self._ordered(),
            to_compare=to_compare,
            attention=attention(
                self,
                alarms=[
                    each
                    for each in alarms
                    if self.route_state(each.facts.peer).seq < each.facts.seq
                ],
                gaps=[*self._gaps(parked), *self.not_passed_on()],
                overdue=overdue,
                late=late,
                expiring=expiring,
                to_compare=to_compare,
                scanner=[] if scanner is None else scanner.doubts(),
            ),
            witnessed=witnessed(self),
            witnessed_elsewhere=witnessed_elsewhere(self),
            alarms=len(alarms),
            recipient_keys=alive(self),
            escrow_drill=last_drill(self),
            done=not (waiting or due_receipts or awaited or parked or to_compare),
        )

    def _age(self, row: BundleRow) -> float:
        """Return how many days ago *row* was sealed."""
        return (self.clock.now() - from_rfc3339(row.created)) / timedelta(days=1)

    def _gaps(self, parked: Sequence[Header]) -> list[BundleParkedError]:
        """Return what is missing before what arrived early, once for each route."""
        first = _first_of_each_route(parked)
        missing = incoming.parking.missing_before
        return [missing(self, each, self.route_state) for each in first]

    def _awaited(self, parked: Sequence[Header]) -> list[Awaited]:
        """Return the same, number by number."""
        return [
            Awaited(early.route.sender, each.seq, each.media)
            for early in _first_of_each_route(parked)
            for each in incoming.parking.awaited_before(self, early, self.route_state)
        ]

    def _newest_time(self, event: Event) -> str | None:
        newest = self.log.newest_of(event)
        return events.parse(newest, self.id).time if newest is not None else None


def _first_of_each_route(parked: Sequence[Header]) -> list[Header]:
    return list({str(each.route): each for each in reversed(parked)}.values())
