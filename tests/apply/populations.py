"""Extracts of invented people, compared with a registry of the tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from apply.people import NAMES, NOW, RESIDENT, bundle

from mediabridge.apply import Applied, Registry
from mediabridge.apply.population.casework import Chosen, FindingCase, cases, seen_of
from mediabridge.apply.population.deciding import FindingsDecided
from mediabridge.apply.population.deciding import decide as take_decision
from mediabridge.apply.population.findings import Extract, FindingKind, Population
from mediabridge.apply.population.taking import apply_population
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resolve import Deciders
from mediabridge.kinds import Kind
from mediabridge.records.model import ADAPTERS, IsaPopulation

AS_OF = "2026-11-20T02:00:00+09:00"
TWO = Deciders("clerk-1", "officer-1")


def entry(number: int = 1, **items: Any) -> IsaPopulation:
    """What the extract says of RESIDENT, with *items* instead; None takes an item away."""
    values = {
        "entry_id": f"E-{number:04d}",
        "extract_id": "X-1",
        "as_of": AS_OF,
        "total": 1,
        "municipality_code": "131041",
        "card_type": "1",
        **RESIDENT,
        "period_years": 3,
        "period_months": 0,
        "period_days": 0,
    } | items
    record = ADAPTERS[Kind.ISA_POPULATION].validate_python(
        {name: value for name, value in values.items() if value is not None}
    )
    assert isinstance(record, IsaPopulation)
    return record


def compare(registry: Registry, *entries: IsaPopulation, seq: int = 1) -> Applied:
    """Take *entries* as bundle *seq*."""
    return compare_all(registry, entries, seq=seq)


def compare_all(registry: Registry, entries: Iterable[IsaPopulation], *, seq: int = 1) -> Applied:
    """Take all that *entries* yields as bundle *seq*."""
    return apply_population(
        registry,
        bundle(seq),
        entries,
        names=NAMES,
        now=NOW,
        decided_by="clerk-1",
        before_commit=lambda _counts: None,
    )


def outcomes(registry: Registry, seq: int = 1) -> list[str]:
    """Return the reason of each outcome of bundle *seq*, or its result where it has none."""
    return [str(each.reason or each.result) for each in registry.outcomes(f"{seq:032x}")]


def population(registry: Registry, seq: int = 1) -> Population:
    """Return the population that came with bundle *seq*."""
    (found,) = (each for each in registry.populations() if each.seq == seq)
    return found


def open_cases(registry: Registry, seq: int = 1) -> list[FindingCase]:
    """Return what waits of the population of bundle *seq*, as of now."""
    came = population(registry, seq)
    return list(cases(Chosen(came.bundle_id, None), came.extract, registry, NAMES))


def found(registry: Registry, seq: int = 1) -> list[tuple[int, str, str]]:
    """Return position, kind and reason of what waits of bundle *seq*, as of now."""
    return [(each.position, str(each.kind), str(each.reason)) for each in open_cases(registry, seq)]


def decide(
    registry: Registry,
    kind: FindingKind | None,
    position: int | None = None,
    *,
    because: ApplyReason | None = None,
    deciders: Deciders = TWO,
    seq: int = 1,
) -> FindingsDecided:
    """Decide on one finding, or on all of *kind*, having looked at just these."""
    came = population(registry, seq)
    chosen = Chosen(came.bundle_id, kind, position)
    return take_decision(
        registry,
        chosen,
        seen_of(cases(chosen, came.extract, registry, NAMES)),
        because,
        deciders,
        names=NAMES,
        now=NOW,
        before_commit=lambda _decided: None,
    )


__all__ = ["AS_OF", "TWO", "Extract", "FindingKind"]
