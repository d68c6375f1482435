"""What the exchange needs of a database, and the tables that it keeps there.

Two adapters know how to talk to one; the statements are the same for both, in the SQL that both
understand. All state of a hub is in these tables: processes come and go. Contents lie in rows, or
in a store of objects whose names, sizes and digests are here.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from mediabridge.hub.in_s3 import InS3

Row = tuple[Any, ...]


class Session(Protocol):
    """One transaction."""

    def rows(self, query: str, *values: Any) -> list[Row]:
        """Return the rows of *query*, with *values* in the place of its question marks."""

    def run(self, query: str, *values: Any) -> int:
        """Run a statement that changes something; return how many rows it was about."""

    @property
    def locking(self) -> str:
        """What a query ends with whose rows nobody else may change until the commit."""


class Database(Protocol):
    """A database, reached by any number of threads."""

    store: InS3 | None
    """Where contents lie that are not in rows; None where all of them are."""

    def transaction(self) -> AbstractContextManager[Session]:
        """Do all or nothing; on return it is on the database's disk.

        Raises:
            HubStoreError: the database cannot be used, or what the block raised; either way
                nothing was changed. A commit whose answer was lost may have happened; every
                statement of the exchange can be repeated.
        """

    def close(self) -> None:
        """Let go of what is open."""


_FIRST: Final = (
    """
    CREATE TABLE caller (
        city TEXT NOT NULL,
        station TEXT NOT NULL,
        seen_at TEXT NOT NULL,
        version TEXT NOT NULL,
        PRIMARY KEY (city, station)
    )""",
    """
    CREATE TABLE bundle (
        id {identity},
        city TEXT NOT NULL,
        bundle TEXT NOT NULL,
        sender TEXT NOT NULL,
        receiver TEXT NOT NULL,
        seq {integer} NOT NULL,
        sums_sha256 TEXT NOT NULL,
        digest TEXT NOT NULL,
        files TEXT NOT NULL,
        size {integer} NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('arriving', 'complete', 'taken', 'purged')),
        changed_at TEXT NOT NULL,
        stored_at TEXT,
        taken_at TEXT,
        UNIQUE (city, bundle),
        UNIQUE (city, sender, receiver, seq)
    )""",
    "CREATE INDEX bundle_waiting ON bundle (city, receiver, sender, seq) WHERE state = 'complete'",
    "CREATE INDEX bundle_held ON bundle (city, sender) WHERE state <> 'purged'",
    "CREATE INDEX bundle_kept ON bundle (state, changed_at)",
    """
    CREATE TABLE file (
        bundle_id {integer} NOT NULL REFERENCES bundle (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        size {integer} NOT NULL,
        received {integer} NOT NULL CHECK (received BETWEEN 0 AND size),
        PRIMARY KEY (bundle_id, name)
    )""",
    """
    CREATE TABLE chunk (
        bundle_id {integer} NOT NULL,
        name TEXT NOT NULL,
        start {integer} NOT NULL,
        data {bytes} NOT NULL,
        PRIMARY KEY (bundle_id, name, start),
        FOREIGN KEY (bundle_id, name) REFERENCES file (bundle_id, name) ON DELETE CASCADE
    )""",
    """
    CREATE TABLE route (
        city TEXT NOT NULL,
        sender TEXT NOT NULL,
        receiver TEXT NOT NULL,
        sent_at TEXT NOT NULL,
        taken_at TEXT,
        unanswered_since TEXT,
        PRIMARY KEY (city, sender, receiver)
    )""",
    "CREATE INDEX route_unanswered ON route (unanswered_since) WHERE unanswered_since IS NOT NULL",
    """
    CREATE TABLE usage (
        day TEXT NOT NULL,
        city TEXT NOT NULL,
        station TEXT NOT NULL,
        action TEXT NOT NULL,
        way TEXT NOT NULL,
        times {integer} NOT NULL,
        bytes {integer} NOT NULL,
        PRIMARY KEY (day, city, station, action, way)
    )""",
    """
    CREATE TABLE fault (
        id {identity},
        city TEXT NOT NULL,
        station TEXT NOT NULL,
        received_at TEXT NOT NULL,
        seen_at TEXT NOT NULL,
        program TEXT NOT NULL,
        system TEXT NOT NULL,
        python TEXT NOT NULL
    )""",
    "CREATE INDEX fault_day ON fault (received_at)",
    "CREATE INDEX fault_of ON fault (city, station, id)",
    """
    CREATE TABLE fault_code (
        fault_id {integer} NOT NULL REFERENCES fault (id) ON DELETE CASCADE,
        code TEXT NOT NULL,
        times {integer} NOT NULL,
        PRIMARY KEY (fault_id, code)
    )""",
)

_SECOND: Final = (
    # How often what had come was forgotten: what was seen of a content before holds no longer.
    "ALTER TABLE bundle ADD COLUMN anew {integer} NOT NULL DEFAULT 0",
    # Written before the object is, and gone after it: no object is without a row.
    """
    CREATE TABLE object (
        key TEXT PRIMARY KEY,
        city TEXT NOT NULL,
        sender TEXT NOT NULL,
        since TEXT NOT NULL,
        size {integer} NOT NULL CHECK (size > 0),
        sha256 TEXT NOT NULL,
        bundle_id {integer},
        name TEXT,
        start {integer},
        UNIQUE (bundle_id, name, start),
        FOREIGN KEY (bundle_id, name) REFERENCES file (bundle_id, name) ON DELETE SET NULL
    )""",
    "CREATE INDEX object_of_none ON object (since) WHERE bundle_id IS NULL",
    "CREATE INDEX object_counted ON object (city, sender) WHERE bundle_id IS NULL",
    """
    CREATE TABLE folder (
        one {integer} PRIMARY KEY CHECK (one = 1),
        name TEXT NOT NULL
    )""",
)

SCHEMA: Final = (_FIRST, _SECOND)
"""The steps of the tables; each adapter fills in its own words for the types."""
