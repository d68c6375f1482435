"""The registry in one SQLite file: residents, and the memory of what was applied to them.

It answers questions, is filled once, and lends a
:class:`~mediabridge.apply.sqlite.writer.SqliteBundleWriter` to
:func:`~mediabridge.apply.apply.apply_bundle`, and a
:class:`~mediabridge.apply.sqlite.decisions.SqliteDecisionWriter` to
:func:`~mediabridge.apply.resolve.resolve`, the only ways notices get in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

from mediabridge import errors, locale, sqlite
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
from mediabridge.apply.resident import POPULATION_COLUMNS, Found, Resident, State
from mediabridge.apply.sqlite import asking, schema
from mediabridge.apply.sqlite.decisions import SqliteDecisionWriter
from mediabridge.apply.sqlite.writer import SqliteBundleWriter
from mediabridge.bundle.header import Route
from mediabridge.kinds import Kind
from mediabridge.records.model import Result
from mediabridge.verify.order import RouteState

_KNOWN_COLUMNS: Final = frozenset(POPULATION_COLUMNS)
_INSERT: Final = f"""
    INSERT INTO resident ({", ".join(POPULATION_COLUMNS)})
    VALUES ({", ".join("?" for _ in POPULATION_COLUMNS)})
"""  # noqa: S608 - made of column names of this module


class SqliteRegistry:
    """One registry file; close it, or use it in a ``with`` statement."""

    keeps_people = True

    def __init__(self, path: Path, owner: sqlite.Owner) -> None:
        """Open the registry of *owner* at *path*, made empty if there is none.

        Raises:
            RegistryError: one of the refusals of :data:`~schema.REGISTRY`.
        """
        self._connection = sqlite.connect(path, schema.REGISTRY, owner)

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

    def find_by_card(self, number: str) -> Found | None:
        """Return whom *number* belongs or belonged to; current cards and residents first."""
        return asking.find_by_card(self._connection, number)

    def find_by_birth(self, birth_date: str, nationality_region: str) -> list[Resident]:
        """Return the residents in force with exactly this date and nationality, by their id."""
        return asking.find_by_birth(self._connection, birth_date, nationality_region)

    def resident(self, number: int) -> Resident | None:
        """Return the resident record with this id."""
        return asking.resident(self._connection, number)

    def journal(self) -> Iterator[JournalEntry]:
        """Yield an entry for every bundle applied, in the order of applying."""
        query = (
            "SELECT bundle_id, sender, receiver, seq, sums_sha256, applied_at, decided_by, counts"
            " FROM journal ORDER BY number"
        )
        for bundle_id, sender, receiver, seq, sums, applied_at, decided_by, counts in self._rows(
            query
        ):
            route = Route.model_validate({"from": sender, "to": receiver})
            by_result = {Result.of(name): number for name, number in json.loads(counts).items()}
            bundle = AppliedBundleInfo(bundle_id, route, seq, sums)
            yield JournalEntry(bundle, applied_at, decided_by, Counts(by_result))

    def route_state(self, sender: str) -> RouteState:
        """Return what was taken from *sender* so far, for the check of the order."""
        query = "SELECT seq, sums_sha256 FROM journal WHERE sender = ?"
        return RouteState.of(self._rows(query, sender))

    def outcomes(self, bundle_id: str) -> Iterator[Outcome]:
        """Yield what became of each record of a bundle, in the order of applying."""
        query = (
            "SELECT record_id, kind, result, reason, outcome.next_municipality_code"
            " FROM journal JOIN outcome ON journal_number = number"
            " WHERE bundle_id = ? ORDER BY position"
        )
        for record_id, kind, result, reason, next_code in self._rows(query, bundle_id):
            yield Outcome(record_id, Kind(kind), Result.of(result), reason, next_code)

    def held(self) -> Iterator[HeldNotice]:
        """Yield the notices that wait for a person's decision, oldest bundle first."""
        return asking.waiting(self._connection)

    def cards_of(self, number: int) -> list[str]:
        """Return every card that the resident record with this id has or had."""
        return [card for (card,) in self._rows(asking.CARDS, number)]

    def waiting_about(
        self, cards: Collection[str], born: tuple[str, str] | None = None
    ) -> Iterator[HeldNotice]:
        """Yield what waits and names one of *cards*, or somebody *born* so, oldest bundle first."""
        return asking.waiting_about(self._connection, cards, born)

    def held_record(self, record_id: str) -> HeldNotice | None:
        """Return the notice of this number that was held, decided or not; the newest of several."""
        return asking.held_record(self._connection, record_id)

    def last_change(self, held: HeldNotice) -> Entered | None:
        """Return what the newest decision on *held* changed, if that decision changed anything."""
        return asking.last_change(self._connection, held)

    def decisions(self, after: int = 0) -> Iterator[Resolution]:
        """Yield the decisions of people with a number above *after*, in their order."""
        return asking.decisions(self._connection, "number > ?", after)

    def decisions_on(self, record_id: str) -> Iterator[Resolution]:
        """Yield the decisions on the record of this id, in their order."""
        return asking.decisions_on(self._connection, record_id)

    def arrivals(self, record_id: str) -> Iterator[Arrival]:
        """Yield each time that a record of this id came, in the order of applying."""
        return asking.arrivals(self._connection, record_id)

    def changes_by(self, record_id: str) -> Iterator[Entered]:
        """Yield what the record of this id changed in the register, in the order of changing."""
        return asking.changes_by(self._connection, record_id)

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

    def load_population(self, rows: Iterable[Mapping[str, str | None]]) -> int:
        """Fill an empty registry from *rows* and return how many there were.

        A row maps :data:`POPULATION_COLUMNS` to text; an empty text is an absent item.

        Raises:
            RegistryError: residents are there already, or a row is not in the form of
                its columns or repeats a card; the row's number is named, nothing is kept.
        """
        number = 0
        with sqlite.transaction(self._connection):
            if next(self._rows("SELECT EXISTS (SELECT 1 FROM resident)"))[0]:
                raise errors.RegistryRefusedError(
                    detail=locale.text("there are residents in it already")
                )
            for number, row in enumerate(rows, 1):
                self._insert_resident(number, row)
        return number

    def _insert_resident(self, number: int, row: Mapping[str, str | None]) -> None:
        if not row.keys() <= _KNOWN_COLUMNS:
            detail = locale.text("row {number} has a column of another kind of file", number=number)
            raise errors.RegistryRefusedError(detail=detail)
        values = [row.get(name) or None for name in POPULATION_COLUMNS]
        values[0] = values[0] or State.RESIDENT.value
        try:
            cursor = self._connection.execute(_INSERT, values)
            if row.get("card_number"):
                entry = (row["card_number"], cursor.lastrowid)
                self._connection.execute("INSERT INTO card VALUES (?, ?)", entry)
        except errors.RegistryRefusedError as error:
            detail = locale.text(
                "row {number}: {problem}", number=number, problem=error.facts["detail"]
            )
            raise errors.RegistryRefusedError(detail=detail) from error

    @contextmanager
    def write_bundle(self) -> Iterator[SqliteBundleWriter]:
        """Take one bundle: everything done with the writer happens together, or not at all.

        Raises:
            RegistryError: the database refused; whatever is raised, nothing was changed.
        """
        with sqlite.transaction(self._connection):
            yield SqliteBundleWriter(self._connection)

    @contextmanager
    def write_decision(self) -> Iterator[SqliteDecisionWriter]:
        """Take one decision: everything done with the writer happens together, or not at all.

        Raises:
            RegistryError: the database refused; whatever is raised, nothing was changed.
        """
        with sqlite.transaction(self._connection):
            yield SqliteDecisionWriter(self._connection)

    def _rows(self, query: str, *values: str | int) -> Iterator[tuple[Any, ...]]:
        yield from self._connection.execute(query, values)
