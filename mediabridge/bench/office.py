"""A register full of people, and a day of notices about them, for what applying costs."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import Final

from mediabridge.apply import AppliedBundleInfo, Counts, Registry, apply_bundle, rows
from mediabridge.apply.population.taking import apply_population
from mediabridge.apply.texts import NoticeTexts
from mediabridge.bundle.header import Route
from mediabridge.kinds import Kind
from mediabridge.records.fields import FIELDS
from mediabridge.records.load import to_text
from mediabridge.records.model import IsaNotice, IsaPopulation
from mediabridge.records.tables import shipped
from mediabridge.sample import Population
from mediabridge.sample.extract import Extract
from mediabridge.sqlite import Owner

OWNER: Final = Owner("training", "city.training.example", "registry-01")
"""The station whose registries the bench opens."""

SHARE: Final = 20
"""Residents for each notice of the day: 10,000 notices for 200,000 people."""

_INVENTED_AT_ONCE: Final = 10_000

_ROUTE: Final = Route.model_validate({"from": "lgwan-01", "to": OWNER.station})
_BUNDLE: Final = AppliedBundleInfo("0" * 32, _ROUTE, 1, "0" * 64)
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


@dataclass(frozen=True)
class Task:
    """What a registry takes at once, and what of it the floor has to write besides."""

    name: str
    records: int
    take: Callable[[Registry], float]
    """Lets a registry take it; returns the processor seconds that inventing took meanwhile."""
    staged: Sequence[rows.Row] = ()
    """What has come, for a table of the transaction only: there is no comparing without it."""


def the_day(invented: Office) -> Task:
    """Return applying the day, which is in memory already, as texts that were found right."""
    day = list(map(NoticeTexts.of, invented.day))

    def take(registry: Registry) -> float:
        apply_day(registry, day)
        return 0.0

    return Task("applying notices", len(invented.day), take)


def the_snapshot(invented: Office) -> Task:
    """Return comparing everybody with the register; nearly all are the same in both."""

    def take(registry: Registry) -> float:
        entries = _Entries(invented)
        apply_population(
            registry,
            _BUNDLE,
            entries,
            now=_NOW,
            decided_by="bench",
            before_commit=lambda _counts: None,
            names=shipped().names,
        )
        return entries.inventing

    # Whole, as the rows of its file: what is compared of them is our business, not the floor's.
    columns = FIELDS[Kind.ISA_POPULATION]
    coming = [[values.get(name) for name in columns] for values in map(to_text, _Entries(invented))]
    return Task("comparing a population", len(coming), take, coming)


class _Entries:
    """The entries of an extract, invented a good many at a time.

    So whoever takes them does not find the processor's caches full of inventing each time, nor
    does whoever looks for garbage look at them.
    """

    def __init__(self, invented: Office) -> None:
        self._records = Extract(invented.population, shipped()).records()
        self.inventing = 0.0

    def __iter__(self) -> Iterator[IsaPopulation]:
        while True:
            start = time.process_time()
            some = [
                each
                for each in islice(self._records, _INVENTED_AT_ONCE)
                if isinstance(each, IsaPopulation)
            ]
            gc.freeze()
            self.inventing += time.process_time() - start
            if not some:
                return
            yield from some


def apply_day(registry: Registry, day: Iterable[NoticeTexts]) -> Counts:
    """Apply *day* to *registry* as its first bundle, as a station does."""
    return apply_bundle(
        registry,
        _BUNDLE,
        day,
        now=_NOW,
        decided_by="bench",
        before_commit=lambda _counts: None,
        names=shipped().names,
    ).counts
