"""Receipts at a station: issuing one for a bundle taken, accepting those a bundle brings."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any, Final

from mediabridge import apply
from mediabridge import receipt as receipt_form
from mediabridge.config import APPLY_BATCH
from mediabridge.durable import move_durably, new_file
from mediabridge.errors import ReceiptInvalidError
from mediabridge.locale import n_, text
from mediabridge.progress import Parts, ToldLines, counting, told
from mediabridge.stations import incoming, setback
from mediabridge.stations.books import (
    BundleRow,
    BundleState,
    ClosedRecord,
    DueReceipt,
    Elsewhere,
)
from mediabridge.stations.incoming import answers
from mediabridge.stations.incoming.delivered import drop_delivered
from mediabridge.stations.timekeeping import note_doubt
from mediabridge.translog.events import Event
from mediabridge.translog.recovery import Recovery

if TYPE_CHECKING:
    from mediabridge.apply import AppliedBundleInfo, Outcome, Registry
    from mediabridge.apply.journal import JournalEntry, Resolution
    from mediabridge.bundle.manifest import CarriedReceipt
    from mediabridge.bundle.stages import OpenedBundle
    from mediabridge.receipt import Head
    from mediabridge.stations.station import OpenStation
    from mediabridge.translog.section import VerifiedSection

_ANSWERED: Final = "decisions-answered"
"""What the books call the number of the last decision that has its receipt."""

_READING, _ORDERING, _COMPARING = 5, 1, 4
"""How the time of checking a receipt is shared, as it was measured from 20,000 records on."""


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
    bundle = apply.AppliedBundleInfo.of(opened.verified)
    holds = sum(opened.manifest.records.values()) or opened.manifest.summary.software
    if holds or not opened.manifest.receipts:
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
    logged = answers.entries_on(station, log, sender, {(row.bundle, 0) for row in waiting})
    for row in waiting:
        if (Event.BUNDLE_APPLIED, row.bundle, 0) in logged:
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
    head = _head(bundle, counts, decided_at=station.now(), decided_by=operator)
    head = head.model_copy(update=incoming.software.outcomes(station, bundle.bundle_id))
    due = _write(station, head, outcomes)
    with station.books.transaction():
        station.books.add_bundle(_incoming_row(bundle, head.decided_at, due.lines))
        station.books.add_receipt(due, sender=bundle.sender)


def issue_supplements(station: OpenStation, registry: Registry) -> None:
    """Answer each decision that was not answered yet, in their order.

    One decision may be about several records of a population; they share one answer.

    The registry knows the decisions, the books how many of them have their receipt. Whatever
    comes between the two, the next start of the station issues what is missing.
    """
    answered = station.books.fact(_ANSWERED)
    while (first := next(registry.decisions(after=answered), None)) is not None:
        entry = registry.entry(first.bundle_id)
        assert entry is not None  # noqa: S101 - a decision is about a record that came
        bundle = entry.bundle
        last, count = _extent(registry, first, answered)
        head = _head(
            bundle,
            {first.outcome.result.value: count},
            decided_at=first.decided_at,
            decided_by=first.decided_by,
            supplement=first.supplement,
        )
        decided = _together(registry, first, answered)
        due = _write(station, head, (each.outcome for each in decided))
        answered = last
        with station.books.transaction():
            station.books.add_receipt(due, sender=bundle.sender)
            station.books.set_fact(_ANSWERED, answered)


def _together(registry: Registry, first: Resolution, answered: int) -> Iterator[Resolution]:
    """Yield the decisions that were taken as one with *first*, which is the next to answer.

    There are several where one decision is about many findings of a population; they are gone
    through, never kept.
    """
    act = first.bundle_id, first.supplement
    return takewhile(
        lambda each: (each.bundle_id, each.supplement) == act, registry.decisions(after=answered)
    )


def _extent(registry: Registry, first: Resolution, answered: int) -> tuple[int, int]:
    """Return the last number of the decisions taken as one with *first*, and how many they are."""
    last, count = answered, 0
    for each in _together(registry, first, answered):
        last, count = each.number, count + 1
    return last, count


def _head(
    bundle: AppliedBundleInfo,
    counts: Mapping[str, int],
    *,
    decided_at: str,
    decided_by: str,
    supplement: int = 0,
) -> Head:
    return receipt_form.Head(
        receipt=secrets.token_hex(16),
        bundle=bundle.bundle_id,
        route=bundle.route,
        seq=bundle.seq,
        supplement=supplement,
        sums_sha256=bundle.sums_sha256,
        decided_at=decided_at,
        decided_by=decided_by,
        counts=dict(counts),
    )


def _write(station: OpenStation, head: Head, outcomes: Iterable[Outcome]) -> DueReceipt:
    """Write the file of a receipt, after its log entry; return what the books are to hold."""
    label = n_("Writing the receipt")
    outcomes = counting(outcomes, station.progress, label, _records(head))
    draft = station.home.work / f"{head.receipt}.jsonl"
    with new_file(draft) as output:
        lines = receipt_form.write_receipt(output, head, outcomes)
    with draft.open("rb") as written:
        sha256 = hashlib.file_digest(written, "sha256").hexdigest()
    station.record(
        Event.RECEIPT_ISSUED,
        actor=head.decided_by,
        receipt=head.receipt,
        receipt_sha256=sha256,
        bundle=head.bundle,
        seq=head.seq,
        records=lines,
        **_which(head),
    )
    move_durably(draft, station.home.receipts / draft.name)
    return DueReceipt(head.receipt, head.bundle, head.seq, lines, sha256, head.supplement)


def _which(head: Head) -> dict[str, Any]:
    """Return the fact that tells a supplement from the answer to its bundle."""
    return {"supplement": head.supplement} if head.supplement else {}


def issue_missing(station: OpenStation, registry: Registry) -> None:
    """Issue the receipts of bundles that were applied just before power went."""
    for entry in _unanswered(station, registry):
        bundle = entry.bundle.bundle_id
        note_doubt(station)
        station.record(Event.JOURNEY_RECOVERED, bundle=bundle, reason=Recovery.RECEIPT_MISSING)
        counts = {str(result): n for result, n in entry.counts.by_result.items()}
        outcomes = registry.outcomes(bundle)
        issue(station, entry.bundle, outcomes, counts, operator=entry.decided_by)


def _unanswered(station: OpenStation, registry: Registry) -> list[JournalEntry]:
    """Return the entries that the books do not know yet, oldest first.

    They are the last ones of the journal: nothing is applied before these are answered, and
    they are answered in their order. So whatever is before one that is known is known as well.
    """
    newest_first = registry.newest_bundles()
    unknown = [*takewhile(lambda each: station.books.bundle(each) is None, newest_first)]
    found = map(registry.entry, reversed(unknown))
    return [entry for entry in found if entry is not None]


def check(station: OpenStation, opened: OpenedBundle, log: VerifiedSection) -> None:
    """Read every receipt that *opened* brings, before anything of it has an effect.

    *log* is the sender's own log, as it came with the bundle.

    Raises:
        ReceiptInvalidError: malformed, or it answers a bundle that was never sent there, or
            not all of it, or the log says otherwise.
    """
    sender = opened.verified.header.route.sender
    heads = {carried.file: _head_of(opened, carried) for carried in opened.manifest.receipts}
    answered = {(head.bundle, head.supplement) for head in heads.values()}
    logged = answers.entries_on(station, log, sender, answered)
    parts = Parts(station.progress, n_("Checking the receipts"), _shares(station, opened))
    for carried in opened.manifest.receipts:
        with opened.files[carried.file].open("rb") as stream:
            lines = ToldLines(stream, parts.next(_size(opened, carried)))
            receipt = receipt_form.ReceiptReader(lines, carried.file)
            if _of_lost_bundle(station, opened, carried, receipt.head):
                # Nobody here knows what it carried: reading it to its end is all there is.
                for _outcome in receipt:
                    pass
            elif receipt.head.supplement:
                row = _answered(station, opened, carried, receipt.head)
                _check_first(row, answered, carried.file)
                answers.check_decided(station, row, receipt, carried.file)
            else:
                row = _answered(station, opened, carried, receipt.head)
                answers.check_names(station.books, row, receipt, carried.file, parts.next)
            if not receipt.head.supplement:
                incoming.software.check_answer(station, receipt.head, carried.file)
            sha256 = opened.manifest.file(carried.file).sha256
            answers.check_logged(logged, receipt.head, sha256, carried.file)
    parts.finish()


def accept(station: OpenStation, opened: OpenedBundle) -> int:
    """Close the books on every bundle that *opened* brings a receipt for; return how many.

    A receipt that was accepted before changes nothing; all have passed :func:`check`.
    """
    # What the bundle was answered comes before the decisions that add to it.
    coming = sorted(
        ((_head_of(opened, each), each) for each in opened.manifest.receipts),
        key=lambda each: each[0].supplement,
    )
    label, records = n_("Closing the books by the receipts"), [_records(head) for head, _ in coming]
    parts = Parts(station.progress, label, records)
    for head, carried in coming:
        _accept_one(station, opened, carried, parts.next(_records(head)))
    parts.finish()
    _note_acknowledged(station, opened)
    drop_delivered(station)
    return len(opened.manifest.receipts)


def _shares(station: OpenStation, opened: OpenedBundle) -> Iterator[int]:
    """Yield the shares of the time that checking takes: of each receipt, or of its three parts."""
    for carried in opened.manifest.receipts:
        head, size = _head_of(opened, carried), _size(opened, carried)
        yield _READING * size
        if not head.supplement and not _of_lost_bundle(station, opened, carried, head):
            yield _ORDERING * size
            yield _COMPARING * size


def _size(opened: OpenedBundle, carried: CarriedReceipt) -> int:
    return opened.manifest.file(carried.file).size


def _records(head: Head) -> int:
    return sum(head.counts.values())


def _note_acknowledged(station: OpenStation, opened: OpenedBundle) -> None:
    """Remember how much of our log the peer holds; the next section starts there."""
    peer, held = opened.verified.header.route.sender, opened.manifest.log.peer_size
    # What it holds beyond the backup is not what our log says now.
    held = min(held, setback.compared_from(station, peer) or held)
    with station.books.transaction():
        station.books.set_fact(f"acknowledged-by-{peer}", held)


def _head_of(opened: OpenedBundle, carried: CarriedReceipt) -> Head:
    with opened.files[carried.file].open("rb") as stream:
        return receipt_form.ReceiptReader(stream, carried.file).head


def _check_first(row: BundleRow, answered: AbstractSet[answers.Answered], name: str) -> None:
    """Refuse a supplement to an answer that never came, and does not come with it."""
    if row.state is not BundleState.DELIVERED and (row.bundle, 0) not in answered:
        raise ReceiptInvalidError(
            name=name, detail=text("the answer to the bundle, which it adds to, is missing")
        )


def _accept_one(
    station: OpenStation, opened: OpenedBundle, carried: CarriedReceipt, tell: Callable[[int], None]
) -> None:
    with opened.files[carried.file].open("rb") as stream, station.books.transaction():
        receipt = receipt_form.ReceiptReader(stream, carried.file)
        head = receipt.head
        outcomes = told(map(closed, receipt), tell, _records(head), at_once=APPLY_BATCH)
        if _of_lost_bundle(station, opened, carried, head):
            _note_elsewhere(station, head, outcomes)
            return
        row = _answered(station, opened, carried, head)
        if row.state is BundleState.DELIVERED and not head.supplement:
            return
        station.books.close_records(row.bundle, outcomes, head.decided_at, head.supplement)
        station.record(
            Event.RECEIPT_ACCEPTED,
            receipt=head.receipt,
            receipt_sha256=opened.manifest.file(carried.file).sha256,
            bundle=row.bundle,
            seq=row.seq,
            records=_records(head),
            **_which(head),
        )
        incoming.software.enter_answer(station, head)
        station.books.set_state(row.bundle, BundleState.DELIVERED)


def closed(outcome: Outcome) -> ClosedRecord:
    """Return what the books enter of *outcome*."""
    return ClosedRecord(
        outcome.kind,
        outcome.record_id,
        outcome.result,
        outcome.reason,
        outcome.next_municipality_code,
    )


def _of_lost_bundle(
    station: OpenStation, opened: OpenedBundle, carried: CarriedReceipt, head: Head
) -> bool:
    """Tell whether a receipt is about a bundle of which nobody here knows what it carried.

    Its number is one of those that are missing in a restored station, and no bundle of that id
    is known here; or it was void and came all the same, and what it held was sent back since.
    """
    peer = opened.verified.header.route.sender
    ours = (head.route.sender, head.route.receiver) == (station.id, peer)
    named = (carried.receipt, carried.bundle, carried.seq) == (head.receipt, head.bundle, head.seq)
    unknown = station.books.bundle(head.bundle) is None
    lost = unknown and setback.is_missing(station, peer, head.seq)
    return ours and named and (lost or station.books.lacks_content(head.bundle))


def _note_elsewhere(station: OpenStation, head: Head, outcomes: Iterator[ClosedRecord]) -> None:
    """Keep what was received of a lost bundle: its records are not to be sent blindly again.

    What was collected anew is answered as it was decided first, and a later decision still
    speaks of the lost bundle: it closes the record wherever that is by now.
    """
    found = Elsewhere(head.bundle, head.route.receiver, head.seq, head.receipt, _records(head))
    station.record(
        Event.RECEIPT_ACCEPTED,
        receipt=head.receipt,
        bundle=head.bundle,
        seq=head.seq,
        records=found.records,
        **_which(head),
    )
    station.books.add_elsewhere(found)
    # One decision may be about as many records as a population has.
    while batch := list(islice(outcomes, APPLY_BATCH)):
        if head.supplement:
            station.books.close_collected_anew(batch, head.decided_at, head.supplement)
        station.books.add_elsewhere_records(
            head.bundle, ((each.kind, each.record, each.result, each.reason) for each in batch)
        )


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
        and (head.supplement or _records(head) == row.records)
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
