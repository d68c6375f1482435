"""Applying one bundle: plan, change, note the outcome, for every record, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from mediabridge import clock
from mediabridge.apply.journal import AppliedBundleInfo, Counts, FirstOutcome, JournalEntry
from mediabridge.apply.naming import enters_unfit_name
from mediabridge.apply.plainly import plain_change
from mediabridge.apply.plan import plan
from mediabridge.apply.ports import BundleWriter, Registry
from mediabridge.apply.rules import handed_over, repeated
from mediabridge.apply.texts import NoticeTexts
from mediabridge.config import APPLY_BATCH
from mediabridge.records.model import IsaNotice, Result
from mediabridge.records.names import NamesTable
from mediabridge.verify.order import Void, check_number


@dataclass(frozen=True)
class Applied:
    """A bundle whose effects are in the registry, durably."""

    bundle: AppliedBundleInfo
    counts: Counts


def apply_bundle(
    registry: Registry,
    bundle: AppliedBundleInfo,
    records: Iterable[NoticeTexts],
    *,
    now: datetime,
    decided_by: str,
    before_commit: Callable[[Counts], None],
    names: NamesTable,
    voids: Sequence[Void] = (),
) -> Applied:
    """Apply *records* in their order, as *bundle*, completely or not at all.

    *decided_by* is the operator's id; *voids* are the numbers of the route that will not
    come, *names* the table of Notice 582 in use at the registry. *before_commit* is called
    once with the outcome,
    when all is written but not yet in force: without a log entry nothing is applied. In
    the rare case that the commit then fails, the log says more than the registry knows,
    and :meth:`~mediabridge.apply.ports.Registry.journal` is right.

    Raises:
        AlreadyAppliedError: this bundle is in the journal; nothing to do.
        SequenceOldError: another bundle has this number, or a later one, already.
        NumberVoidError: this number is void.
        SequenceGapError: bundles before this one are missing.
        RegistryError: the database refused.
        Anything that *records* or *before_commit* raise. In every case the registry is
        as it was before.
    """
    with registry.write_bundle() as writer:
        check_order(registry, bundle, voids)
        announced = _announced(records, writer)
        by_result = Counter(_apply(texts, content, writer, names) for texts, content in announced)
        counts = Counts({result: by_result[result] for result in Result})
        writer.journal(JournalEntry(bundle, clock.to_rfc3339(now), decided_by, counts))
        before_commit(counts)
    return Applied(bundle, counts)


def _announced(
    records: Iterable[NoticeTexts], writer: BundleWriter
) -> Iterator[tuple[NoticeTexts, bytes]]:
    """Yield *records* with their digests, after *writer* has heard which of them come next."""
    coming = iter(records)
    while batch := list(islice(coming, APPLY_BATCH)):
        writer.expect(batch)
        # One kind of work after the other is what a processor's caches are made for.
        yield from zip(batch, list(map(NoticeTexts.digest, batch)), strict=True)


def _apply(texts: NoticeTexts, content: bytes, writer: BundleWriter, names: NamesTable) -> Result:
    first = writer.first_outcome(texts.record_id, content)
    if first is None and not writer.hands_over:
        change = plain_change(texts, writer.find_by_card, names)
        if change is not None:
            writer.enter_plain(texts, content, change)
            return Result.APPLIED
    return _by_rules(texts.notice(), content, first, writer, names)


def _by_rules(
    notice: IsaNotice,
    content: bytes,
    first: FirstOutcome | None,
    writer: BundleWriter,
    names: NamesTable,
) -> Result:
    if first is not None and first.same_content:
        decision = repeated(first.decision)
        writer.outcome(notice, content, decision)
    else:
        reused = first is not None
        if writer.hands_over:
            decision = handed_over(reused=reused, not_seiji=enters_unfit_name(notice, names))
        else:
            decision = plan(notice, writer.find_by_card, names, reused=reused)
        writer.outcome(notice, content, decision)
        writer.carry_out(notice, decision)
    return decision.result


def check_order(registry: Registry, bundle: AppliedBundleInfo, voids: Sequence[Void]) -> None:
    """Refuse once more, inside the transaction, what verification refuses for its order."""
    state = registry.route_state(bundle.sender).passing(voids)
    check_number(bundle.route, bundle.seq, bundle.sums_sha256, state)
