"""What a retention rule has let go: it is not missing, and whoever needs it is told so."""

from __future__ import annotations

from collections.abc import Iterable

from mediabridge.errors import CopyRemovedError
from mediabridge.stations.books import BundleRow, BundleState, SoftwareRow
from mediabridge.stations.station import OpenStation
from mediabridge.translog import events
from mediabridge.translog.events import Event
from mediabridge.translog.removal import Removal


def removed_at(station: OpenStation, row: BundleRow) -> str | None:
    """Return when the sealed copy of *row* was removed by the rule, RFC 3339; None if it was not.

    A copy that is there is there as a whole, whatever a removal that was interrupted has announced.
    """
    if row.state is not BundleState.DELIVERED or (station.home.outbox / row.bundle).exists():
        return None
    newest = station.log.newest_of(Event.KEPT_REMOVED, bundle=row.bundle)
    return None if newest is None else events.parse(newest, station.id).time


def removed_among(station: OpenStation, rows: Iterable[BundleRow]) -> dict[str, str]:
    """Return those of *rows* whose sealed copy was removed by the rule, and when."""
    # The log is asked for what is not on the disk alone: of the newest, mostly for nothing.
    found = {row.bundle: removed_at(station, row) for row in rows}
    return {bundle: time for bundle, time in found.items() if time is not None}


def require_copy(station: OpenStation, row: BundleRow) -> None:
    """Refuse to go on where the sealed copy of *row* was removed by the rule.

    Raises:
        CopyRemovedError: it was.
    """
    if (time := removed_at(station, row)) is not None:
        raise CopyRemovedError(seq=row.seq, removed=time, bundle=row.bundle[:8])


def software_let_go(station: OpenStation) -> dict[str, str]:
    """Return when the log says last that a file of software was removed by the rule, by SHA-256."""
    told = (events.parse(each, station.id) for each in station.log.all_of(Event.KEPT_REMOVED))
    return {
        str(each.facts["file_sha256"]): each.time
        for each in told
        if each.facts["reason"] == Removal.SOFTWARE_OVER
    }


def software_gone(station: OpenStation, rows: Iterable[SoftwareRow]) -> dict[str, str]:
    """Return which of *rows*, of what came, the rule let go, by SHA-256, and when."""
    came = [row for row in rows if row.direction == "in"]
    found = {row.described.sha256: software_removed_at(station, row) for row in came}
    return {sha256: time for sha256, time in found.items() if time is not None}


def software_removed_at(station: OpenStation, row: SoftwareRow) -> str | None:
    """Return when the rule let go the software of *row*; None while it is there.

    The same file may have come once more since: an earlier entry says nothing of it.
    """
    sha256 = row.described.sha256
    if (station.home.software / sha256).exists():
        return None
    time = software_let_go(station).get(sha256, "")
    return time if time >= row.at else None


def require_receipts(station: OpenStation, row: BundleRow) -> None:
    """Refuse to go on where a receipt that *row* carries was removed by the rule.

    Raises:
        CopyRemovedError: one was; it could not be sealed again.
    """
    for each in station.books.receipts_in(row.bundle):
        if not (station.home.receipts / f"{each.receipt}.jsonl").exists():
            newest = station.log.newest_of(Event.KEPT_REMOVED, bundle=each.bundle)
            if newest is not None:
                time = events.parse(newest, station.id).time
                raise CopyRemovedError(seq=row.seq, removed=time, bundle=row.bundle[:8])
