"""The station's books: the state of every journey, in one SQLite database.

The stick never holds the state of a journey. Every change here is one transaction
with ``synchronous=EXTRA`` (ADR 0003); it comes after the log entry that announces it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import fields as fields_of
from enum import StrEnum, unique
from pathlib import Path
from typing import Any

from mediabridge.bundle.header import FIRST_PREV
from mediabridge.errors import StationError
from mediabridge.locale import text
from mediabridge.media import register

_SCHEMA = """
CREATE TABLE inbox (
    file TEXT PRIMARY KEY,              -- SHA-256 of the canonical CSV
    kind TEXT NOT NULL,
    records INTEGER NOT NULL,
    events TEXT NOT NULL,               -- JSON: event code to count
    collected_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    bundle TEXT                         -- NULL until sealed
) STRICT;
CREATE TABLE bundles (
    bundle TEXT PRIMARY KEY,
    direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
    sender TEXT NOT NULL,
    receiver TEXT NOT NULL,
    seq INTEGER NOT NULL,
    sums_sha256 TEXT NOT NULL,
    created TEXT NOT NULL,
    state TEXT NOT NULL,
    records INTEGER NOT NULL,
    summary TEXT NOT NULL,              -- JSON: the approval summary
    salt TEXT NOT NULL,
    UNIQUE (sender, receiver, seq)
) STRICT;
CREATE TABLE records (
    kind TEXT NOT NULL,
    record TEXT NOT NULL,
    file TEXT NOT NULL REFERENCES inbox (file),
    result TEXT,                        -- NULL until a receipt says
    reason TEXT,
    PRIMARY KEY (kind, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX records_of_file ON records (file);
CREATE TABLE receipts (
    receipt TEXT PRIMARY KEY,
    bundle TEXT NOT NULL UNIQUE,        -- the bundle it answers
    sender TEXT NOT NULL,               -- to whom it is due
    seq INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    carried_by TEXT                     -- NULL while it is due
) STRICT;
CREATE TABLE facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
"""

_VERSION = 2
_STEPS = (_SCHEMA, register.SCHEMA)
"""What each version added: 1 the journeys, 2 the register of media."""


@unique
class BundleState(StrEnum):
    """Where a bundle is on its journey, as its sender or its receiver knows."""

    SEALED = "sealed"
    """Made and signed by the station; waiting for approval."""
    APPROVED = "approved"
    """Enough officers signed; may be written to a medium."""
    WRITTEN = "written"
    """On a medium and read back; not yet answered."""
    DELIVERED = "delivered"
    """The peer's receipt is in; the books on it are closed."""
    TAKEN = "taken"
    """An incoming bundle that was applied."""


@dataclass(frozen=True)
class BundleRow:
    """One bundle as the books know it."""

    bundle: str
    direction: str
    sender: str
    receiver: str
    seq: int
    sums_sha256: str
    created: str
    state: BundleState
    records: int
    summary: dict[str, Any]
    salt: str


_BUNDLE_COLUMNS = tuple(field.name for field in fields_of(BundleRow))


@dataclass(frozen=True)
class InboxRow:
    """One collected file."""

    file: str
    kind: str
    records: int
    events: dict[str, int]


@dataclass(frozen=True)
class DueReceipt:
    """A receipt that has not been sealed into a bundle yet."""

    receipt: str
    bundle: str
    seq: int
    lines: int


class Books:
    """The station's books; one writer at a time."""

    def __init__(self, path: Path) -> None:
        """Open the books at *path*, creating them when there are none.

        Raises:
            StationError: the file is not our database, or of a newer version.
        """
        try:
            self._db = sqlite3.connect(path, isolation_level=None)
        except sqlite3.DatabaseError as error:
            raise StationError(detail=type(error).__name__) from None
        try:
            # FULL does not sync the folder the journal vanishes from; EXTRA does.
            self._db.execute("PRAGMA synchronous = EXTRA")
            self._db.execute("PRAGMA foreign_keys = ON")
            self._migrate()
        except sqlite3.DatabaseError as error:
            # A migration that failed half way is rolled back by this.
            self._db.close()
            raise StationError(detail=type(error).__name__) from None
        self._media = register.MediaRegister(self._db)

    def close(self) -> None:
        """Release the database."""
        self._db.close()

    @property
    def media(self) -> register.MediaRegister:
        """The register of media; its changes belong within :meth:`transaction` as well."""
        return self._media

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; durable when the block is left."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # --- collected files ------------------------------------------------------

    def add_file(self, row: InboxRow, *, collected_at: str, actor: str) -> None:
        """Enter a collected file; call within :meth:`transaction`."""
        self._db.execute(
            "INSERT INTO inbox VALUES (?, ?, ?, ?, ?, ?, NULL)",
            (row.file, row.kind, row.records, json.dumps(row.events), collected_at, actor),
        )

    def add_records(self, file: str, kind: str, records: Iterable[str]) -> None:
        """Enter the record ids of *file*; a record collected before keeps its first entry."""
        self._db.executemany(
            "INSERT OR IGNORE INTO records VALUES (?, ?, ?, NULL, NULL)",
            ((kind, record, file) for record in records),
        )

    def has_file(self, file: str) -> bool:
        """Tell whether *file* was collected before."""
        return self._one("SELECT 1 FROM inbox WHERE file = ?", file) is not None

    def waiting_files(self) -> list[InboxRow]:
        """Return collected files that no bundle carries yet, oldest first."""
        rows = self._db.execute(
            "SELECT file, kind, records, events FROM inbox"
            " WHERE bundle IS NULL ORDER BY kind, collected_at, file"
        )
        return [
            InboxRow(file, kind, count, json.loads(events)) for file, kind, count, events in rows
        ]

    def delivered_files(self) -> list[tuple[str, str]]:
        """Return ``(bundle, file)`` for the collected files whose bundle has its receipt."""
        rows = self._db.execute(
            "SELECT inbox.bundle, file FROM inbox JOIN bundles USING (bundle) WHERE state = ?",
            (BundleState.DELIVERED,),
        )
        return rows.fetchall()

    # --- bundles ----------------------------------------------------------------

    def add_bundle(self, row: BundleRow) -> None:
        """Enter a bundle; call within :meth:`transaction`."""
        self._db.execute(
            "INSERT INTO bundles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                row.bundle, row.direction, row.sender, row.receiver, row.seq, row.sums_sha256,
                row.created, row.state, row.records, json.dumps(row.summary), row.salt,
            ),
        )  # fmt: skip

    def seal_files(self, bundle: str, files: Iterable[str]) -> None:
        """Note which bundle carries *files*."""
        self._db.executemany(
            "UPDATE inbox SET bundle = ? WHERE file = ?", ((bundle, file) for file in files)
        )

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

    def bundles_in(self, state: BundleState) -> list[BundleRow]:
        """Return the outgoing bundles in *state*, oldest first."""
        return list(self._bundles("WHERE state = ? AND direction = 'out' ORDER BY seq", state))

    def last_of_route(self, sender: str, receiver: str) -> tuple[int, str, int]:
        """Return number, SHA-256 of SHA256SUMS and records of a route's newest bundle."""
        row = self._one(
            "SELECT seq, sums_sha256, records FROM bundles"
            " WHERE sender = ? AND receiver = ? ORDER BY seq DESC LIMIT 1",
            sender,
            receiver,
        )
        return row or (0, FIRST_PREV, 0)

    def taken_from(self, sender: str, receiver: str) -> frozenset[str]:
        """Return the SHA-256 of SHA256SUMS of every bundle taken on a route."""
        rows = self._db.execute(
            "SELECT sums_sha256 FROM bundles WHERE sender = ? AND receiver = ?", (sender, receiver)
        )
        return frozenset(sums for (sums,) in rows)

    # --- outcomes and receipts ----------------------------------------------------

    def close_records(
        self, bundle: str, outcomes: Iterable[tuple[str, str, str, str | None]]
    ) -> None:
        """Enter outcomes ``(kind, record, result, reason)`` of records that *bundle* carried.

        A receipt has no say about records of another bundle, and ``applied`` is never
        taken back.
        """
        self._db.executemany(
            "UPDATE records SET result = ?, reason = ? WHERE kind = ? AND record = ?"
            " AND file IN (SELECT file FROM inbox WHERE bundle = ?) AND result IS NOT 'applied'",
            ((result, reason, kind, record, bundle) for kind, record, result, reason in outcomes),
        )

    def outcome_counts(self, bundle: str | None = None) -> dict[str, int]:
        """Return how many own records had each result; ``open`` where no receipt is in yet."""
        where = "" if bundle is None else "WHERE inbox.bundle = ?"
        rows = self._db.execute(
            "SELECT coalesce(result, 'open'), count(*) FROM records JOIN inbox USING (file) "  # noqa: S608 - fixed texts
            f"{where} GROUP BY 1 ORDER BY 1",
            () if bundle is None else (bundle,),
        )
        return dict(rows)

    def records_of(self, bundle: str) -> Iterator[tuple[str, str, str | None, str | None]]:
        """Yield ``(kind, record, result, reason)`` for the own records in *bundle*."""
        yield from self._db.execute(
            "SELECT records.kind, record, result, reason FROM records JOIN inbox USING (file)"
            " WHERE inbox.bundle = ? ORDER BY records.kind, record",
            (bundle,),
        )

    def add_receipt(self, receipt: DueReceipt, *, sender: str) -> None:
        """Enter a receipt that is now due to *sender*."""
        self._db.execute(
            "INSERT INTO receipts VALUES (?, ?, ?, ?, ?, NULL)",
            (receipt.receipt, receipt.bundle, sender, receipt.seq, receipt.lines),
        )

    def due_receipts(self, sender: str) -> list[DueReceipt]:
        """Return the receipts due to *sender*, oldest first."""
        rows = self._db.execute(
            "SELECT receipt, bundle, seq, lines FROM receipts"
            " WHERE sender = ? AND carried_by IS NULL ORDER BY seq",
            (sender,),
        )
        return [DueReceipt(*row) for row in rows]

    def carry_receipts(self, bundle: str, receipts: Iterable[str]) -> None:
        """Note that *bundle* carries *receipts*."""
        self._db.executemany(
            "UPDATE receipts SET carried_by = ? WHERE receipt = ?",
            ((bundle, receipt) for receipt in receipts),
        )

    # --- small numbers ------------------------------------------------------------

    def fact(self, name: str) -> int:
        """Return the number kept under *name*, 0 when there is none."""
        row = self._one("SELECT value FROM facts WHERE name = ?", name)
        return int(row[0]) if row else 0

    def set_fact(self, name: str, value: int) -> None:
        """Keep *value* under *name*."""
        self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def _one(self, query: str, *values: object) -> Any:
        return self._db.execute(query, values).fetchone()

    def _bundles(self, where: str, *values: object) -> Iterator[BundleRow]:
        query = f"SELECT {', '.join(_BUNDLE_COLUMNS)} FROM bundles {where}"  # noqa: S608 - only texts of this module
        for row in self._db.execute(query, values):
            named: dict[str, Any] = dict(zip(_BUNDLE_COLUMNS, row, strict=True))
            named["state"] = BundleState(named["state"])
            named["summary"] = json.loads(named["summary"])
            yield BundleRow(**named)

    def _migrate(self) -> None:
        (version,) = self._one("PRAGMA user_version")
        if not 0 <= version <= _VERSION:
            raise StationError(
                detail=text(
                    "the books have version {version}; this program reads {wanted}",
                    version=version,
                    wanted=_VERSION,
                )
            )
        missing = "".join(_STEPS[version:])
        if missing:
            self._db.executescript(
                f"BEGIN IMMEDIATE; {missing} PRAGMA user_version = {_VERSION}; COMMIT;"
            )
