"""Reject: an officer sends a sealed bundle back to whoever prepared it.

It never left the station, so it is taken apart and its number is used again, as after a
sealing that a power cut interrupted. Its files are set aside: the right ones are collected
anew. Bundles sealed after it build on it; they are taken apart with it, and what was in
them waits to be sealed again.

The log entries come first; the books follow in one transaction, and they know what is
left to be moved or removed on the disk if the power goes in between.
"""

from __future__ import annotations

from mediabridge.errors import MayHaveLeftError
from mediabridge.locale.spoken import Spoken
from mediabridge.stations import compared
from mediabridge.stations.books import BundleRow, BundleState, SentBack
from mediabridge.stations.officers import officer_of
from mediabridge.stations.outgoing.approving import Shown, check_unchanged
from mediabridge.stations.outgoing.prepared import summary_of
from mediabridge.stations.outgoing.recovering import finish_rejections
from mediabridge.stations.outgoing.rejection import Consequence, Rejection
from mediabridge.stations.outgoing.sealing import route_facts
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event
from mediabridge.trust.signers import Signer


def reject_shown(
    station: OpenStation, shown: Shown, officer: Signer, why: Rejection, remark: str = ""
) -> list[SentBack]:
    """Take the bundle that was *shown* apart; return it and those that go with it.

    Args:
        station: The station that sealed it.
        shown: What the officer looked at.
        officer: The officer's key, opened; who prepared the bundle may reject it, too.
        why: Stands in the log.
        remark: For whoever prepared it; stays in the books of this station.

    Raises:
        SignerUnknownError, SignerRoleError: the key is not that of an officer.
        SignerRevokedError, SignerExpiredError, SignerNotYetValidError: it does not count now.
        OutboxChangedError: the outbox holds another bundle by now; nothing was changed.
        MayHaveLeftError: it, or one that follows it, may be on a stick.
        StationRestoredError, StationSetBackError: it may have left after the backup was made.
    """
    compared.require_compared(station, shown.row.receiver)
    person = officer_of(station, officer)
    check_unchanged(station, shown)
    rows = _with_followers(station, shown.row)
    back = [_sent_back(station, row, person.name, why, remark) for row in rows[:1]]
    back += [
        _sent_back(station, row, person.name, Consequence.FOLLOWS_REJECTED) for row in rows[1:]
    ]
    for row, each in zip(rows, back, strict=True):
        facts = route_facts(row)
        station.record(Event.BUNDLE_REJECTED, actor=person.name, **facts, reason=each.reason)
    files = station.books.files_in(shown.row.bundle)
    with station.books.transaction():
        for each in reversed(back):
            station.books.free_receipts(each.bundle)
            station.books.take_apart(each)
        for file in files:
            station.books.set_aside(shown.row.bundle, file)
            station.books.remove_file(file)
    finish_rejections(station)
    return back


def _with_followers(station: OpenStation, row: BundleRow) -> list[BundleRow]:
    """Return *row* and what was sealed after it on its route, if none of them can have left."""
    newest = station.books.newest_on_route(row.sender, row.receiver)
    last = row.seq if newest is None else newest.seq
    out = station.books.between(row.sender, row.receiver, row.seq, last)
    for each in out:
        on_sticks = station.books.media.carriages(bundle=each.bundle)
        if on_sticks or each.state not in {BundleState.SEALED, BundleState.APPROVED}:
            raise MayHaveLeftError(seq=each.seq)
    return out


def _sent_back(
    station: OpenStation, row: BundleRow, officer: str, why: Spoken, remark: str = ""
) -> SentBack:
    return SentBack(
        bundle=row.bundle,
        receiver=row.receiver,
        seq=row.seq,
        operator=summary_of(row).operator,
        officer=officer,
        reason=why.value,
        remark=remark,
        at=station.now(),
    )
