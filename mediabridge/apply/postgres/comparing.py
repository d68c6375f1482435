"""Comparing one population with the registry on a server: ``COPY`` into staging, then joins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from mediabridge.apply.population import rows as population_rows
from mediabridge.apply.population import staging
from mediabridge.apply.population.findings import (
    Extract,
    FindingKind,
    Judged,
    Pair,
    found_text,
)
from mediabridge.apply.postgres.session import Session, Witness
from mediabridge.apply.postgres.writer import PostgresBundleWriter
from mediabridge.apply.rows import Row, outcome_row
from mediabridge.config import APPLY_BATCH
from mediabridge.records.model import IsaPopulation
from mediabridge.records.names import NamesTable

_SQL: Final = staging.Statements(
    staging.Dialect(
        "CREATE TEMPORARY TABLE", "words", "bigint", "bytea", "IS NOT DISTINCT FROM", "%s"
    )
)
_STAGED: Final = f"pg_temp.staged_entry ({', '.join(staging.COLUMNS)})"


class PostgresPopulationWriter(PostgresBundleWriter):
    """What one population writes; valid inside ``PostgresRegistry.write_population`` only."""

    def __init__(self, session: Session, witness: Witness) -> None:
        """Take the next number of the journal, which the open transaction has locked."""
        super().__init__(session, witness)
        self._findings: list[Row] = []
        self._alike: list[Row] = []

    def stage(self, entries: Iterable[IsaPopulation], names: NamesTable) -> None:
        """Take in all *entries*, in the order of the bundle, and find whose cards they name."""
        self._session.execute(_SQL.create)
        self._session.execute(_SQL.create_alike)
        self._session.copy_in(_STAGED, self._numbered(entries, names))
        statements = ("ANALYZE staged_entry", _SQL.match, _SQL.by_resident)
        for statement in statements:
            self._session.execute(statement)

    def _numbered(self, entries: Iterable[IsaPopulation], names: NamesTable) -> Iterator[Row]:
        for position, entry in enumerate(entries, 1):
            self._position = position
            yield staging.row(position, entry, names)

    def settle_same(self) -> int:
        """Note that nothing is to be done for whoever is plainly the same; return how many."""
        self._session.execute(_SQL.settle)
        return self._session.execute(_SQL.outcomes, self._number)

    def pairs(self) -> Iterator[Pair]:
        """Yield all other entries, each with what is known of it, in their order."""
        last = 0
        while page := self._session.rows(_SQL.pairs, last, APPLY_BATCH):
            pairs = list(map(population_rows.pair, page))
            self._known.fetch_outcomes({each.entry.entry_id for each in pairs})
            yield from pairs
            self.flush()
            last = pairs[-1].position

    def compared(self, pair: Pair, judged: Judged) -> None:
        """Note what becomes of an entry, and what was found, if a person has to decide."""
        where = (self._number, pair.position)
        self._batch.outcomes.append(outcome_row(where, pair.entry, pair.content, judged.decision))
        self._alike += [(each.id,) for each in judged.alike]
        if judged.kind is not None:
            self._findings.append(population_rows.finding_row(self._number, pair, judged))

    def flush(self) -> None:
        """Write everything that waits, the findings too."""
        super().flush()
        if self._findings:
            self._session.copy_in("finding", self._findings)
            self._findings = []
        if self._alike:
            self._session.copy_in("pg_temp.staged_alike", self._alike)
            self._alike = []

    def find_extra(self, extract: Extract) -> int:
        """Keep whom no entry of *extract* names; return how many."""
        values = (self._number, self._position, extract.moment, extract.day, extract.day)
        return self._session.execute(_SQL.extra, *values)

    def population(self, extract: Extract, found: Mapping[FindingKind, int]) -> None:
        """Note which *extract* it was, and how much was found; let go of what was staged."""
        self._session.execute(
            "INSERT INTO population VALUES (%s, %s, %s, %s)",
            self._number,
            extract.extract_id,
            extract.moment,
            found_text(found),
        )
        self._session.execute("DROP TABLE staged_entry")
        self._session.execute("DROP TABLE staged_alike")
