"""Receipts at a station: issuing one for a bundle taken, accepting those a bundle brings."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping

from mediabridge.apply import AppliedBundleInfo, Outcome, Registry
from mediabridge.bundle.manifest import CarriedReceipt
from mediabridge.bundle.stages import OpenedBundle
from mediabridge.durable import move_durably, new_file
from mediabridge.errors import ReceiptInvalidError
from mediabridge.locale import text
from mediabridge.receipt import Head, ReceiptReader, write_receipt
from mediabridge.stations.books import BundleRow, BundleState, DueReceipt
from mediabridge.stations.incoming import answers
from mediabridge.stations.station import OpenStation
from mediabridge.stations.timekeeping import note_doubt
from mediabridge.translog.events import Event
from mediabridge.translog.recovery import Recovery
from mediabridge.translog.section import VerifiedSection


def conclude(
    station: OpenStation,
    opened: OpenedBundle,
    outcomes: Iterable[Outcome],
    counts: Mapping[str, int],
    *,
    operator: str,
) -> None:
    """Issue the receipt for a bundle that was taken, unless it brought receipts alone.

    Nothing acknowledges an acknowledgement: that such a bundle arrived, its sender reads in
    this station's log, which comes with whatever is sent next (:func:`close_arrived`).
    """
    bundle = AppliedBundleInfo.of(opened.verified)
    if sum(opened.manifest.records.values()) or not opened.manifest.receipts:
        issue(station, bundle, outcomes, counts, operator=operator)
        return
    with station.books.transaction():
        station.books.add_bundle(_incoming_row(bundle, station.now(), 0))


def close_arrived(station: OpenStation, log: VerifiedSection, sender: str) -> None:
    """Close the books on bundles of receipts alone that *sender*'s log says were taken there."""
    waiting = [
        row
        for row in station.books.bundles_in(BundleState.WRITTEN)
        if row.receiver == sender and row.only_answers
    ]
    logged = answers.entries_on(station, log, sender, {row.bundle for row in waiting})
    for row in waiting:
        if (Event.BUNDLE_APPLIED, row.bundle) in logged:
            station.record(Event.BUNDLE_DELIVERED, bundle=row.bundle, seq=row.seq)
            with station.books.transaction():
                station.books.set_state(row.bundle, BundleState.DELIVERED)


def issue(
    station: OpenStation,
    bundle: AppliedBundleInfo,
    outcomes: Iterable[Outcome],
    counts: Mapping[str, int],
    *,
    operator: str,
) -> None:
    """Write the receipt for *bundle*, which was taken, and note that it is due.

    *counts* says how many of *outcomes* have each result. The books enter the bundle
    and its receipt together; until then the bundle counts as taken without a receipt,
    and the next start of the station issues it (:func:`issue_missing`).
    """
    head = Head(
        receipt=secrets.token_hex(16),
        bundle=bundle.bundle_id,
        route=bundle.route,
        seq=bundle.seq,
        sums_sha256=bundle.sums_sha256,
        decided_at=station.now(),
        decided_by=operator,
        counts=dict(counts),
    )
    draft = station.home.work / f"{head.receipt}.jsonl"
    with new_file(draft) as output:
        lines = write_receipt(output, head, outcomes)
    with draft.open("rb") as written:
        sha256 = hashlib.file_digest(written, "sha256").hexdigest()
    station.record(
        Event.RECEIPT_ISSUED,
        actor=operator,
        receipt=head.receipt,
        receipt_sha256=sha256,
        bundle=bundle.bundle_id,
        seq=bundle.seq,
        records=lines,
    )
    move_durably(draft, station.home.receipts / draft.name)
    due = DueReceipt(head.receipt, bundle.bundle_id, bundle.seq, lines, sha256)
    with station.books.transaction():
        station.books.add_bundle(_incoming_row(bundle, head.decided_at, lines))
        station.books.add_receipt(due, sender=bundle.sender)


def issue_missing(station: OpenStation, registry: Registry) -> None:
    """Issue the receipts of bundles that were applied just before power went."""
    for entry in registry.journal():
        if station.books.bundle(entry.bundle.bundle_id) is None:
            bundle = entry.bundle.bundle_id
            note_doubt(station)
            station.record(Event.JOURNEY_RECOVERED, bundle=bundle, reason=Recovery.RECEIPT_MISSING)
            counts = {str(result): n for result, n in entry.counts.by_result.items()}
            outcomes = registry.outcomes(bundle)
            issue(station, entry.bundle, outcomes, counts, operator=entry.decided_by)


def check(station: OpenStation, opened: OpenedBundle, log: VerifiedSection) -> None:
    """Read every receipt that *opened* brings, before anything of it has an effect.

    *log* is the sender's own log, as it came with the bundle.

    Raises:
        ReceiptInvalidError: malformed, or it answers a bundle that was never sent there, or
            not all of it, or the log says otherwise.
    """
    receipts = opened.manifest.receipts
    sender = opened.verified.header.route.sender
    logged = answers.entries_on(station, log, sender, {each.bundle for each in receipts})
    for carried in receipts:
        with opened.files[carried.file].open("rb") as stream:
            receipt = ReceiptReader(stream, carried.file)
            row = _answered(station, opened, carried, receipt.head)
            answers.check_names(station, row, receipt, carried.file)
            sha256 = opened.manifest.file(carried.file).sha256
            answers.check_logged(logged, receipt.head, sha256, carried.file)


def accept(station: OpenStation, opened: OpenedBundle) -> int:
    """Close the books on every bundle that *opened* brings a receipt for; return how many.

    A receipt that was accepted before changes nothing; all have passed :func:`check`.
    """
    for carried in opened.manifest.receipts:
        _accept_one(station, opened, carried)
    _note_acknowledged(station, opened)
    drop_delivered(station)
    return len(opened.manifest.receipts)


def drop_delivered(station: OpenStation) -> None:
    """Remove the plaintext of files whose bundle has its receipt; the sealed copy stays.

    Data kept after the work was done is how the known losses became incidents.
    """
    for bundle, file in station.books.delivered_files():
        path = station.home.inbox / f"{file}.csv"
        if path.exists():
            station.record(Event.BUNDLE_DELIVERED, bundle=bundle, file_sha256=file)
            path.unlink()


def _note_acknowledged(station: OpenStation, opened: OpenedBundle) -> None:
    """Remember how much of our log the peer holds; the next section starts there."""
    peer, held = opened.verified.header.route.sender, opened.manifest.log.peer_size
    with station.books.transaction():
        station.books.set_fact(f"acknowledged-by-{peer}", held)


def _accept_one(station: OpenStation, opened: OpenedBundle, carried: CarriedReceipt) -> None:
    with opened.files[carried.file].open("rb") as stream, station.books.transaction():
        receipt = ReceiptReader(stream, carried.file)
        row = _answered(station, opened, carried, receipt.head)
        if row.state is BundleState.DELIVERED:
            return
        station.books.close_records(
            row.bundle,
            ((each.kind, each.record_id, each.result, each.reason) for each in receipt),
        )
        station.record(
            Event.RECEIPT_ACCEPTED,
            receipt=receipt.head.receipt,
            receipt_sha256=opened.manifest.file(carried.file).sha256,
            bundle=row.bundle,
            seq=row.seq,
            records=row.records,
        )
        station.books.set_state(row.bundle, BundleState.DELIVERED)


def _answered(
    station: OpenStation, opened: OpenedBundle, carried: CarriedReceipt, head: Head
) -> BundleRow:
    """Return the bundle that was sent and is answered; everything about it has to agree."""
    row = station.books.bundle(head.bundle)
    sender = opened.verified.header.route.sender
    agrees = (
        row is not None
        and (row.sender, row.receiver) == (station.id, sender)
        and (head.route.sender, head.route.receiver) == (row.sender, row.receiver)
        and (head.seq, head.sums_sha256) == (row.seq, row.sums_sha256)
        and (carried.receipt, carried.bundle, carried.seq) == (head.receipt, head.bundle, head.seq)
        and sum(head.counts.values()) == row.records
    )
    if row is None or not agrees:
        raise ReceiptInvalidError(
            name=carried.file, detail=text("it answers no bundle sent from here")
        )
    return row


def _incoming_row(bundle: AppliedBundleInfo, taken_at: str, records: int) -> BundleRow:
    return BundleRow(
        bundle=bundle.bundle_id,
        direction="in",
        sender=bundle.route.sender,
        receiver=bundle.route.receiver,
        seq=bundle.seq,
        sums_sha256=bundle.sums_sha256,
        created=taken_at,
        state=BundleState.TAKEN,
        records=records,
        summary={},
        salt="",
    )
