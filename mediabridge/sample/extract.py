"""The same population as the agency has it: nearly what the register says, and not quite.

For each resident a draw of their own decides whether the agency knows the person, and as
the register does; besides, it knows some of whom the register has never heard. So the
differences are the same ones whenever the same seed is taken, and nothing is kept in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from enum import StrEnum, unique
from typing import Final

from mediabridge.clock import JST
from mediabridge.kinds import Kind
from mediabridge.locale import n_
from mediabridge.progress import NullProgress, Progress, counting
from mediabridge.records.load import Loader
from mediabridge.records.model import Record
from mediabridge.records.tables import RuleTables
from mediabridge.sample.draw import Chance, chance
from mediabridge.sample.names import roman_name
from mediabridge.sample.person import Person, derive
from mediabridge.sample.population import Population

SHARE: Final = 0.01
"""How many of a hundred residents the agency does not know, and of how many it knows otherwise."""

_NIGHT: Final = time(2, tzinfo=JST)
_UNREGISTERED: Final = 60_000_000
_RESIDENT: Final = "resident"


@unique
class Known(StrEnum):
    """How the agency knows a person, seen from the register."""

    SAME = "same"
    DIFFERENT = "different"
    ABSENT = "absent"
    """In the register only."""

    UNREGISTERED = "unregistered"
    """At the agency only."""


class Extract:
    """The agency's full population of the city, of the night in which *population* was taken."""

    def __init__(self, population: Population, tables: RuleTables, *, share: float = SHARE) -> None:
        """Let *share* of the residents be absent, as many different, as many not in the register.

        Nothing is generated yet.
        """
        self._population = population
        self._share = share
        self._loader = Loader(Kind.ISA_POPULATION, tables)
        on = population.snapshot_day
        self._name = f"{population.municipality}-{on:%Y%m%d}"
        self._as_of = datetime.combine(on, _NIGHT)

    def counts(self, progress: Progress | None = None) -> dict[Known, int]:
        """Return how many people the agency knows in each way; *progress* hears of each of them."""
        people = self._population.residents
        label = n_("Choosing whom the agency knows otherwise")
        residents = counting(self._residents(), progress or NullProgress(), label, people)
        counts = Counter(self._known(number) for number in residents)
        return {**dict.fromkeys(Known, 0), **counts, Known.UNREGISTERED: self._strangers}

    def records(self, progress: Progress | None = None) -> Iterator[Record]:
        """Yield the entries, each judged by the tables; *progress* hears of them, too."""
        counts = self.counts(progress)
        total = sum(counts.values()) - counts[Known.ABSENT]
        label = n_("Inventing the agency's population")
        people = counting(self._people(), progress or NullProgress(), label, total)
        for position, person in enumerate(people, 1):
            yield self._loader.load(self._entry(person, position, total), position)

    @property
    def _strangers(self) -> int:
        return round(self._population.residents * self._share)

    def _residents(self) -> Iterator[int]:
        for number in range(self._population.residents):
            if self._population.state(number) == _RESIDENT:
                yield number

    def _known(self, number: int) -> Known:
        drawn = chance(self._population.seed, "extract", number).random()
        if drawn < self._share:
            return Known.ABSENT
        return Known.DIFFERENT if drawn < 2 * self._share else Known.SAME

    def _people(self) -> Iterator[Person]:
        population = self._population
        for number in self._residents():
            known = self._known(number)
            if known is Known.SAME:
                yield population.person(number)
            elif known is Known.DIFFERENT:
                rng = chance(population.seed, "different", number)
                yield _differing(rng, population.person(number))
        for number in range(_UNREGISTERED, _UNREGISTERED + self._strangers):
            yield derive(population.seed, number, population.snapshot_day, population.place)

    def _entry(self, person: Person, position: int, total: int) -> dict[str, str]:
        values = {
            **{name: value for name, value in person.row().items() if name not in _CITYS_OWN},
            "entry_id": f"E-{self._name}-{position:07d}",
            "extract_id": f"X-{self._name}",
            "as_of": self._as_of.isoformat(),
            "total": str(total),
            "municipality_code": self._population.municipality,
            "card_type": person.card_type or "",
        }
        return {name: text for name, text in values.items() if text}


_CITYS_OWN: Final = frozenset({"state", "foreign_resident_since", "next_municipality_code"})


def _differing(rng: Chance, person: Person) -> Person:
    """Return *person* with one thing another one."""
    changes = [person._replace(sex="2" if person.sex == "1" else "1")]
    if person.card_type is not None:
        changes.append(person._replace(cards=person.cards + 1))
    if person.name.roman is not None:
        name = person.name._replace(roman=roman_name(rng, person.nationality))
        changes.append(person._replace(name=name))
    if person.expiry is not None:
        changes.append(person._replace(expiry=person.expiry - timedelta(days=5)))
    return rng.choice(changes)
