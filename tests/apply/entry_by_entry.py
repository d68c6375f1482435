"""The writer of a population as plainly as it can be written: every entry goes to the rules.

What an adapter settles by one statement for many entries has to be what this leaves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from mediabridge.apply.population.findings import Extract, FindingKind, Judged, Pair
from mediabridge.apply.population.rules import is_extra
from mediabridge.apply.resident import Resident
from mediabridge.config import PERSONS_SHOWN
from mediabridge.records.model import IsaPopulation
from mediabridge.records.names import NamesTable
from tests.apply.record_by_record import PlainRegistry, PlainWriter, digest


class PlainPopulations(PlainRegistry):
    """A registry file in which populations are compared entry by entry."""

    @contextmanager
    def write_population(self) -> Iterator[PlainPopulationWriter]:  # type: ignore[override]
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield PlainPopulationWriter(self._connection)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


class PlainPopulationWriter(PlainWriter):
    """Keeps in memory whom an entry named, and asks the tables for everything else."""

    def prepare(self) -> None:
        self._named: set[int] = set()
        self._last = 0

    def different(self, entries: Sequence[IsaPopulation], _names: NamesTable) -> list[Pair]:
        pairs = [self._pair(place, each) for place, each in enumerate(entries, self._last + 1)]
        self._last += len(entries)
        return pairs

    def _pair(self, position: int, entry: IsaPopulation) -> Pair:
        number = entry.get("card_number")
        found = self.find_by_card(number) if number else None
        query = """
            SELECT * FROM resident WHERE state = 'resident'
            AND birth_date = ? AND nationality_region = ? ORDER BY id LIMIT ?
        """
        values = (str(entry.birth_date), entry.nationality_region, PERSONS_SHOWN + 1)
        born = [Resident(*row) for row in self._connection.execute(query, values)]
        return Pair(position, entry, digest(entry), found, () if found else born)

    def compared(self, pair: Pair, judged: Judged) -> None:
        entry, decision = pair.entry, judged.decision
        reason = None if decision.reason is None else decision.reason.name
        self._insert(
            "outcome", self._number, pair.position, entry.entry_id, "isa_population",
            decision.result.value, reason, decision.next_municipality_code, digest(entry),
        )  # fmt: skip
        persons = [each.id for each in judged.alike]
        # Of several who may be meant none is shown beside the entry.
        beside = persons[0] if len(persons) == 1 else None
        if pair.found is not None:
            beside = pair.found.resident.id
            self._named.add(beside)
        self._named.update(persons)
        if judged.kind is not None:
            self._insert(
                "finding", self._number, pair.position, judged.kind.value, reason, beside,
                entry.get("card_number"), str(entry.birth_date), entry.nationality_region,
                entry.model_dump_json(exclude_none=True),
            )  # fmt: skip

    def find_extra(self, extract: Extract) -> int:
        people = [Resident(*row) for row in self._connection.execute("SELECT * FROM resident")]
        extra = [each for each in people if is_extra(each, extract) and each.id not in self._named]
        for place, each in enumerate(sorted(extra), self._last + 1):
            self._insert(
                "finding", self._number, place, "extra", "POPULATION_EXTRA", each.id,
                each.card_number, each.birth_date, each.nationality_region, None,
            )  # fmt: skip
        return len(extra)

    def population(self, extract: Extract, found: Mapping[FindingKind, int]) -> None:
        told = json.dumps({kind.value: number for kind, number in found.items()})
        self._insert("population", self._number, extract.extract_id, extract.moment, told)
