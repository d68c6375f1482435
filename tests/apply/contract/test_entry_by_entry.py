"""Whatever is settled for many entries at once leaves what one after the other leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from mediabridge.apply import Registry
from mediabridge.apply.reasons import ApplyReason
from mediabridge.kinds import Kind
from mediabridge.records.model import ADAPTERS as RECORDS
from mediabridge.records.model import IsaNotice, IsaPopulation
from mediabridge.records.tables import shipped
from mediabridge.sample import Population
from mediabridge.sample.extract import Extract
from tests.apply.contract.adapters import ADAPTERS, OWNER, Adapter
from tests.apply.contract.test_population import CARDLESS
from tests.apply.entry_by_entry import PlainPopulations
from tests.apply.people import apply
from tests.apply.populations import compare_all, decide, open_cases
from tests.apply.record_by_record import by_the_rules_alone

pytestmark = pytest.mark.in_turns

TABLES = ("resident", "card", "journal", "outcome", "decision", "history", "population", "finding")
ALTERED: list[dict[str, Any]] = [
    {},
    {"sex": "9"},
    {"birth_date": "1990-05-00"},
    {"name_roman": None, "name_kanji": "例"},
    {"name_kanji": "例张伟"},
    {"name_kanji": None},
    {"period_months": None, "period_days": None},
    {"period_months": 0, "period_days": 0},
    {"status_of_residence": "211"},
    {"nationality_region": "CAN"},
    {"card_number": "QQ00000001CD"},
    CARDLESS,
    CARDLESS | {"sex": "9"},
    {"address": "9-9-9 Elsewhere"},
]


def otherwise(entry: IsaPopulation, items: dict[str, Any]) -> IsaPopulation:
    values = {name: value for name, value in (entry.items() | items).items() if value is not None}
    altered = RECORDS[Kind.ISA_POPULATION].validate_python(values)
    assert isinstance(altered, IsaPopulation)
    return altered


def several(extract: Extract, chance: Random) -> Iterator[tuple[IsaPopulation, ...]]:
    """The agency's population, and the same again, with some entries that say otherwise."""
    first = [each for each in extract.records() if isinstance(each, IsaPopulation)]
    yield tuple(first)
    again = [each.model_copy(update={"entry_id": f"A-{each.entry_id}"}) for each in first]
    with_cards = [place for place, each in enumerate(again) if each.art30_45_category == "1"]
    places = chance.sample(with_cards, len(ALTERED))
    for place, items in zip(places, ALTERED, strict=True):
        again[place] = otherwise(again[place], items)
    # Some do not come; some come once more, and one under a number that another one had.
    again = [*again[5:], *first[:3], again[0].model_copy(update={"entry_id": first[4].entry_id})]
    chance.shuffle(again)
    yield tuple(again)
    yield tuple(first[:20])


def decide_on_some(registry: Registry, seq: int) -> None:
    for case in open_cases(registry, seq)[1:20:4]:
        rejected = ApplyReason.NEWER_EXTRACT if case.change is None else None
        decide(registry, case.kind, case.position, because=rejected, seq=seq)


def take(
    registry: Registry,
    population: Population,
    notices: list[IsaNotice],
    coming: list[tuple[IsaPopulation, ...]],
) -> None:
    registry.load_population(population.rows())
    apply(registry, *notices)
    for seq, entries in enumerate(coming, 2):
        compare_all(registry, entries, seq=seq)
        decide_on_some(registry, seq)


def content(registry: Registry, query_of: str) -> dict[str, list[tuple[Any, ...]]]:
    query = ADAPTERS[query_of].query
    return {
        table: [tuple(row) for row in query(registry, f"SELECT * FROM {table} ORDER BY 1, 2")]  # noqa: S608 - ours
        for table in TABLES
    }


@pytest.mark.parametrize(("seed", "batch"), [(1, 1000), (2, 7), (3, 1)])
def test_batches_leave_what_one_entry_after_the_other_leaves(
    adapter: Adapter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, batch: int
) -> None:
    monkeypatch.setattr("mediabridge.apply.population.taking.APPLY_BATCH", batch)
    population = Population(60, seed, "131041", date(2026, 11, 20), tables=shipped(), at_least=20)
    notices = next(iter(population.days(1))).isa_notices
    extract = Extract(population, shipped(), share=0.1)
    coming = list(several(extract, Random(seed)))  # noqa: S311 - not for secrets
    with by_the_rules_alone(), PlainPopulations(tmp_path / "plain.db", OWNER) as plain:
        take(plain, population, notices, coming)
        wanted = content(plain, "SqliteRegistry")
    with adapter.open(tmp_path) as registry:
        take(registry, population, notices, coming)
        assert content(registry, type(registry).__name__) == wanted
    assert {row[4] for row in wanted["outcome"]} >= {"already_applied", "held", "rejected"}
    assert {row[2] for row in wanted["finding"]} == {"different", "missing", "extra", "unclear"}
