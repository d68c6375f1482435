"""Taking one population: compare, note the outcome of every entry, keep what was found.

All of it is one transaction with the journal, as for notices, and changes no resident record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice

from mediabridge import clock
from mediabridge.apply.apply import Applied, check_order
from mediabridge.apply.journal import AppliedBundleInfo, Counts, JournalEntry
from mediabridge.apply.naming import comparable
from mediabridge.apply.plan import persons_among
from mediabridge.apply.population.findings import Extract, FindingKind, Judged, Pair
from mediabridge.apply.population.rules import case_of, judge
from mediabridge.apply.ports import PopulationWriter, Registry
from mediabridge.apply.rules import repeated
from mediabridge.config import APPLY_BATCH
from mediabridge.records.model import IsaPopulation, Result
from mediabridge.records.names import NamesTable
from mediabridge.verify.order import Void


def apply_population(
    registry: Registry,
    bundle: AppliedBundleInfo,
    entries: Iterable[IsaPopulation],
    *,
    names: NamesTable,
    now: datetime,
    decided_by: str,
    before_commit: Callable[[Counts], None],
    voids: Sequence[Void] = (),
) -> Applied:
    """Compare *entries*, all of one extract, with the register; keep what was found.

    Parameters, and what it raises, are those of :func:`~mediabridge.apply.apply_bundle`.

    Raises:
        RegistryRefusedError: the registry keeps no people with whom to compare.
    """
    with registry.write_population() as writer:
        check_order(registry, bundle, voids)
        batches = _batches(entries)
        first = next(batches, None)
        results: Counter[Result] = Counter()
        if first is not None:
            extract = Extract.of(first[0])
            results = _compare(extract, chain([first], batches), writer, names)
        counts = Counts({result: results[result] for result in Result})
        writer.journal(JournalEntry(bundle, clock.to_rfc3339(now), decided_by, counts))
        before_commit(counts)
    return Applied(bundle, counts)


def _batches(entries: Iterable[IsaPopulation]) -> Iterator[list[IsaPopulation]]:
    coming = iter(entries)
    while batch := list(islice(coming, APPLY_BATCH)):
        yield batch


def _compare(
    extract: Extract,
    batches: Iterable[list[IsaPopulation]],
    writer: PopulationWriter,
    names: NamesTable,
) -> Counter[Result]:
    """Give every entry its outcome, and keep what was found; return how many have each."""
    results: Counter[Result] = Counter()
    found: Counter[FindingKind] = Counter()
    writer.prepare()
    for batch in batches:
        pairs = writer.different(batch, names)
        results[Result.ALREADY_APPLIED] += len(batch) - len(pairs)
        for pair in pairs:
            judged = _judged(pair, writer, names)
            writer.compared(pair, judged)
            results[judged.decision.result] += 1
            if judged.kind is not None:
                found[judged.kind] += 1
    found[FindingKind.EXTRA] = writer.find_extra(extract)
    writer.population(extract, found)
    return results


def _judged(pair: Pair, writer: PopulationWriter, names: NamesTable) -> Judged:
    first = writer.first_outcome(pair.entry.record_id, pair.content)
    if first is not None and first.same_content:
        return Judged(repeated(first.decision))
    alike = persons_among(pair.born, comparable(pair.entry, names)) if pair.born else ()
    reused = first is not None
    return judge(case_of(pair.entry, pair.found, alike, names, reused=reused))
