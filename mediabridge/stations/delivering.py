"""A station where there is no register: what arrives is delivered to a folder, as files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mediabridge import apply
from mediabridge.bundle.stages import OpenedBundle
from mediabridge.durable import move_durably, sync_file, sync_folder
from mediabridge.kinds import kind_of_schema
from mediabridge.records.result import Result
from mediabridge.stations import incoming
from mediabridge.stations.desk import Desk
from mediabridge.translog.events import Event
from mediabridge.verify import RouteState

if TYPE_CHECKING:
    from mediabridge.stations.ordering import InOrder


class DeliveringDesk(Desk):
    """A desk at which taking a bundle means to deliver its files."""

    def route_state(self, sender: str) -> RouteState:
        """Return what the books say was taken from *sender*."""
        route = sender, self.id
        newest, taken = self.books.newest_sums(*route), self.books.sums_on(*route)
        return RouteState.after(newest, taken, incoming.voids.on_route(self, sender))

    def take(
        self,
        opened: OpenedBundle,
        notices: InOrder,  # noqa: ARG002 - they are not put in order here
        operator: str,
    ) -> dict[str, int]:
        """Deliver the notices to a folder of their own, then issue the receipt (step 10).

        The folder appears whole, by one rename. After a crash before the books know of
        it the same bundle is delivered again, to the same place.
        """
        header = opened.verified.header
        records = sum(opened.manifest.records.values())
        self.record(
            Event.BUNDLE_APPLIED,
            actor=operator,
            bundle=header.bundle,
            seq=header.seq,
            records=records,
        )
        target = self.home.delivered / f"{header.route.sender}-{header.seq:08d}"
        shutil.rmtree(target, ignore_errors=True)
        move_durably(self._delivery(opened), target)
        counts = {str(Result.APPLIED): records} if records else {}
        incoming.receipts.conclude(
            self, opened, self._outcomes(opened, target), counts, operator=operator
        )
        return counts

    def held(self) -> int:
        """Return 0: what is delivered is decided on elsewhere."""
        return 0

    def _delivery(self, opened: OpenedBundle) -> Path:
        """Gather the record files in a folder of the work area, flushed to disk."""
        folder = self.home.work / "delivery"
        folder.mkdir()
        for file in opened.manifest.files:
            if kind_of_schema(file.schema_id):
                path = opened.files[file.name].rename(folder / file.name)
                sync_file(path)
        sync_folder(folder)
        return folder

    def _outcomes(self, opened: OpenedBundle, delivered: Path) -> Iterator[apply.Outcome]:
        # Reading brings all the rules; what only looks at the station needs none.
        from mediabridge.stations.reading import records_of  # noqa: PLC0415

        moved = {name: delivered / name for name in opened.files}
        there = OpenedBundle(opened.verified, opened.manifest, moved)
        for kind, identity, _record in records_of(
            there, self.config.municipality_code, self.progress, tables=self.tables
        ):
            yield apply.Outcome(identity, kind, Result.APPLIED, None, None)
