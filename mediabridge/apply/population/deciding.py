"""A person's decision on what was found: on one finding, or on all of one kind, taken once.

A decision holds for exactly what was shown, by the version that
:mod:`~mediabridge.apply.population.casework` makes of it. It is made once more inside the
transaction, and where anything is different, nothing is decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Final

from mediabridge import clock
from mediabridge.apply.journal import Outcome, Resolution
from mediabridge.apply.population import pace
from mediabridge.apply.population.casework import Chosen, FindingCase, Seen, cases, seen_of
from mediabridge.apply.population.findings import (
    Extract,
    FindingKind,
    Population,
    Settlement,
)
from mediabridge.apply.ports import DecisionWriter, Registry
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resolve import Deciders
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
from mediabridge.locale import n_
from mediabridge.progress import NullProgress, Parts, Progress
from mediabridge.records.model import Result
from mediabridge.records.names import NamesTable

_ENTERED: Final = frozenset({FindingKind.DIFFERENT, FindingKind.MISSING, FindingKind.EXTRA})
"""What may be entered all at once; of what is unclear, only one whom a person has identified."""


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
    progress: Progress | None = None,
) -> FindingsDecided:
    """Take the decision, if everything is still as whoever chose has seen it.

    *because* says why the findings are rejected; without it they are applied. Findings that
    the register has settled since are closed by applying them: nothing is entered.
    *before_commit* is called when all is written but not yet in force: without a log entry
    nothing is decided. *progress* hears of the findings that are looked through, twice.

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
        population = _population(chosen, populations)
        extract = population.extract
        parts = Parts(
            progress or NullProgress(), n_("Deciding on the findings"), pace.shares(population) * 2
        )
        coming = cases(chosen, extract, writer, names, heard=pace.heard_by(parts, population))
        first = next(coming, None)
        if first is None:
            raise FindingUnknownError(number=chosen.position or chosen.kind or "")
        if because is None:
            _check_may_be_entered(chosen, first, deciders, extract, populations)
        now_seen = seen_of(chain([first], coming))
        if now_seen != seen:
            raise FindingsChangedError(count=now_seen.count)
        result, reason = outcome_of(first.kind, because)
        number, supplement = writer.next_numbers(chosen.bundle_id)
        decided = FindingsDecided(
            chosen.bundle_id,
            supplement,
            now_seen.count,
            result,
            reason,
            deciders,
            clock.to_rfc3339(now),
        )
        coming = cases(chosen, extract, writer, names, heard=pace.heard_by(parts, population))
        _carry_out(writer, enumerate(coming, number), decided)
        parts.finish()
        before_commit(decided)
    return decided


def _population(chosen: Chosen, populations: list[Population]) -> Population:
    for each in populations:
        if each.bundle_id == chosen.bundle_id:
            return each
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
    writer: DecisionWriter, coming: Iterator[tuple[int, FindingCase]], decided: FindingsDecided
) -> None:
    """Settle the cases that are *coming*, each with the number of its decision, in pages."""
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
