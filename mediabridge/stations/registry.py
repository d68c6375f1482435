"""The registry station: applies what the agency notified, sends the answer back.

Two journeys, one method each: :meth:`RegistryStation.import_` and
:meth:`RegistryStation.export`. What is taken in here is applied to the registry, in
one transaction with its journal entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Self

from mediabridge.apply import AppliedBundleInfo, Counts, SqliteRegistry, apply_bundle
from mediabridge.bundle.stages import OpenedBundle
from mediabridge.records.model import IsaNotice, Result
from mediabridge.stations.books import BundleRow
from mediabridge.stations.desk import Desk, StationStatus
from mediabridge.stations.incoming import receipts
from mediabridge.stations.incoming.taking import Taken
from mediabridge.stations.reading import check_records, records_of
from mediabridge.stations.sticks.visits import Medium
from mediabridge.translog.events import Event
from mediabridge.trust.signers import Signer
from mediabridge.verify import RouteState


class RegistryStation(Desk):
    """The station beside the resident registry; it never touches LGWAN."""

    def __enter__(self) -> Self:
        """Open the station; issue the receipt that a power cut may have kept back."""
        super().__enter__()
        receipts.issue_missing(self, self.registry)
        return self

    def import_(self, medium: Medium, *, operator: str | None = None) -> Iterator[Taken]:
        """Morning: the agency's notices are verified, applied, and the doubtful ones held."""
        return self.take_in(self, medium, operator=operator)

    def export(
        self, files: Sequence[Path], medium: Medium, *, operator: str, officer: Signer
    ) -> BundleRow:
        """Evening: the receipt and the city's own notices go onto the medium."""
        for path in files:
            self.collect(path, operator=operator)
        row = self.seal(operator=operator)
        row = self.approve(row.bundle, officer)
        visit = self.recognise(medium)
        row = self.write(row, visit, operator=operator)
        self.finish(visit)
        return row

    @cached_property
    def registry(self) -> SqliteRegistry:
        """The embedded registry; closed with the station."""
        return self.closing(SqliteRegistry(self.home.registry))

    # --- what "taking" means on this side (taking.Taker) --------------------------

    def route_state(self, sender: str) -> RouteState:
        """Return what the registry's journal says was applied from *sender*."""
        return self.registry.route_state(sender)

    def check(self, opened: OpenedBundle) -> None:
        """Read every record; refuse the bundle with all errors, or accept it (step 9)."""
        check_records(opened, self.config.municipality_code, self.progress)

    def take(self, opened: OpenedBundle, operator: str) -> dict[str, int]:
        """Apply all notices in one transaction, then issue the receipt (step 10)."""
        bundle = AppliedBundleInfo.of(opened.verified)
        applied = apply_bundle(
            self.registry,
            bundle,
            self._notices(opened),
            now=self.clock.now(),
            decided_by=operator,
            before_commit=lambda counts: self._announce(opened, counts, operator),
        )
        counts = {str(result): n for result, n in applied.counts.by_result.items() if n}
        outcomes = self.registry.outcomes(bundle.bundle_id)
        receipts.issue(self, bundle, outcomes, counts, operator=operator)
        return counts

    def status(self) -> StationStatus:
        """Say what is collected, on its way, held or overdue."""
        return self.desk_status(held=sum(1 for _ in self.registry.held()))

    def load_population(self, rows: Iterable[Mapping[str, str | None]]) -> int:
        """Fill the embedded registry from a snapshot; return the number of residents."""
        return self.registry.load_population(rows)

    def _announce(self, opened: OpenedBundle, counts: Counts, operator: str) -> None:
        """Leave the log entry before the commit; without it nothing is applied."""
        header = opened.verified.header
        self.record(
            Event.BUNDLE_APPLIED,
            actor=operator,
            bundle=header.bundle,
            seq=header.seq,
            records=counts.records,
            applied=counts[Result.APPLIED],
            held=counts[Result.HELD_FOR_REVIEW],
        )

    def _notices(self, opened: OpenedBundle) -> Iterator[IsaNotice]:
        for _kind, _identity, record in records_of(
            opened, self.config.municipality_code, self.progress
        ):
            if isinstance(record, IsaNotice):
                yield record
