"""A person's decision on what was found: on one finding, or on all of one kind, taken once.

A decision holds for exactly what was shown. Its version is a digest of every finding it is
about, of what the register says of each, and of what the rules say of it by now; it is made
once more inside the transaction, and where anything is different, nothing is decided. The
findings are gone through in their order, in pages, so memory does not grow with them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final

from mediabridge import clock
from mediabridge.apply.journal import Outcome, Resolution
from mediabridge.apply.naming import comparable
from mediabridge.apply.plan import persons_like
from mediabridge.apply.population import entering
from mediabridge.apply.population.findings import (
    Extract,
    FindingKind,
    Open,
    Population,
    Settlement,
)
from mediabridge.apply.population.rules import case_of, is_extra, judge
from mediabridge.apply.ports import DecisionWriter, Finder, FindingsOf, Registry
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resident import Resident
from mediabridge.apply.resolve import Deciders
from mediabridge.apply.rules import Change
from mediabridge.config import APPLY_BATCH
from mediabridge.errors import (
    FindingNotDecidableError,
    FindingsChangedError,
    FindingUnknownError,
    PopulationOutdatedError,
    PopulationUnknownError,
    SecondPersonMissingError,
)
from mediabridge.kinds import Kind
from mediabridge.records.model import IsaPopulation, Result
from mediabridge.records.names import NamesTable

_ENTERED: Final = frozenset({FindingKind.DIFFERENT, FindingKind.MISSING, FindingKind.EXTRA})
"""What may be entered all at once; of what is unclear, only one whom a person has identified."""


@dataclass(frozen=True)
class FindingCase:
    """A finding that waits, as of now."""

    open: Open
    kind: FindingKind
    """By what the register says now."""
    reason: ApplyReason
    change: Change | None
    """What applying it changes; None where nothing may be entered."""

    @property
    def position(self) -> int:
        """Its number in the population."""
        return self.open.finding.position

    alike: tuple[Resident, ...] = ()
    """Who may be meant where no card says it."""

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


@dataclass(frozen=True)
class FindingsDecided:
    """A decision that was taken, on *count* findings with one result."""

    bundle_id: str
    supplement: int
    count: int
    result: Result
    reason: ApplyReason | None
    deciders: Deciders
    at: str


def cases(
    chosen: Chosen, extract: Extract, registered: FindingsOf, names: NamesTable
) -> Iterator[FindingCase]:
    """Yield what *chosen* is about, in order, each as of now."""
    if chosen.position is not None:
        one = registered.finding(chosen.bundle_id, chosen.position)
        found: Iterable[Open] = () if one is None else (one,)
    else:
        found = registered.findings(chosen.bundle_id, chosen.after)
    for each in found:
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


class Versions:
    """The digest of findings, made while they go by."""

    def __init__(self) -> None:
        """Nothing went by yet."""
        self._digest = hashlib.sha256()
        self._count = 0

    def saw(self, case: FindingCase) -> None:
        """Take *case* in."""
        known = case.open.found, case.alike
        shown = (case.position, case.open.finding, known, case.kind, case.reason)
        self._digest.update(repr(shown).encode())
        self._count += 1

    @property
    def seen(self) -> Seen:
        """What went by so far."""
        return Seen(self._count, self._digest.hexdigest()[:16])


def seen_of(chosen: Chosen, extract: Extract, registered: FindingsOf, names: NamesTable) -> Seen:
    """Return how many findings *chosen* is about, and their version."""
    versions = Versions()
    for case in cases(chosen, extract, registered, names):
        versions.saw(case)
    return versions.seen


def needs_two(chosen: Chosen, kind: FindingKind) -> bool:
    """Tell whether two people have to decide that *chosen*, of this *kind*, is entered.

    Entering all of a kind changes many records at once, and putting one out of force takes
    rights from a person.
    """
    if kind is FindingKind.SETTLED:
        return False
    return chosen.position is None or kind is FindingKind.EXTRA


def may_be_entered(chosen: Chosen, first: FindingCase) -> bool:
    """Tell whether *chosen*, of which *first* is the first, may be entered in the register."""
    return first.kind in _ENTERED or (chosen.position is not None and first.change is not None)


def decide(
    registry: Registry,
    chosen: Chosen,
    seen: Seen,
    because: ApplyReason | None,
    deciders: Deciders,
    *,
    names: NamesTable,
    now: datetime,
    before_commit: Callable[[FindingsDecided], None],
) -> FindingsDecided:
    """Take the decision, if everything is still as whoever chose has seen it.

    *because* says why the findings are rejected; without it they are applied. Findings that
    the register has settled since are closed by applying them: nothing is entered.
    *before_commit* is called when all is written but not yet in force: without a log entry
    nothing is decided.

    Raises:
        PopulationUnknownError: there is none with this bundle.
        FindingUnknownError: nobody waits for this decision any more.
        FindingsChangedError: what was seen is not so any more.
        FindingNotDecidableError: findings of this kind are not entered.
        PopulationOutdatedError: a newer extract has come.
        SecondPersonMissingError: it takes two people.
        RegistryError: the database refused. In every case nothing was changed.
    """
    with registry.write_decision() as writer:
        populations = list(writer.populations())
        extract = _extract(chosen, populations)
        first = next(cases(chosen, extract, writer, names), None)
        if first is None:
            raise FindingUnknownError(number=chosen.position or chosen.kind or "")
        if because is None:
            _check_may_be_entered(chosen, first, deciders, extract, populations)
        now_seen = seen_of(chosen, extract, writer, names)
        if now_seen != seen:
            raise FindingsChangedError(count=now_seen.count)
        result, reason = outcome_of(first.kind, because)
        decided = FindingsDecided(
            chosen.bundle_id,
            writer.next_numbers(chosen.bundle_id)[1],
            now_seen.count,
            result,
            reason,
            deciders,
            clock.to_rfc3339(now),
        )
        _carry_out(writer, cases(chosen, extract, writer, names), decided)
        before_commit(decided)
    return decided


def _extract(chosen: Chosen, populations: list[Population]) -> Extract:
    for each in populations:
        if each.bundle_id == chosen.bundle_id:
            return each.extract
    raise PopulationUnknownError(name=chosen.bundle_id[:32])


def _check_may_be_entered(
    chosen: Chosen,
    first: FindingCase,
    deciders: Deciders,
    extract: Extract,
    populations: list[Population],
) -> None:
    kind = first.kind
    if kind is FindingKind.SETTLED:
        return
    if not may_be_entered(chosen, first):
        raise FindingNotDecidableError(kind=kind)
    newest = max(each.extract.moment for each in populations)
    if newest > extract.moment:
        raise PopulationOutdatedError(time=newest)
    if deciders.second is None and needs_two(chosen, kind):
        raise SecondPersonMissingError


def outcome_of(kind: FindingKind, because: ApplyReason | None) -> tuple[Result, ApplyReason | None]:
    """Return what a decision says of findings of *kind*: its result, and the reason told."""
    if because is not None:
        return Result.REJECTED, because
    if kind is FindingKind.SETTLED:
        return Result.SUPERSEDED, ApplyReason.POPULATION_SETTLED
    return Result.APPLIED, None


def _carry_out(
    writer: DecisionWriter, chosen: Iterator[FindingCase], decided: FindingsDecided
) -> None:
    number, _supplement = writer.next_numbers(decided.bundle_id)
    coming = enumerate(chosen, number)
    while batch := list(islice(coming, APPLY_BATCH)):
        writer.settle([_settlement(each, case, decided) for each, case in batch])


def _settlement(number: int, case: FindingCase, decided: FindingsDecided) -> Settlement:
    entry = case.open.finding.entry
    record = "" if entry is None else entry.entry_id
    resolution = Resolution(
        number,
        decided.bundle_id,
        decided.supplement,
        case.position,
        Outcome(record, Kind.ISA_POPULATION, decided.result, decided.reason, None),
        decided.at,
        decided.deciders.first,
        decided.deciders.second,
    )
    return Settlement(resolution, case.change if decided.result is Result.APPLIED else None)
