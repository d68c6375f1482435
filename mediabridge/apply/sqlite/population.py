"""Comparing one population with the SQLite registry, inside the transaction it opened.

The entries are staged in the registry's own file, which the transaction grows: a temporary
table would lie, as plain text, in a folder that is not ours.
"""

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
from mediabridge.apply.rows import Row, outcome_row
from mediabridge.apply.sqlite.writer import SqliteBundleWriter
from mediabridge.config import APPLY_BATCH
from mediabridge.records.model import IsaPopulation
from mediabridge.records.names import NamesTable

_SQL: Final = staging.Statements(
    staging.Dialect("CREATE TABLE", "TEXT", "INTEGER", "BLOB", "IS", "?")
)
_STAGE: Final = f"""
    INSERT INTO staged_entry ({", ".join(staging.COLUMNS)})
    VALUES ({", ".join("?" for _ in staging.COLUMNS)})
"""  # noqa: S608 - our column names


class SqlitePopulationWriter(SqliteBundleWriter):
    """What one population writes; valid inside ``SqliteRegistry.write_population`` only."""

    def stage(self, entries: Iterable[IsaPopulation], names: NamesTable) -> None:
        """Take in all *entries*, in the order of the bundle, and find whose cards they name."""
        self._connection.execute(_SQL.create)
        self._connection.execute(_SQL.create_alike)
        self._connection.executemany(_STAGE, self._numbered(entries, names))
        for statement in (_SQL.match, _SQL.by_resident):
            self._connection.execute(statement)

    def _numbered(self, entries: Iterable[IsaPopulation], names: NamesTable) -> Iterator[Row]:
        for position, entry in enumerate(entries, 1):
            self._position = position
            yield staging.row(position, entry, names)

    def settle_same(self) -> int:
        """Note that nothing is to be done for whoever is plainly the same; return how many."""
        self._connection.execute(_SQL.settle)
        return self._connection.execute(_SQL.outcomes, (self._number,)).rowcount

    def pairs(self) -> Iterator[Pair]:
        """Yield all other entries, each with what is known of it, in their order."""
        last = 0
        while page := self._connection.execute(_SQL.pairs, (last, APPLY_BATCH)).fetchall():
            pairs = list(map(population_rows.pair, page))
            self._known.fetch_outcomes({each.entry.entry_id for each in pairs})
            yield from pairs
            self.flush()
            last = pairs[-1].position

    def compared(self, pair: Pair, judged: Judged) -> None:
        """Note what becomes of an entry, and what was found, if a person has to decide."""
        where = (self._number, pair.position)
        self._batch.outcomes.append(outcome_row(where, pair.entry, pair.content, judged.decision))
        self._connection.executemany(
            "INSERT INTO staged_alike VALUES (?)", ((each.id,) for each in judged.alike)
        )
        if judged.kind is not None:
            self._connection.execute(
                "INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                population_rows.finding_row(self._number, pair, judged),
            )

    def find_extra(self, extract: Extract) -> int:
        """Keep whom no entry of *extract* names; return how many."""
        values = (self._number, self._position, extract.moment, extract.day, extract.day)
        return self._connection.execute(_SQL.extra, values).rowcount

    def population(self, extract: Extract, found: Mapping[FindingKind, int]) -> None:
        """Note which *extract* it was, and how much was found; let go of what was staged."""
        self._connection.execute(
            "INSERT INTO population VALUES (?, ?, ?, ?)",
            (self._number, extract.extract_id, extract.moment, found_text(found)),
        )
        self._connection.execute("DROP TABLE staged_entry")
        self._connection.execute("DROP TABLE staged_alike")
