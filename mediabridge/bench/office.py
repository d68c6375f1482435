"""A register full of people, and a day of notices about them, for what applying costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from mediabridge.apply import AppliedBundleInfo, Counts, Registry, apply_bundle
from mediabridge.bundle.header import Route
from mediabridge.records.model import IsaNotice
from mediabridge.records.tables import shipped
from mediabridge.sample import Population
from mediabridge.sqlite import Owner

OWNER: Final = Owner("training", "city.training.example", "registry-01")
"""The station whose registries the bench opens."""

SHARE: Final = 20
"""Residents for each notice of the day: 10,000 notices for 200,000 people."""

_ROUTE: Final = {"from": "lgwan-01", "to": OWNER.station}
_NOW: Final = datetime(2026, 11, 20, tzinfo=UTC)


@dataclass(frozen=True)
class Office:
    """Invented people, and one day on which a great deal happens to them."""

    population: Population
    day: list[IsaNotice]

    def people(self) -> Iterator[dict[str, str]]:
        """Yield what the registry holds before that day."""
        return self.population.rows()


def office(residents: int, seed: int) -> Office:
    """Invent an office of so many *residents* and a day with a notice for each twentieth.

    The day is as a sample day is: one notice in twenty cannot simply be applied.
    """
    notices = max(residents // SHARE, 1)
    drawn = Population(
        residents, seed, "131041", date(2026, 11, 20), tables=shipped(), at_least=notices
    )
    day = next(iter(drawn.days(1))).isa_notices
    # Some people have two notices, and everybody's part is at the ends of the day.
    middle = notices // 2
    del day[middle : middle + len(day) - notices]
    return Office(drawn, day)


def apply_day(registry: Registry, day: Iterable[IsaNotice]) -> Counts:
    """Apply *day* to *registry* as its first bundle, as a station does."""
    return apply_bundle(
        registry,
        AppliedBundleInfo("0" * 32, Route.model_validate(_ROUTE), 1, "0" * 64),
        day,
        now=_NOW,
        decided_by="bench",
        before_commit=lambda _counts: None,
        names=shipped().names,
    ).counts
