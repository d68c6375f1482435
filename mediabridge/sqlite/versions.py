"""Which version a database has, and whose it is; from an earlier version to the newest."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mediabridge.errors import MediabridgeError
from mediabridge.locale import text
from mediabridge.sqlite.keeping import keep_copy
from mediabridge.sqlite.store import Owner, Store


@dataclass(frozen=True)
class Versions:
    """An open database, and what it has to be."""

    connection: sqlite3.Connection
    path: Path
    store: Store

    def is_current(self) -> bool:
        """Tell whether the tables are of the newest version.

        Raises:
            The refusal of a foreign file, or of one that a newer program has used.
        """
        version = self._pragma("user_version")
        if self._pragma("application_id") not in {0, self.store.application_id}:
            raise self._foreign(text("another program"), text("a station"))
        if not 0 <= version <= self.store.version:
            raise self.store.refusals.newer(
                name=self.path.name, got=version, wanted=self.store.version
            )
        return version == self.store.version

    def bring_up_to_date(self, owner: Owner) -> None:
        """Take every step that is missing; needs an open transaction.

        Raises:
            One of the store's refusals.
        """
        # Somebody else may have done it while we waited for the transaction.
        if self.is_current():
            return
        if self._has("sqlite_schema WHERE name = 'owner'"):
            self.check_owner(owner)
        elif self._has("sqlite_schema"):
            self._check_ownerless(owner)
        if self._has("sqlite_schema"):
            keep_copy(self.path, self.store)
        for step in self.store.steps[self._pragma("user_version") :]:
            for statement in statements(step):
                self.connection.execute(statement)
        if not self._has("owner"):
            self.connection.execute("INSERT INTO owner VALUES (?, ?, ?)", owner)
        self.connection.execute(f"PRAGMA application_id = {self.store.application_id}")
        self.connection.execute(f"PRAGMA user_version = {self.store.version}")

    def check_kind(self) -> None:
        """Refuse a file that has not even the first of our tables."""
        if not self._has(f"sqlite_schema WHERE name = '{self.store.landmark}'"):
            raise self._foreign(text("another program"), text("a station"))

    def check_owner(self, owner: Owner) -> None:
        """Refuse the file of any other station."""
        if not self._has("sqlite_schema WHERE name = 'owner'") or not self._has("owner"):
            detail = text("it does not say whose it is")
            raise self.store.refusals.corrupt(name=self.path.name, detail=detail)
        query = "SELECT mode, city, station FROM owner ORDER BY rowid"
        found = Owner(*self.connection.execute(query).fetchone())
        if found != owner:
            raise self._foreign(str(found), str(owner))

    def _check_ownerless(self, owner: Owner) -> None:
        """Refuse a file from before there were owners when its content is not *owner*'s."""
        self.check_kind()
        found = self.store.somebody_else(self.connection, owner)
        if found is not None:
            raise self._foreign(found, str(owner))

    def _foreign(self, got: str, wanted: str) -> MediabridgeError:
        return self.store.refusals.foreign(name=self.path.name, got=got, wanted=wanted)

    def _pragma(self, name: str) -> int:
        (value,) = self.connection.execute(f"PRAGMA {name}").fetchone()
        return int(value)

    def _has(self, rows: str) -> bool:
        query = f"SELECT 1 FROM {rows} LIMIT 1"  # noqa: S608 - only texts of this package
        return self.connection.execute(query).fetchone() is not None


def statements(script: str) -> Iterator[str]:
    """Yield the statements of *script*; ``executescript`` would commit before the first."""
    statement = ""
    for piece in script.split(";"):
        statement += f"{piece};"
        if sqlite3.complete_statement(statement):
            if statement.strip(" \n;"):
                yield statement
            statement = ""
