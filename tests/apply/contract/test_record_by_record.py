"""Whatever is done for many notices at once leaves what one after the other leaves."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from mediabridge.apply import Registry
from mediabridge.apply.casework import examine
from mediabridge.apply.resolve import Choice, Deciders, resolve
from mediabridge.records.model import IsaNotice, Result
from mediabridge.records.tables import shipped
from mediabridge.sample import Population
from tests.apply.contract.adapters import ADAPTERS, OWNER, Adapter
from tests.apply.people import NAMES, NOW, apply
from tests.apply.record_by_record import PlainRegistry, by_the_rules_alone

pytestmark = pytest.mark.in_turns

TABLES = ("resident", "card", "note", "journal", "outcome", "held", "decision", "history")
DAYS = 3


def days(population: Population, chance: Random) -> list[list[IsaNotice]]:
    """Days on which much happens to few people, and some notices come again or are altered."""
    seen: list[IsaNotice] = []
    mixed: list[list[IsaNotice]] = []
    for day in population.days(DAYS):
        notices = list(day.isa_notices)
        for notice in chance.sample(seen + notices, 40):
            again: dict[str, Any] = {}
            altered = {"remarks": "other"}
            late = {"notice_id": f"L-{notice.notice_id}", "sequence": notice.sequence - 1}
            notices.append(notice.model_copy(update=chance.choice([again, altered, late])))
        # Later news of somebody is here before the earlier.
        mixed_up = notices[20:]
        chance.shuffle(mixed_up)
        notices[20:] = mixed_up
        seen += notices
        mixed.append(notices)
    return mixed


def decide_on_some(registry: Registry) -> None:
    for held in list(registry.held())[:4]:
        found = registry.held_record(held.notice.record_id)
        assert found is not None
        version = examine(found, registry, NAMES).version
        chosen = Choice(held.notice.record_id, version, Result.REJECTED)
        resolve(
            registry, chosen, Deciders("clerk-1"), now=NOW, before_commit=lambda _: None,
            names=NAMES,
        )  # fmt: skip


def take(registry: Registry, population: Population, mixed: list[list[IsaNotice]]) -> None:
    registry.load_population(population.rows())
    for seq, notices in enumerate(mixed, 1):
        apply(registry, *notices, seq=seq)
        decide_on_some(registry)


def content(registry: Registry, query_of: str) -> dict[str, list[tuple[Any, ...]]]:
    query = ADAPTERS[query_of].query
    return {
        table: [tuple(row) for row in query(registry, f"SELECT * FROM {table} ORDER BY 1, 2")]  # noqa: S608 - ours
        for table in TABLES
    }


@pytest.mark.parametrize(("seed", "batch"), [(1, 1000), (2, 7), (3, 1)])
def test_batches_leave_what_one_record_after_the_other_leaves(
    adapter: Adapter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, batch: int
) -> None:
    monkeypatch.setattr("mediabridge.apply.apply.APPLY_BATCH", batch)
    population = Population(
        80, seed, "131041", date(2026, 11, 20), tables=shipped(), at_least=150, held=0.2
    )
    mixed = days(population, Random(seed))  # noqa: S311 - not for secrets
    with by_the_rules_alone(), PlainRegistry(tmp_path / "plain.db", OWNER) as plain:
        take(plain, population, mixed)
        wanted = content(plain, "SqliteRegistry")
        signs = list(plain._rows("SELECT * FROM held_sign ORDER BY 1, 2, 3"))
    with adapter.open(tmp_path) as registry:
        take(registry, population, mixed)
        assert content(registry, type(registry).__name__) == wanted
        if type(registry).__name__ == "SqliteRegistry":
            query = "SELECT * FROM held_sign ORDER BY 1, 2, 3"
            assert list(ADAPTERS["SqliteRegistry"].query(registry, query)) == signs
    said = {row[4] for row in wanted["outcome"]}
    assert said >= {"applied", "already_applied", "superseded", "held", "moved_out", "rejected"}
