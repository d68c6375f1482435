"""The registry on a PostgreSQL server: residents, and the memory of what was applied to them.

The people are common to all stations of a city that use it; journal, order and held
notices are those of one station, the owner's. One bundle is written at a time, whoever
writes it: the journal is locked first, so a second importer waits, and then sees what the
first one did. Reading waits for nobody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Final, Self

from mediabridge.apply.journal import Resolution
from mediabridge.apply.places import PostgresPlace
from mediabridge.apply.postgres import population, schema, suitable
from mediabridge.apply.postgres.changes import (
    ONE_MOMENT,
    ONE_TAKER,
    PostgresChangeTaker,
    newest_change,
)
from mediabridge.apply.postgres.comparing import PostgresPopulationWriter
from mediabridge.apply.postgres.connecting import connect
from mediabridge.apply.postgres.decisions import PostgresDecisionWriter
from mediabridge.apply.postgres.findings import Findings
from mediabridge.apply.postgres.session import Session, Witness
from mediabridge.apply.postgres.writer import STAGING, PostgresBundleWriter
from mediabridge.sqlite import Owner

_ONE_WRITER: Final = "LOCK TABLE journal IN SHARE ROW EXCLUSIVE MODE"


def examine(place: PostgresPlace, owner: Owner) -> None:
    """See whether *owner* could use the registry in *place*, without changing anything.

    Raises:
        SettingsError, RegistryError: as when it is opened.
    """
    session = Session(partial(connect, place), place.name)
    try:
        suitable.check(session)
        schema.version_of(session, place, owner)
    finally:
        session.close()


class PostgresRegistry(Findings):
    """A connection to the registry of a city; close it, or use it in a ``with`` statement."""

    keeps_people = True

    def __init__(self, place: PostgresPlace, owner: Owner) -> None:
        """Open the registry in *place* for the station *owner*, made empty if there is none.

        Raises:
            SettingsError: what is needed to reach the server is not as it has to be.
            RegistryError: the server cannot be reached or used, or has another city's.
        """
        super().__init__(Session(partial(connect, place), place.name), owner.station)
        try:
            suitable.check(self._session)
            schema.bring_up_to_date(self._session, place, owner)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connection; nothing of an unfinished transaction remains."""
        self._session.close()

    # --- what it knows ------------------------------------------------------

    def count(self) -> int:
        """Return the number of residents whose record is in force."""
        query = "SELECT count(*) FROM resident WHERE state = 'resident'"
        return int(self._session.rows(query)[0][0])

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
        # One moment for all tables, whoever writes meanwhile.
        with self._session.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"):
            for table in schema.TABLES:
                digest.update(table.encode())
                for piece in self._session.copy_out(f"SELECT * FROM {table} ORDER BY 1, 2"):  # noqa: S608 - our names
                    digest.update(piece)
        return digest.hexdigest()

    # --- what it takes ------------------------------------------------------

    def load_population(self, people: Iterable[Mapping[str, str | None]]) -> int:
        """Fill an empty registry from *people* and return how many there were.

        Raises:
            RegistryError: residents are there already, or a row is not in the form of
                its columns or repeats a card; the row's number is named, nothing is kept.
        """
        with self._writing():
            return population.load(self._session, people)

    @contextmanager
    def write_bundle(self) -> Iterator[PostgresBundleWriter]:
        """Take one bundle: everything done with the writer happens together, or not at all.

        Raises:
            RegistryOutcomeUnknownError: the server went away while it committed; its
                journal knows.
            RegistryError: the server refused; whatever else is raised, nothing was changed.
        """
        with self._writing() as witness:
            writer = PostgresBundleWriter(self._session, witness)
            yield writer
            writer.flush()

    @contextmanager
    def write_population(self) -> Iterator[PostgresPopulationWriter]:
        """Take one population: everything done with the writer happens together, or not at all.

        Raises:
            RegistryOutcomeUnknownError: the server went away while it committed.
            RegistryError: the server refused; whatever else is raised, nothing was changed.
        """
        with self._writing() as witness:
            writer = PostgresPopulationWriter(self._session, witness)
            yield writer
            writer.flush()

    @contextmanager
    def write_decision(self) -> Iterator[PostgresDecisionWriter]:
        """Take one decision: everything done with the writer happens together, or not at all.

        Raises:
            RegistryOutcomeUnknownError: the server went away while it committed.
            RegistryError: the server refused; whatever else is raised, nothing was changed.
        """
        with self._writing() as witness:
            yield PostgresDecisionWriter(self._session, self._station, witness)

    @contextmanager
    def take_changes(self, known: int) -> Iterator[PostgresChangeTaker]:
        """Take the city's own changes: everything done with the taker happens together.

        Batches of this station above *known* are released: their rows wait again.

        Raises:
            RegistryOutcomeUnknownError: the server went away while it committed.
            RegistryError: the server refused; whatever else is raised, nothing was changed.
        """
        newest = newest_change(self._session)
        with self._session.transaction(ONE_MOMENT, lock=ONE_TAKER) as witness:
            yield PostgresChangeTaker(self._session, self._station, known, newest, witness)

    @contextmanager
    def _writing(self) -> Iterator[Witness]:
        """One transaction, one writer at a time; readers go on."""
        with self._session.transaction(lock=_ONE_WRITER) as witness:
            self._session.execute(STAGING)
            yield witness
