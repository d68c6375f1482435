"""Comparing one population with the registry on a server: ``COPY`` into staging, then joins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mediabridge.apply.batch import Batch
from mediabridge.apply.population import staging
from mediabridge.apply.population.writing import PopulationBatchWriter
from mediabridge.apply.postgres.writer import PostgresBundleWriter
from mediabridge.apply.rows import Row

_STAGED: Final = f"pg_temp.staged_entry ({', '.join(staging.COLUMNS)})"
_PLAN_ANEW: Final = "SET LOCAL plan_cache_mode = force_custom_plan"
"""The tables grow with each batch: what is the best plan for the first is a bad one later."""


class PostgresPopulationWriter(PopulationBatchWriter, PostgresBundleWriter):
    """What one population writes; valid inside ``PostgresRegistry.write_population`` only."""

    sql = staging.Statements(
        staging.Dialect(
            "CREATE TEMPORARY TABLE",
            "TRUNCATE",
            "words",
            "bigint",
            "bytea",
            "IS NOT DISTINCT FROM",
            "%s",
        )
    )

    def prepare(self) -> None:
        """Make ready to take in entries."""
        self.execute(_PLAN_ANEW)
        super().prepare()

    def stage(self, staged: Sequence[Row]) -> None:
        """Write the rows of a batch of entries into their table."""
        self._session.copy_in(_STAGED, staged)

    def execute(self, statement: str, *values: str | int) -> int:
        """Execute one statement; return how many rows it was about."""
        return self._session.execute(statement, *values)

    def ask(self, query: str) -> Sequence[Row]:
        """Return all rows of a query that has at most a batch of them."""
        return self._session.rows(query)

    def write(self, batch: Batch) -> None:
        """Write the rows of *batch*, the findings too."""
        super().write(batch)
        if batch.findings:
            self._session.copy_in("finding", batch.findings)
        if batch.named:
            self._session.copy_in("pg_temp.staged_named", batch.named)
