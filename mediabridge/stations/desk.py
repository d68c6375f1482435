"""What a clerk and an officer can do at either station, one method a stage.

:class:`~mediabridge.stations.lgwan.LgwanStation` and
:class:`~mediabridge.stations.registry.RegistryStation` add the journeys made of these
stages, and what is particular to their side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from mediabridge.bundle import layout
from mediabridge.clock import from_rfc3339
from mediabridge.config import OVERDUE_DAYS
from mediabridge.records.csv import Encoding
from mediabridge.records.model import Kind
from mediabridge.stations import approving, collecting, incoming, receipts, releasing, sealing
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.collecting import Collected
from mediabridge.stations.station import OpenStation
from mediabridge.trust.signers import Signer


@dataclass(frozen=True)
class Status:
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


class Desk(OpenStation):
    """A station with somebody at it."""

    def __enter__(self) -> Self:
        """Open the station and put right what a power cut left half done."""
        super().__enter__()
        sealing.recover(self)
        receipts.drop_delivered(self)
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

    def write(self, row: BundleRow, medium: Path, *, operator: str | None = None) -> BundleRow:
        """Write an approved bundle to *medium*; see :func:`releasing.write_bundle`."""
        releasing.write_bundle(self, row, medium, operator=self.operator(operator))
        return approving.outgoing(self, row.bundle)

    def take_in(
        self, taker: incoming.Taker, medium: Path, *, operator: str | None = None
    ) -> Iterator[incoming.Taken]:
        """Take every new bundle on *medium*; see :func:`incoming.import_medium`."""
        return incoming.import_medium(self, taker, medium, operator=self.operator(operator))

    def approvers(self, bundle: str) -> list[str]:
        """Return who approved an outgoing bundle, by the signatures beside it."""
        folder = self.home.outbox / bundle
        if not folder.exists():
            return []
        names = (layout.approver(path.name) for path in folder.iterdir())
        return sorted(name for name in names if name)

    def desk_status(self, *, held: int) -> Status:
        """Say what is collected, on its way, overdue; *held* is what the registry holds."""
        books = self.books
        open_states = (BundleState.SEALED, BundleState.APPROVED, BundleState.WRITTEN)
        under_way = [row for state in open_states for row in books.bundles_in(state)]
        latest = self.clock.now() - timedelta(days=OVERDUE_DAYS)
        peers = [route.sender for route in self.trust.routes if route.receiver == self.id]
        return Status(
            station=self.id,
            mode=self.config.mode,
            waiting_records=sum(row.records for row in books.waiting_files()),
            due_receipts=sum(len(books.due_receipts(peer)) for peer in peers),
            held=held,
            under_way=under_way,
            overdue=[row for row in under_way if from_rfc3339(row.created) < latest],
            outcomes=books.outcome_counts(),
        )
