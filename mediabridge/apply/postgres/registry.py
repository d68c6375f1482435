"""The registry on a PostgreSQL server: residents, and the memory of what was applied to them.

The people are common to all stations of a city that use it; journal, order and held
notices are those of one station, the owner's. One bundle is written at a time, whoever
writes it: the journal is locked first, so a second importer waits, and then sees what the
first one did. Reading waits for nobody.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Final, Self

from mediabridge.apply.journal import (
    AppliedBundleInfo,
    Arrival,
    Counts,
    Entered,
    HeldNotice,
    JournalEntry,
    Outcome,
    Resolution,
)
from mediabridge.apply.places import PostgresPlace
from mediabridge.apply.postgres import population, schema, suitable
from mediabridge.apply.postgres.asking import Asking
from mediabridge.apply.postgres.connecting import connect
from mediabridge.apply.postgres.decisions import PostgresDecisionWriter
from mediabridge.apply.postgres.session import Session, Witness
from mediabridge.apply.postgres.writer import STAGING, PostgresBundleWriter
from mediabridge.apply.resident import Found, Resident
from mediabridge.bundle.header import Route
from mediabridge.kinds import Kind
from mediabridge.records.model import Result
from mediabridge.sqlite import Owner
from mediabridge.verify.order import RouteState

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


class PostgresRegistry:
    """A connection to the registry of a city; close it, or use it in a ``with`` statement."""

    keeps_people = True

    def __init__(self, place: PostgresPlace, owner: Owner) -> None:
        """Open the registry in *place* for the station *owner*, made empty if there is none.

        Raises:
            SettingsError: what is needed to reach the server is not as it has to be.
            RegistryError: the server cannot be reached or used, or has another city's.
        """
        self._owner = owner
        self._session = Session(partial(connect, place), place.name)
        self._ask = Asking(self._session, owner.station)
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

    def find_by_card(self, number: str) -> Found | None:
        """Return whom *number* belongs or belonged to; current cards and residents first."""
        return self._ask.find_by_card(number)

    def find_by_birth(self, birth_date: str, nationality_region: str) -> list[Resident]:
        """Return the residents in force with exactly this date and nationality, by their id."""
        return self._ask.find_by_birth(birth_date, nationality_region)

    def resident(self, number: int) -> Resident | None:
        """Return the resident record with this id."""
        return self._ask.resident(number)

    def journal(self) -> Iterator[JournalEntry]:
        """Yield an entry for every bundle that this station applied, in the order of applying."""
        query = (
            "SELECT bundle_id, sender, receiver, seq, sums_sha256, applied_at, decided_by, counts"
            " FROM journal WHERE receiver = %s ORDER BY number"
        )
        for (
            bundle_id,
            sender,
            receiver,
            seq,
            sums,
            applied_at,
            decided_by,
            counts,
        ) in self._session.stream(query, self._owner.station):
            route = Route.model_validate({"from": sender, "to": receiver})
            by_result = {Result.of(name): number for name, number in json.loads(counts).items()}
            bundle = AppliedBundleInfo(bundle_id, route, seq, sums)
            yield JournalEntry(bundle, applied_at, decided_by, Counts(by_result))

    def route_state(self, sender: str) -> RouteState:
        """Return what this station took from *sender* so far, for the check of the order."""
        query = "SELECT seq, sums_sha256 FROM journal WHERE receiver = %s AND sender = %s"
        return RouteState.of(self._session.stream(query, self._owner.station, sender))

    def outcomes(self, bundle_id: str) -> Iterator[Outcome]:
        """Yield what became of each record of a bundle, in the order of applying."""
        query = (
            "SELECT record_id, kind, result, reason, outcome.next_municipality_code"
            " FROM journal JOIN outcome ON journal_number = number"
            " WHERE bundle_id = %s ORDER BY position"
        )
        for record_id, kind, result, reason, next_code in self._session.stream(query, bundle_id):
            yield Outcome(record_id, Kind(kind), Result.of(result), reason, next_code)

    def held(self) -> Iterator[HeldNotice]:
        """Yield what waits for a person's decision at this station, oldest bundle first."""
        return self._ask.waiting()

    def cards_of(self, number: int) -> list[str]:
        """Return every card that the resident record with this id has or had."""
        return self._ask.cards_of(number)

    def waiting_about(
        self, cards: Collection[str], born: tuple[str, str] | None = None
    ) -> Iterator[HeldNotice]:
        """Yield what waits and names one of *cards*, or somebody *born* so, oldest bundle first."""
        return self._ask.waiting_about(cards, born)

    def held_record(self, record_id: str) -> HeldNotice | None:
        """Return the notice of this number that was held, decided or not; the newest of several."""
        return self._ask.held_record(record_id)

    def last_change(self, held: HeldNotice) -> Entered | None:
        """Return what the newest decision on *held* changed, if that decision changed anything."""
        return self._ask.last_change(held)

    def decisions(self, after: int = 0) -> Iterator[Resolution]:
        """Yield the decisions of people at this station with a number above *after*, in order."""
        return self._ask.decisions("decision.number > %s", after)

    def decisions_on(self, record_id: str) -> Iterator[Resolution]:
        """Yield the decisions on the record of this id, in their order."""
        return self._ask.decisions("record_id = %s", record_id)

    def arrivals(self, record_id: str) -> Iterator[Arrival]:
        """Yield each time that a record of this id came, in the order of applying."""
        return self._ask.arrivals(record_id)

    def changes_by(self, record_id: str) -> Iterator[Entered]:
        """Yield what the record of this id changed in the register, in the order of changing."""
        return self._ask.changes_by(record_id)

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

    def load_population(self, rows: Iterable[Mapping[str, str | None]]) -> int:
        """Fill an empty registry from *rows* and return how many there were.

        Raises:
            RegistryError: residents are there already, or a row is not in the form of
                its columns or repeats a card; the row's number is named, nothing is kept.
        """
        with self._writing():
            return population.load(self._session, rows)

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
    def write_decision(self) -> Iterator[PostgresDecisionWriter]:
        """Take one decision: everything done with the writer happens together, or not at all.

        Raises:
            RegistryOutcomeUnknownError: the server went away while it committed.
            RegistryError: the server refused; whatever else is raised, nothing was changed.
        """
        with self._writing() as witness:
            yield PostgresDecisionWriter(self._session, self._owner.station, witness)

    @contextmanager
    def _writing(self) -> Iterator[Witness]:
        """One transaction, one writer at a time; readers go on."""
        with self._session.transaction(lock=_ONE_WRITER) as witness:
            self._session.execute(STAGING)
            yield witness
