"""What a clerk and an officer can do at either station, one method a stage.

:class:`~mediabridge.stations.lgwan.LgwanStation` and
:class:`~mediabridge.stations.registry.RegistryStation` add the journeys made of these
stages, and what is particular to their side.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from mediabridge.bundle import layout
from mediabridge.clock import from_rfc3339
from mediabridge.config import OVERDUE_DAYS
from mediabridge.errors import AlreadyAppliedError, NothingOnMediumError
from mediabridge.kinds import Kind
from mediabridge.records.csv import Encoding
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.incoming import receipts, taking
from mediabridge.stations.outgoing import approving, collecting, releasing, sealing
from mediabridge.stations.outgoing.collecting import Collected
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks import custody, following, tidying, visits
from mediabridge.stations.sticks.visits import Medium, Visit
from mediabridge.trust.signers import Signer


@dataclass(frozen=True)
class StationStatus:
    """What waits, what is on its way, what needs somebody."""

    station: str
    mode: str
    waiting_records: int
    due_receipts: int
    held: int
    under_way: list[BundleRow]
    overdue: list[BundleRow]
    outcomes: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """Return the status for ``--json``."""
        return asdict(self)


class Desk(OpenStation, ABC):
    """A station with somebody at it."""

    @abstractmethod
    def import_(self, medium: Medium, *, operator: str | None = None) -> Iterator[taking.Taken]:
        """Take in what the other side sent, and say what became of each bundle."""

    def __enter__(self) -> Self:
        """Open the station and put right what a power cut left half done."""
        super().__enter__()
        sealing.recover(self)
        receipts.drop_delivered(self)
        following.follow_all(self)
        return self

    def collect(
        self,
        path: Path,
        *,
        operator: str | None = None,
        kind: Kind | None = None,
        encoding: Encoding | None = None,
    ) -> Collected:
        """Check a file of records and take it in; see :func:`collecting.collect_file`."""
        operator = self.operator(operator)
        return collecting.collect_file(self, path, operator=operator, kind=kind, encoding=encoding)

    def seal(
        self, *, operator: str | None = None, receiver: str | None = None, empty: bool = False
    ) -> BundleRow:
        """Seal what waits into one bundle; see :func:`sealing.seal_bundle`."""
        operator = self.operator(operator)
        return sealing.seal_bundle(self, operator=operator, receiver=receiver, empty=empty)

    def approve(self, bundle: str, officer: Signer) -> BundleRow:
        """Sign a bundle as *officer*; see :func:`approving.approve_bundle`."""
        return approving.approve_bundle(self, bundle, officer)

    def recognise(self, medium: Medium) -> Visit:
        """Recognise the stick; see :func:`visits.recognise`."""
        return visits.recognise(self, medium)

    def write(self, row: BundleRow, medium: Medium, *, operator: str | None = None) -> BundleRow:
        """Write an approved bundle to *medium*; see :func:`releasing.write_bundle`."""
        visit = self.recognise(medium)
        releasing.write_bundle(self, row, visit, operator=self.operator(operator))
        return approving.outgoing(self, row.bundle)

    def take_in(
        self, taker: taking.Taker, medium: Medium, *, operator: str | None = None
    ) -> Iterator[taking.Taken]:
        """Take every new bundle on *medium*, then erase what has arrived at the other side.

        With nothing new, what an earlier visit did not come to is done all the same.
        """
        operator, visit = self.operator(operator), self.recognise(medium)
        try:
            yield from taking.import_medium(self, taker, visit, operator=operator)
        except (AlreadyAppliedError, NothingOnMediumError) as nothing_new:
            if isinstance(nothing_new, AlreadyAppliedError):
                custody.note_missed_arrival(self, visit, operator=operator)
            tidying.settle(self, visit, operator=operator)
            raise
        custody.note_arrival(self, visit, operator=operator)
        tidying.settle(self, visit, operator=operator)

    def finish(self, medium: Medium) -> bool:
        """Let the stick go; return whether it may be pulled out; see :func:`visits.finish`."""
        return visits.finish(self, self.recognise(medium))

    def approvers(self, bundle: str) -> list[str]:
        """Return who approved an outgoing bundle, by the signatures beside it."""
        folder = self.home.outbox / bundle
        if not folder.exists():
            return []
        names = (layout.approver(path.name) for path in folder.iterdir())
        return sorted(name for name in names if name)

    def desk_status(self, *, held: int) -> StationStatus:
        """Say what is collected, on its way, overdue; *held* is what the registry holds."""
        books = self.books
        open_states = (BundleState.SEALED, BundleState.APPROVED, BundleState.WRITTEN)
        under_way = [row for state in open_states for row in books.bundles_in(state)]
        latest = self.clock.now() - timedelta(days=OVERDUE_DAYS)
        peers = [route.sender for route in self.trust.routes if route.receiver == self.id]
        return StationStatus(
            station=self.id,
            mode=self.config.mode,
            waiting_records=sum(row.records for row in books.waiting_files()),
            due_receipts=sum(len(books.due_receipts(peer)) for peer in peers),
            held=held,
            under_way=under_way,
            overdue=[row for row in under_way if from_rfc3339(row.created) < latest],
            outcomes=books.outcome_counts(),
        )
