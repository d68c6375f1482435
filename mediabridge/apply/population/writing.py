"""Writing one population, batch by batch: only what is not plainly the same becomes an object.

It is the same in every adapter that has tables, as :mod:`mediabridge.apply.batch` is; how a
statement is executed is its own.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from mediabridge.apply.batch import BatchWriter
from mediabridge.apply.population import rows, staging
from mediabridge.apply.population.findings import Extract, FindingKind, Judged, Pair, found_text
from mediabridge.apply.resident import Resident
from mediabridge.apply.rows import Row, outcome_row
from mediabridge.records.model import IsaPopulation
from mediabridge.records.names import NamesTable


class PopulationBatchWriter(BatchWriter):
    """A :class:`~mediabridge.apply.ports.PopulationWriter` of an adapter that has tables."""

    sql: staging.Statements

    def prepare(self) -> None:
        """Make ready to take in entries."""
        self.execute(self.sql.create)
        self.execute(self.sql.create_named)

    def different(self, entries: Sequence[IsaPopulation], names: NamesTable) -> list[Pair]:
        """Note that nothing is to be done for whoever is plainly the same; return the others."""
        self.flush()
        staged = staging.staged(entries, names, self._position)
        self.stage(staged)
        self.execute(self.sql.settle)
        settled = self.execute(self.sql.outcomes, self._number)
        self.execute(self.sql.name_settled)
        pairs = [] if settled == len(entries) else list(self._others(entries, staged))
        self.execute(self.sql.clear)
        self._position += len(entries)
        self._known.fetch_outcomes({each.entry.entry_id for each in pairs})
        return pairs

    def _others(self, entries: Sequence[IsaPopulation], staged: Sequence[Row]) -> Iterator[Pair]:
        born = defaultdict(list)
        for resident in map(Resident._make, self.ask(self.sql.born)):
            born[resident.birth_date, resident.nationality_region].append(resident)
        for position, *holder in self.ask(self.sql.others):
            number = position - self._position - 1
            entry, (_position, _entry_id, content, *_items) = entries[number], staged[number]
            found = rows.found_by(entry.get("card_number"), holder)
            alike = born[str(entry.birth_date), entry.nationality_region] if found is None else ()
            yield Pair(position, entry, content, found, alike)

    def compared(self, pair: Pair, judged: Judged) -> None:
        """Note what becomes of an entry, and what was found, if a person has to decide."""
        where = (self._number, pair.position)
        self._batch.outcomes.append(outcome_row(where, pair.entry, pair.content, judged.decision))
        if pair.found is not None:
            self._batch.named.append((pair.found.resident.id,))
        self._batch.named.extend((each.id,) for each in judged.alike)
        if judged.kind is not None:
            self._batch.findings.append(rows.finding_row(self._number, pair, judged))

    def find_extra(self, extract: Extract) -> int:
        """Keep whom no entry of *extract* names; return how many."""
        self.flush()
        self.execute(self.sql.by_resident)
        day = extract.day
        return self.execute(self.sql.extra, self._number, self._position, extract.moment, day, day)

    def population(self, extract: Extract, found: Mapping[FindingKind, int]) -> None:
        """Note which *extract* it was, and how much was found; let go of what was staged."""
        kept = (extract.extract_id, extract.moment, found_text(found))
        self.execute(self.sql.population, self._number, *kept)
        for statement in self.sql.drop:
            self.execute(statement)

    # --- what an adapter does -------------------------------------------------------

    @abstractmethod
    def stage(self, staged: Sequence[Row]) -> None:
        """Write the rows of a batch of entries into their table."""

    @abstractmethod
    def execute(self, statement: str, *values: str | int) -> int:
        """Execute one statement; return how many rows it was about."""

    @abstractmethod
    def ask(self, query: str) -> Sequence[Row]:
        """Return all rows of a query that has at most a batch of them."""
