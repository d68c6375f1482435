"""Comparing one population with the SQLite registry, inside the transaction it opened.

The entries are staged in the registry's own file, which the transaction grows: a temporary
table would lie, as plain text, in a folder that is not ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mediabridge.apply.batch import Batch
from mediabridge.apply.population import staging
from mediabridge.apply.population.writing import PopulationBatchWriter
from mediabridge.apply.rows import Row
from mediabridge.apply.sqlite.writer import SqliteBundleWriter

_STAGE: Final = f"""
    INSERT INTO staged_entry ({", ".join(staging.COLUMNS)})
    VALUES ({", ".join("?" for _ in staging.COLUMNS)})
"""  # noqa: S608 - our column names


class SqlitePopulationWriter(PopulationBatchWriter, SqliteBundleWriter):
    """What one population writes; valid inside ``SqliteRegistry.write_population`` only."""

    sql = staging.Statements(
        staging.Dialect("CREATE TABLE", "DELETE FROM", "TEXT", "INTEGER", "BLOB", "IS", "?")
    )

    def stage(self, staged: Sequence[Row]) -> None:
        """Write the rows of a batch of entries into their table."""
        self._connection.executemany(_STAGE, staged)

    def execute(self, statement: str, *values: str | int) -> int:
        """Execute one statement; return how many rows it was about."""
        return self._connection.execute(statement, values).rowcount

    def ask(self, query: str) -> list[Row]:
        """Return all rows of a query that has at most a batch of them."""
        return self._connection.execute(query).fetchall()

    def write(self, batch: Batch) -> None:
        """Write the rows of *batch*, the findings too."""
        super().write(batch)
        self._insert("finding", batch.findings)
        self._insert("staged_named", batch.named)
