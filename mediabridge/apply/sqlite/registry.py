"""The registry in one SQLite file: residents, and the memory of what was applied to them.

It answers questions, is filled once, and lends a
:class:`~mediabridge.apply.sqlite.writer.SqliteBundleWriter` to
:func:`~mediabridge.apply.apply.apply_bundle`, and a
:class:`~mediabridge.apply.sqlite.decisions.SqliteDecisionWriter` to
:func:`~mediabridge.apply.resolve.resolve`, the only ways notices get in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from mediabridge import sqlite
from mediabridge.apply.journal import Resolution
from mediabridge.apply.sqlite import schema
from mediabridge.apply.sqlite.findings import Findings
from mediabridge.errors import RegistryWithoutChangesError

if TYPE_CHECKING:
    from mediabridge.apply.sqlite.changes import SqliteChangeTaker
    from mediabridge.apply.sqlite.decisions import SqliteDecisionWriter
    from mediabridge.apply.sqlite.population import SqlitePopulationWriter
    from mediabridge.apply.sqlite.writer import SqliteBundleWriter


class SqliteRegistry(Findings):
    """One registry file; close it, or use it in a ``with`` statement."""

    keeps_people = True

    def __init__(self, path: Path, owner: sqlite.Owner) -> None:
        """Open the registry of *owner* at *path*, made empty if there is none.

        Raises:
            RegistryError: one of the refusals of :data:`~schema.REGISTRY`.
        """
        super().__init__(sqlite.connect(path, schema.REGISTRY, owner))
        self._station = owner.station

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; nothing of an unfinished transaction remains."""
        self._connection.close()

    # --- what it knows ------------------------------------------------------

    def count(self) -> int:
        """Return the number of residents whose record is in force."""
        query = "SELECT count(*) FROM resident WHERE state = 'resident'"
        (number,) = next(self._rows(query))
        return int(number)

    def read_back(
        self,
        _now: datetime,
        _decided_by: str,
        _before_commit: Callable[[Resolution], None],
    ) -> int:
        """Return 0: nothing was handed over to anybody."""
        return 0

    def fingerprint(self) -> str:
        """Return a SHA-256 over all content; equal fingerprints mean nothing changed."""
        digest = hashlib.sha256()
        for table in schema.TABLES:
            for row in self._rows(f"SELECT * FROM {table} ORDER BY 1, 2"):  # noqa: S608 - our names
                digest.update(repr((table, row)).encode())
        return digest.hexdigest()

    # --- what it takes ------------------------------------------------------

    def load_population(self, people: Iterable[Mapping[str, str | None]]) -> int:
        """Fill an empty registry from *people* and return how many there were.

        A row maps :data:`POPULATION_COLUMNS` to text; an empty text is an absent item.

        Raises:
            RegistryError: residents are there already, or a row is not in the form of
                its columns or repeats a card; the row's number is named, nothing is kept.
        """
        # A registry that is only looked at loads nothing that fills it.
        from mediabridge.apply.sqlite.filling import fill  # noqa: PLC0415

        with sqlite.transaction(self._connection):
            return fill(self._connection, people)

    @contextmanager
    def write_bundle(self) -> Iterator[SqliteBundleWriter]:
        """Take one bundle: everything done with the writer happens together, or not at all.

        Raises:
            RegistryError: the database refused; whatever is raised, nothing was changed.
        """
        # A registry that is only looked at loads none of the writers.
        from mediabridge.apply.sqlite.writer import SqliteBundleWriter  # noqa: PLC0415

        with sqlite.transaction(self._connection):
            writer = SqliteBundleWriter(self._connection)
            yield writer
            writer.flush()

    @contextmanager
    def write_population(self) -> Iterator[SqlitePopulationWriter]:
        """Take one population: everything done with the writer happens together, or not at all.

        Raises:
            RegistryError: the database refused; whatever is raised, nothing was changed.
        """
        from mediabridge.apply.sqlite.population import SqlitePopulationWriter  # noqa: PLC0415

        with sqlite.transaction(self._connection):
            writer = SqlitePopulationWriter(self._connection)
            yield writer
            writer.flush()

    @contextmanager
    def write_decision(self) -> Iterator[SqliteDecisionWriter]:
        """Take one decision: everything done with the writer happens together, or not at all.

        Raises:
            RegistryError: the database refused; whatever is raised, nothing was changed.
        """
        from mediabridge.apply.sqlite.decisions import SqliteDecisionWriter  # noqa: PLC0415

        with sqlite.transaction(self._connection):
            yield SqliteDecisionWriter(self._connection)

    @contextmanager
    def take_changes(self, known: int) -> Iterator[SqliteChangeTaker]:
        """Take the city's own changes: everything done with the taker happens together.

        Batches above *known* are released: their rows wait again.

        Raises:
            RegistryWithoutChangesError: this is the memory of another system's registry.
            RegistryError: the database refused; whatever is raised, nothing was changed.
        """
        if not self.keeps_people:
            raise RegistryWithoutChangesError
        from mediabridge.apply.sqlite.changes import SqliteChangeTaker  # noqa: PLC0415

        with sqlite.transaction(self._connection):
            yield SqliteChangeTaker(self._connection, self._station, known)
