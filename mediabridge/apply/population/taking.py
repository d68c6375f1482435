"""Taking one population: compare, note the outcome of every entry, keep what was found.

All of it is one transaction with the journal, as for notices, and changes no resident record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import chain

from mediabridge import clock
from mediabridge.apply.apply import Applied, check_order
from mediabridge.apply.journal import AppliedBundleInfo, Counts, JournalEntry
from mediabridge.apply.naming import comparable
from mediabridge.apply.plan import persons_like
from mediabridge.apply.population.findings import Extract, FindingKind, Judged, Pair
from mediabridge.apply.population.rules import case_of, judge
from mediabridge.apply.ports import PopulationWriter, Registry
from mediabridge.apply.rules import repeated
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
        coming = iter(entries)
        first = next(coming, None)
        results: Counter[Result] = Counter()
        if first is not None:
            writer.stage(chain([first], coming), names)
            results = _compare(Extract.of(first), writer, registry, names)
        counts = Counts({result: results[result] for result in Result})
        writer.journal(JournalEntry(bundle, clock.to_rfc3339(now), decided_by, counts))
        before_commit(counts)
    return Applied(bundle, counts)


def _compare(
    extract: Extract, writer: PopulationWriter, registry: Registry, names: NamesTable
) -> Counter[Result]:
    """Give every entry that was staged its outcome; return how many have each."""
    results = Counter({Result.ALREADY_APPLIED: writer.settle_same()})
    found: Counter[FindingKind] = Counter()
    for pair in writer.pairs():
        judged = _judged(pair, writer, registry, names)
        writer.compared(pair, judged)
        results[judged.decision.result] += 1
        if judged.kind is not None:
            found[judged.kind] += 1
    found[FindingKind.EXTRA] = writer.find_extra(extract)
    writer.population(extract, found)
    return results


def _judged(pair: Pair, writer: PopulationWriter, registry: Registry, names: NamesTable) -> Judged:
    first = writer.first_outcome(pair.entry, pair.content)
    if first is not None and first.same_content:
        return Judged(repeated(first.decision))
    alike = persons_like(comparable(pair.entry, names), registry) if pair.like else ()
    reused = first is not None
    return judge(case_of(pair.entry, pair.found, alike, names, reused=reused))
