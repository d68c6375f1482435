"""A log in SQLite: entries, the Merkle nodes over them, and the checkpoints, append-only.

One database holds several logs, told apart by their origin: the station's own and
a mirror of each peer's. Triggers refuse every change and deletion, which stops
accidents; whoever can write the file can drop a trigger, and is found by
:meth:`StoredLog.check` and, at the latest, by the peer's mirror.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from mediabridge import errors, locale, sqlite
from mediabridge.clock import to_rfc3339
from mediabridge.translog import checking, events, merkle, tables
from mediabridge.translog.checkpoint import Checkpoint, origin_of, station_of
from mediabridge.translog.cosignature import Cosigned

_BATCH: Final = 256

LAST_SIZE: Final = 2**63 - 1
"""The largest number that a database holds: no log has more entries."""

BRANCH: Final = "#"
"""Between an origin and the number of a branch; stands in no origin."""


def _somebody_else(connection: sqlite3.Connection, owner: sqlite.Owner) -> str | None:
    """Return the origin of the log that shows the file to be another station's, if any does.

    A mirror never holds more entries than its newest checkpoint, so a log that does is its
    station's own; and a file with entries, but none of *owner*'s, is another's.
    """
    query = """
        SELECT origin, max(position) + 1 >
            (SELECT coalesce(max(size), 0) FROM checkpoint WHERE checkpoint.origin = entry.origin)
        FROM entry GROUP BY origin ORDER BY 2 DESC
    """
    own = origin_of(owner.city, owner.station)
    longer = dict(connection.execute(query).fetchall())
    others = [
        origin for origin in longer if origin != own and (longer[origin] or own not in longer)
    ]
    return others[0] if others else None


LOG: Final = sqlite.Store(
    application_id=int.from_bytes(b"mblg"),
    # The first version had no number; its tables may be there already.
    steps=(
        tables.SCHEMA + tables.TRIGGERS,
        sqlite.OWNED,
        tables.WITNESSING + tables.WITNESSING_TRIGGERS,
        tables.YEARS,
    ),
    refusals=sqlite.Refusals(
        locked=errors.LogLockedError,
        read_only=errors.LogReadOnlyError,
        full=errors.LogFullError,
        corrupt=errors.LogCorruptError,
        wrong_owner=errors.LogWrongOwnerError,
        foreign=errors.LogForeignError,
        newer=errors.LogNewerError,
        unavailable=errors.LogUnavailableError,
        constraint=errors.LogCorruptError,
    ),
    landmark="entry",
    somebody_else=_somebody_else,
    # With these, what REPLACE deletes passes the triggers on deletion as well.
    pragmas="PRAGMA recursive_triggers = ON;",
)
"""The transfer log of a station, and its mirrors of others'."""


@contextmanager
def connect(path: Path, owner: sqlite.Owner) -> Iterator[sqlite3.Connection]:
    """Open the log database of *owner* at *path*, made if missing.

    Raises:
        LogAlarmError: one of the refusals of :data:`LOG`.
    """
    with closing(sqlite.connect(path, LOG, owner)) as connection:
        # Triggers that somebody has dropped come back.
        connection.executescript(tables.ALL_TRIGGERS)
        yield connection


@contextmanager
def look(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a log database, whose ever it is, to read it only; for audits.

    Raises:
        LogAlarmError: one of the refusals of :data:`LOG`.
    """
    with closing(sqlite.look(path, LOG)) as connection:
        yield connection


def origins(connection: sqlite3.Connection) -> list[str]:
    """Return of whose logs there is anything, by name; a branch is its log's, not its own."""
    # The mark of a branch stands in no origin.
    return [origin for origin in _origins(connection) if BRANCH not in origin]


def _origins(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield what the rows of each log stand under; DISTINCT would go through all entries."""
    last: str | None = ""
    query = "SELECT min(origin) FROM entry WHERE origin > ?"
    while (last := connection.execute(query, (last,)).fetchone()[0]) is not None:
        yield last


@dataclass(frozen=True)
class Entries:
    """The entries *start* to *end* - 1 of a log; read anew each time it is iterated."""

    connection: sqlite3.Connection
    origin: str
    start: int
    end: int

    def __iter__(self) -> Iterator[bytes]:
        """Yield each entry's bytes; no lock is held between batches.

        Raises:
            LogCorruptError: an entry is missing.
        """
        for first in range(self.start, self.end, _BATCH):
            end = min(first + _BATCH, self.end)
            query = (
                "SELECT position, bytes FROM entry"
                " WHERE origin = ? AND position >= ? AND position < ? ORDER BY position"
            )
            rows = self.connection.execute(query, (self.origin, first, end)).fetchall()
            for wanted, (position, data) in enumerate(rows, first):
                if position != wanted:
                    detail = locale.text(
                        "entry {got} found, should be {wanted}", got=position, wanted=wanted
                    )
                    raise errors.LogCorruptError(detail=detail)
                yield data
            if len(rows) != end - first:
                detail = locale.text(
                    "the entries end at {got}, should end at {wanted}",
                    got=first + len(rows),
                    wanted=end,
                )
                raise errors.LogCorruptError(detail=detail)


class Promise(NamedTuple):
    """A signed note about a log, as it was kept."""

    size: int
    """Entries that it is about."""
    witness: str
    """Who added a line; empty where only the log signed."""
    note: bytes


class Seen(NamedTuple):
    """How far a witness has seen a log."""

    size: int
    """Entries."""
    time: str
    """When, RFC 3339 in UTC, by the witness' own clock: a hint."""
    note: bytes
    """The evidence: the log's checkpoint with the line of the witness."""


class StoredLog:
    """What a station's own log and a mirror of a peer's log have in common."""

    def __init__(self, connection: sqlite3.Connection, origin: str) -> None:
        """Use the log called *origin* in an open database; it may be empty.

        Raises:
            ValueError: *origin* is not of the form ``<city domain>/log/<station>``.
        """
        self.origin = origin
        self.station = station_of(origin)
        self._connection = connection
        self._key = self._key_in_use()

    def _key_in_use(self) -> str:
        """Return under what the rows stand: the origin, but for a branch of a mirror."""
        return self.origin

    def size(self) -> int:
        """Return the number of entries."""
        query = "SELECT coalesce(max(position) + 1, 0) FROM entry WHERE origin = ?"
        return int(self.rows(query)[0][0])

    def frontier(self, size: int | None = None) -> merkle.Frontier:
        """Return the frontier of the first *size* entries, or of all.

        Raises:
            LogCorruptError: a node is missing.
        """
        return merkle.frontier_at(self._within(size), self.node)

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the first *size* entries, or of all."""
        return self.frontier(size).root()

    def node(self, level: int, position: int) -> bytes:
        """Return the hash of a full subtree: the :data:`merkle.NodeReader` of this log.

        Raises:
            LogCorruptError: there is none.
        """
        query = "SELECT digest FROM node WHERE origin = ? AND level = ? AND position = ?"
        rows = self.rows(query, level, position)
        if not rows or len(rows[0][0]) != merkle.HASH_BYTES:
            detail = locale.text(
                "no node at level {level}, position {position}", level=level, position=position
            )
            raise errors.LogCorruptError(detail=detail)
        return bytes(rows[0][0])

    def leaf_hash(self, index: int) -> bytes:
        """Return the leaf hash of entry *index*."""
        return self.node(0, index)

    def hashes(self, level: int, start: int, end: int) -> list[bytes]:
        """Return the hashes *start* to *end* - 1 of a level, as they are stored.

        Raises:
            LogCorruptError: one is missing.
        """
        query = (
            "SELECT digest FROM node WHERE origin = ? AND level = ?"
            " AND position >= ? AND position < ? ORDER BY position"
        )
        found = [digest for (digest,) in self.rows(query, level, start, end)]
        if len(found) != end - start or {*map(len, found)} - {merkle.HASH_BYTES}:
            detail = locale.text(
                "nodes at level {level} from position {start} on: {got}, should be {wanted}",
                level=level,
                start=start,
                got=len(found),
                wanted=end - start,
            )
            raise errors.LogCorruptError(detail=detail)
        return found

    def entries(self, start: int = 0, end: int | None = None) -> Entries:
        """Return the entries *start* to *end* - 1, or to the last one.

        Raises:
            ValueError: the range is not inside the log.
        """
        end = self._within(end)
        if not 0 <= start <= end:
            msg = f"entries {start} to {end} are not inside the log"
            raise ValueError(msg)
        return Entries(self._connection, self._key, start, end)

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the proof that entry *index* is among the first *size* entries, or among all."""
        return merkle.inclusion_proof(index, self._within(size), self.node)

    def consistency_proof(self, old: int, new: int | None = None) -> list[bytes]:
        """Return the proof that the first *old* entries are unchanged at size *new*, or now."""
        return merkle.consistency_proof(old, self._within(new), self.node)

    def newest_of(self, event: events.Event, *, bundle: str | None = None) -> bytes | None:
        """Return the newest entry about *event*, or None; the database looks, not the reader.

        With *bundle* it is the newest one about that bundle.
        """
        about = "" if bundle is None else f"AND {tables.BUNDLE} = ?"
        query = (
            f"SELECT bytes FROM entry WHERE origin = ? AND {tables.EVENT} = ? {about}"  # noqa: S608 - fixed texts
            " ORDER BY position DESC LIMIT 1"
        )
        rows = self.rows(query, *(each.encode("ascii") for each in (event, bundle) if each))
        return rows[0][0] if rows else None

    def newest_position(self, event: events.Event) -> int | None:
        """Return where in the log the newest entry about *event* stands, from 0, or None.

        What came before what is asked so, not by times: they have seconds, and clocks are set.
        """
        query = f"SELECT max(position) FROM entry WHERE origin = ? AND {tables.EVENT} = ?"  # noqa: S608 - fixed texts
        position: int | None = self.rows(query, event.encode("ascii"))[0][0]
        return position

    def all_of(self, event: events.Event) -> Iterator[bytes]:
        """Yield the entries about *event*, oldest first, as above; one after the other."""
        query = f"SELECT bytes FROM entry WHERE origin = ? AND {tables.EVENT} = ? ORDER BY position"  # noqa: S608 - fixed texts
        for (data,) in self._connection.execute(query, (self._key, event.encode("ascii"))):
            yield data

    def about(self, bundle: str, end: int) -> list[bytes]:
        """Return those of the first *end* entries that are about *bundle*, oldest first."""
        query = (
            f"SELECT bytes FROM entry WHERE origin = ? AND {tables.BUNDLE} = ?"  # noqa: S608 - fixed texts
            " AND position < ? ORDER BY position"
        )
        return [data for (data,) in self.rows(query, bundle.encode("ascii"), end)]

    def newest_where(
        self, condition: str, values: Sequence[bytes], start: int = 0, *, index: str = ""
    ) -> Iterator[tuple[int, bytes]]:
        """Yield number and bytes of the entries of which *condition* is true, newest first.

        *condition* is SQL of this package with *values* for its parameters; *start* is the first
        entry that counts; *index* is the one by which they are found. No lock is held between
        batches, and an entry that comes meanwhile is not among them.
        """
        # Left alone, the database may go through all entries in their order instead.
        found_by = f"INDEXED BY {index}" if index else ""
        query = (
            f"SELECT position, bytes FROM entry {found_by} WHERE origin = ? AND ({condition})"  # noqa: S608 - fixed texts
            " AND position >= ? AND position < ? ORDER BY position DESC LIMIT ?"
        )
        end = self.size()
        while rows := self.rows(query, *values, start, end, _BATCH):
            yield from rows
            end = rows[-1][0] if len(rows) == _BATCH else start

    def bundles_where(self, condition: str, values: Sequence[bytes]) -> Iterator[bytes]:
        """Yield, each once, the bundles that entries are about of which *condition* is true."""
        query = (
            f"SELECT DISTINCT {tables.BUNDLE} FROM entry"  # noqa: S608 - as above
            f" WHERE origin = ? AND {condition}"
        )
        for (bundle,) in self._connection.execute(query, (self._key, *values)):
            yield bundle

    def collected(self, file: str, end: int) -> bytes | None:
        """Return the newest of the first *end* entries on collecting *file*, its SHA-256."""
        query = (
            f"SELECT bytes FROM entry WHERE origin = ? AND {tables.EVENT} = ?"  # noqa: S608 - fixed texts
            " AND position < ? AND instr(bytes, ?) ORDER BY position DESC LIMIT 1"
        )
        event, fact = events.Event.FILE_COLLECTED, f'"file_sha256":"{file}"'
        rows = self.rows(query, event.encode("ascii"), end, fact.encode("ascii"))
        return rows[0][0] if rows else None

    def newest_checkpoint(self) -> bytes | None:
        """Return the signed note kept for this log at its largest size, or None."""
        query = (
            "SELECT note FROM checkpoint WHERE origin = ? ORDER BY size DESC, rowid DESC LIMIT 1"
        )
        rows = self.rows(query)
        return rows[0][0] if rows else None

    def promises(self) -> Iterator[Promise]:
        """Yield every signed note kept for this log, smallest size first.

        Those with the line of a witness come behind the one that only the log signed.
        """
        query = """
            SELECT size, witness, note FROM (
                SELECT size, '' AS witness, note, rowid AS at FROM checkpoint WHERE origin = ?
                UNION ALL SELECT size, witness, note, rowid FROM cosigned WHERE origin = ?
            ) ORDER BY size, witness, at
        """
        yield from map(Promise._make, self._connection.execute(query, (self._key, self._key)))

    def newest_cosigned(self, witness: str, most: int = LAST_SIZE) -> Seen | None:
        """Return what *witness* has seen of this log at its largest, as it was kept, or None.

        What it has seen of more than *most* entries is passed over.
        """
        query = (
            "SELECT size, time, note FROM cosigned WHERE origin = ? AND witness = ?"
            " AND size <= ? ORDER BY size DESC, rowid DESC LIMIT 1"
        )
        rows = self.rows(query, witness, most)
        return Seen(*rows[0]) if rows else None

    def checkpoints(self, size: int) -> list[bytes]:
        """Return the signed notes kept for this log at this *size*."""
        query = "SELECT note FROM checkpoint WHERE origin = ? AND size = ?"
        return [note for (note,) in self.rows(query, size)]

    def check(self, known: Checkpoint | None = None) -> None:
        """Derive every node and every promised root again from the entries.

        With *known*, a checkpoint that was kept elsewhere and whose signature was verified, only
        what is behind that is looked at.

        Raises:
            LogCorruptError: with got and wanted of the first difference.
        """
        with sqlite.transaction(self._connection, "BEGIN"):
            checking.check(self, known)

    def check_kept(self, kept: Checkpoint) -> None:
        """Check that the nodes lead to the root of a checkpoint that was kept elsewhere.

        Raises:
            LogCorruptError: they do not, or the log is shorter.
        """
        checking.check_kept(self, kept)

    def rows(self, query: str, /, *values: int | str | bytes) -> list[Any]:
        """Return all rows of *query*, whose first parameter is what the rows stand under."""
        return self._connection.execute(query, (self._key, *values)).fetchall()

    def _insert_entry(self, frontier: merkle.Frontier, entry: bytes) -> None:
        """Append *entry* and the nodes it completes; needs an open transaction."""
        row = (self._key, frontier.size, entry)
        self._connection.execute("INSERT INTO entry VALUES (?, ?, ?)", row)
        nodes = [(self._key, *node) for node in frontier.append(merkle.leaf_hash(entry))]
        self._connection.executemany("INSERT INTO node VALUES (?, ?, ?, ?)", nodes)

    def _insert_checkpoint(self, size: int, note: bytes) -> None:
        """Keep the signed *note* of *size* entries; needs an open transaction."""
        row = (self._key, size, note)
        self._connection.execute("INSERT OR IGNORE INTO checkpoint VALUES (?, ?, ?)", row)

    def _insert_cosigned(self, witness: str, cosigned: Cosigned) -> None:
        """Keep what *witness* has *cosigned*; needs an open transaction."""
        time = to_rfc3339(cosigned.time)
        row = (self._key, witness, cosigned.checkpoint.size, time, cosigned.note)
        self._connection.execute("INSERT OR IGNORE INTO cosigned VALUES (?, ?, ?, ?, ?)", row)

    def _within(self, size: int | None) -> int:
        now = self.size()
        if size is None:
            return now
        if not 0 <= size <= now:
            msg = f"size {size} is not inside a log of {now}"
            raise ValueError(msg)
        return size
