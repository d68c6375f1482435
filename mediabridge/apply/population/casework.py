"""A finding as a person decides on it: what the register says by now, and what would follow.

:func:`cases` makes them, the same outside a transaction, for the screen, and inside, for the
decision; one after the other, so memory does not grow with them. Their version is a digest of
all of them, of what the register says of each, and of what the rules say of it by now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from mediabridge.apply.naming import comparable
from mediabridge.apply.plan import persons_like
from mediabridge.apply.population import entering
from mediabridge.apply.population.findings import Extract, FindingKind, Open
from mediabridge.apply.population.rules import case_of, is_extra, judge
from mediabridge.apply.ports import Finder, FindingsOf
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resident import Resident
from mediabridge.apply.rules import Change
from mediabridge.records.model import IsaPopulation
from mediabridge.records.names import NamesTable

Heard = Callable[[Iterable[Open]], Iterator[Open]]


@dataclass(frozen=True)
class FindingCase:
    """A finding that waits, as of now."""

    open: Open
    kind: FindingKind
    """By what the register says now."""
    reason: ApplyReason
    change: Change | None
    """What applying it changes; None where nothing may be entered."""

    alike: tuple[Resident, ...] = ()
    """Who may be meant where no card says it."""

    @property
    def position(self) -> int:
        """Its number in the population."""
        return self.open.finding.position

    @property
    def resident(self) -> Resident | None:
        """The record beside it: whose card it is, or who alone has all the identity items."""
        if self.open.found is not None:
            return self.open.found.resident
        return self.alike[0] if len(self.alike) == 1 else None


@dataclass(frozen=True)
class Chosen:
    """What a decision is about: one finding, or all that are of one kind by now.

    Without either it is every finding, which can be looked at only.
    """

    bundle_id: str
    kind: FindingKind | None
    position: int | None = None
    after: int = 0
    """Only findings whose number is above it."""

    def has(self, case: FindingCase) -> bool:
        """Tell whether *case* is among it."""
        return self.position is not None or self.kind in {None, case.kind}


@dataclass(frozen=True)
class Seen:
    """How many findings a decision is about, and the version of all of them."""

    count: int
    version: str


def cases(
    chosen: Chosen,
    extract: Extract,
    registered: FindingsOf,
    names: NamesTable,
    *,
    heard: Heard = iter,
) -> Iterator[FindingCase]:
    """Yield what *chosen* is about, in order, each as of now.

    *heard* is given all that is looked through, and yields it: somebody may wait for it.
    """
    if chosen.position is not None:
        one = registered.finding(chosen.bundle_id, chosen.position)
        found: Iterable[Open] = () if one is None else (one,)
    else:
        found = registered.findings(chosen.bundle_id, chosen.after)
    for each in heard(found):
        case = examine(each, extract, registered, names)
        if chosen.has(case):
            yield case


def examine(waiting: Open, extract: Extract, finder: Finder, names: NamesTable) -> FindingCase:
    """Return the case of a finding that waits, against what the register says now."""
    finding, found = waiting.finding, waiting.found
    if finding.entry is None:
        return _of_extra(waiting, extract)
    fit = comparable(finding.entry, names)
    alike = persons_like(fit, finder) if waiting.like else ()
    judged = judge(case_of(finding.entry, found, alike, names))
    if judged.kind is None or judged.decision.reason is None:
        return FindingCase(waiting, FindingKind.SETTLED, ApplyReason.POPULATION_SETTLED, None)
    case = FindingCase(waiting, judged.kind, judged.decision.reason, None, tuple(judged.alike))
    return replace(case, change=_change(case, fit))


def _change(case: FindingCase, entry: IsaPopulation) -> Change | None:
    """Return what applying *case* changes: it may, by the rules or by a person who knows whom."""
    if case.kind is FindingKind.MISSING:
        return entering.added(entry)
    whom = case.resident
    if whom is None or entering.is_later(whom, Extract.of(entry)):
        return None
    may = case.kind is FindingKind.DIFFERENT or case.reason is ApplyReason.POPULATION_PERSON_LIKE
    return entering.corrected(entry, whom) if may else None


def _of_extra(waiting: Open, extract: Extract) -> FindingCase:
    found = waiting.found
    if (
        found is None
        or found.resident.id != waiting.finding.resident_id
        or not is_extra(found.resident, extract)
    ):
        return FindingCase(waiting, FindingKind.SETTLED, ApplyReason.POPULATION_SETTLED, None)
    change = entering.removed(found.resident, extract)
    return FindingCase(waiting, FindingKind.EXTRA, ApplyReason.POPULATION_EXTRA, change)


def seen_of(found: Iterable[FindingCase]) -> Seen:
    """Return how many findings are *found*, which a decision would be about, and their version."""
    digest = hashlib.sha256()
    count = 0
    for case in found:
        known = case.open.found, case.alike
        shown = (case.position, case.open.finding, known, case.kind, case.reason)
        digest.update(repr(shown).encode())
        count += 1
    return Seen(count, digest.hexdigest()[:16])
