"""Bundles in both directions, and where each is on its journey."""

from __future__ import annotations

import json
import sqlite3
import string
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from mediabridge.clock import from_rfc3339
from mediabridge.stations.books.rows import BundleRow, BundleState
from mediabridge.stations.books.understanding import understood

_BUNDLE_COLUMNS = tuple(field.name for field in fields(BundleRow))

_UNDER_WAY = (BundleState.SEALED, BundleState.APPROVED, BundleState.WRITTEN)
"""The states of an outgoing bundle that is not answered yet, in their order."""


def has_taken(db: sqlite3.Connection) -> bool:
    """Tell whether the books in *db* know a bundle that was applied here."""
    query = "SELECT EXISTS (SELECT 1 FROM bundles WHERE state = ? AND direction = 'in')"
    (found,) = db.execute(query, (BundleState.TAKEN,)).fetchone()
    return bool(found)


class Bundles:
    """Bundles in both directions, and where each is on its journey."""

    _db: sqlite3.Connection

    def add_bundle(self, row: BundleRow) -> None:
        """Enter a bundle; call within :meth:`transaction`."""
        self._db.execute(
            "INSERT INTO bundles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                row.bundle, row.direction, row.sender, row.receiver, row.seq, row.sums_sha256,
                row.created, row.state, row.records, json.dumps(row.summary), row.salt,
            ),
        )  # fmt: skip

    def set_state(self, bundle: str, state: BundleState) -> None:
        """Move *bundle* to *state*."""
        self._db.execute("UPDATE bundles SET state = ? WHERE bundle = ?", (state, bundle))

    def bundle(self, bundle: str) -> BundleRow | None:
        """Return *bundle*, or None."""
        return next(self._bundles("WHERE bundle = ?", bundle), None)

    def bundles(self, direction: str | None = None) -> list[BundleRow]:
        """Return the bundles, newest first; only one *direction* if given."""
        if direction is None:
            return list(self._bundles("ORDER BY created DESC, seq DESC"))
        return list(self._bundles("WHERE direction = ? ORDER BY created DESC, seq DESC", direction))

    def not_answered(self) -> list[BundleRow]:
        """Return the outgoing bundles that are not answered yet, by state and number."""
        return [row for state in _UNDER_WAY for row in self.bundles_in(state)]

    def newest(self, count: int) -> list[BundleRow]:
        """Return the newest *count* bundles, newest first."""
        return list(self._bundles("ORDER BY created DESC, seq DESC LIMIT ?", count))

    def bundles_in(self, state: BundleState) -> list[BundleRow]:
        """Return the outgoing bundles in *state*, oldest first."""
        return list(self._bundles("WHERE state = ? AND direction = 'out' ORDER BY seq", state))

    def has_taken(self) -> bool:
        """Tell whether any bundle was applied here."""
        return has_taken(self._db)

    def beginning(self, start: str) -> list[BundleRow]:
        """Return the bundles whose id begins with *start*, newest first."""
        if not set(start) <= set(string.hexdigits.lower()):
            return []
        # All letters of an id lie below this one.
        where = "WHERE bundle >= ? AND bundle < ? ORDER BY created DESC, seq DESC"
        return list(self._bundles(where, start, f"{start}g"))

    def between(self, sender: str, receiver: str, first: int, last: int) -> list[BundleRow]:
        """Return the bundles of a route with the numbers *first* to *last*, in their order."""
        where = "WHERE sender = ? AND receiver = ? AND seq BETWEEN ? AND ? ORDER BY seq"
        return list(self._bundles(where, sender, receiver, first, last))

    def before(self, sender: str, receiver: str, seq: int) -> Iterator[BundleRow]:
        """Yield the bundles of a route with a number below *seq*, newest first."""
        where = "WHERE sender = ? AND receiver = ? AND seq < ? ORDER BY seq DESC"
        yield from self._bundles(where, sender, receiver, seq)

    def unknown_among(self, bundles: Iterable[str]) -> list[str]:
        """Return those of *bundles* that the books do not know, in their order."""
        query = """
            SELECT value FROM json_each(?)
            WHERE NOT EXISTS (SELECT 1 FROM bundles WHERE bundle = value)
        """
        return [bundle for (bundle,) in self._db.execute(query, (json.dumps([*bundles]),))]

    def on_route(self, sender: str, receiver: str) -> list[tuple[int, str]]:
        """Return number and SHA-256 of SHA256SUMS of every bundle on a route."""
        rows = self._db.execute(
            "SELECT seq, sums_sha256 FROM bundles WHERE sender = ? AND receiver = ?",
            (sender, receiver),
        )
        return rows.fetchall()

    def newest_sums(self, sender: str, receiver: str) -> tuple[int, str] | None:
        """Return number and SHA-256 of SHA256SUMS of the newest bundle on a route, or None."""
        query = """
            SELECT seq, sums_sha256 FROM bundles WHERE sender = ? AND receiver = ?
            ORDER BY seq DESC LIMIT 1
        """
        row: tuple[int, str] | None = self._db.execute(query, (sender, receiver)).fetchone()
        return row

    def sums_on(self, sender: str, receiver: str) -> Container[str]:
        """Return the SHA-256 of SHA256SUMS of every bundle on a route, to be asked for one."""
        return _SumsOn(self._db, sender, receiver)

    def newest_on_route(
        self, sender: str, receiver: str, *, besides: BundleState | None = None
    ) -> BundleRow | None:
        """Return the bundle with the highest number on a route, *besides* those in a state."""
        where = "WHERE sender = ? AND receiver = ? AND state IS NOT ? ORDER BY seq DESC LIMIT 1"
        return next(self._bundles(where, sender, receiver, besides), None)

    def records_on_route(self, sender: str, receiver: str, seq: int) -> int:
        """Return how many records the bundle of this number carries; 0 where there is none."""
        row = self._db.execute(
            "SELECT records FROM bundles WHERE sender = ? AND receiver = ? AND seq = ?",
            (sender, receiver, seq),
        ).fetchone()
        return int(row[0]) if row else 0

    def _bundles(self, where: str, *values: object) -> Iterator[BundleRow]:
        query = f"SELECT {', '.join(_BUNDLE_COLUMNS)} FROM bundles {where}"  # noqa: S608 - only texts of this module
        for row in self._db.execute(query, values):
            named: dict[str, Any] = dict(zip(_BUNDLE_COLUMNS, row, strict=True))
            with understood("bundles"):
                found = _understood(named)
            yield found


def _understood(named: dict[str, Any]) -> BundleRow:
    """Return a row of which every value is in the form that its readers rely on."""
    row = BundleRow(
        **named | {"state": BundleState.of(named["state"]), "summary": json.loads(named["summary"])}
    )
    from_rfc3339(row.created)
    bytes.fromhex(row.salt)
    dict(row.summary)
    return row


@dataclass(frozen=True)
class _SumsOn:
    """Looks each one up: there are as many as years of bundles."""

    db: sqlite3.Connection
    sender: str
    receiver: str

    def __contains__(self, sums: object) -> bool:
        query = "SELECT 1 FROM bundles WHERE sums_sha256 = ? AND sender = ? AND receiver = ?"
        return self.db.execute(query, (sums, self.sender, self.receiver)).fetchone() is not None
