"""The register of media: who they are, how well they are, where they are, what is on them.

Its tables stand in the station's books, so that a change of a journey and of the medium
that carries it are one transaction, which the caller opens. ``medium`` is always the
medium's number.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, Final

from mediabridge.config import SLOW_FROM_BYTES
from mediabridge.media.trips import (
    Carriage,
    CarriageState,
    Health,
    MediumRow,
    ServiceState,
    Trip,
    health,
)

__all__ = [
    "SCHEMA",
    "Carriage",
    "CarriageState",
    "Health",
    "MediaRegister",
    "MediumRow",
    "ServiceState",
    "Trip",
    "health",
]

SCHEMA: Final = """
CREATE TABLE media (
    medium TEXT PRIMARY KEY,
    device_sha256 TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('in-service', 'lost', 'retired')),
    state_at TEXT NOT NULL,
    registered_at TEXT NOT NULL,
    registered_by TEXT NOT NULL,
    medium_sha256 TEXT NOT NULL,
    -- NULL from here on where only the other station registered it and knows.
    capacity INTEGER, label TEXT, vendor_id TEXT, product_id TEXT, vendor TEXT, product TEXT,
    serial TEXT, filesystem TEXT, filesystem_uuid TEXT,
    directions TEXT NOT NULL,           -- JSON: pairs of stations
    write_speed INTEGER, read_speed INTEGER,
    bytes_written INTEGER NOT NULL, writes INTEGER NOT NULL,
    last_write_speed INTEGER, last_read_speed INTEGER,
    io_errors INTEGER NOT NULL, mismatches INTEGER NOT NULL,
    pulled_out INTEGER NOT NULL, repairs INTEGER NOT NULL
) STRICT;
CREATE INDEX media_of_device ON media (device_sha256);
CREATE TABLE former_media (             -- devices that bore a number which another one took over
    device_sha256 TEXT NOT NULL,
    medium TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('lost', 'retired')),
    state_at TEXT NOT NULL,
    PRIMARY KEY (device_sha256, medium)
) STRICT;
CREATE TABLE trips (
    medium TEXT NOT NULL,
    route_from TEXT NOT NULL,
    route_to TEXT NOT NULL,
    trip INTEGER NOT NULL,              -- 0: arrived before its issue was known here
    holder TEXT, issued_at TEXT, planned_minutes INTEGER, handed_over_at TEXT,
    arrived_at TEXT, arrived_at_station TEXT, returned_at TEXT,
    bundles TEXT NOT NULL,              -- JSON
    PRIMARY KEY (medium, route_from, trip)
) STRICT;
CREATE TABLE carriages (
    bundle TEXT NOT NULL,
    medium TEXT NOT NULL,               -- '' for a folder that is no medium
    state TEXT NOT NULL CHECK (state IN ('writing', 'written', 'failed', 'erased')),
    started_at TEXT NOT NULL, finished_at TEXT, reason TEXT,
    PRIMARY KEY (bundle, medium)
) STRICT, WITHOUT ROWID;
"""
"""The tables, as the books create them."""

MENDED: Final = "ALTER TABLE media ADD COLUMN mended INTEGER NOT NULL DEFAULT 0;"
"""How many bundles came damaged from a medium and were mended."""

YEARS: Final = """
CREATE INDEX trips_open ON trips (medium, issued_at) WHERE returned_at IS NULL;
CREATE INDEX carriages_on ON carriages (medium, state);
"""
"""What a medium is on now is found among all its trips and copies."""

_MEDIA: Final = tuple(field.name for field in fields(MediumRow))
_TRIPS: Final = tuple(field.name for field in fields(Trip))
_NEWEST_TRIP: Final = "ORDER BY coalesce(issued_at, arrived_at) DESC, trip DESC"
_FAILURES: Final = {
    "IO_ERROR": "io_errors",
    "READ_BACK_MISMATCH": "mismatches",
    "PULLED_OUT": "pulled_out",
}


class MediaRegister:
    """The register of one station; changes belong within a transaction of its books."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Work on the tables of :data:`SCHEMA` over *connection*."""
        self._db = connection

    # --- who they are -----------------------------------------------------------

    def put(self, row: MediumRow) -> None:
        """Enter *row* in place of any earlier one of its number, whose device is remembered."""
        known = self.row(row.medium)
        if known is not None and known.device_sha256 != row.device_sha256:
            was_lost = known.state is ServiceState.LOST
            self.put_former(
                known.device_sha256,
                known.medium,
                ServiceState.LOST if was_lost else ServiceState.RETIRED,
                known.state_at if was_lost else row.registered_at,
            )
        self._db.execute(
            "DELETE FROM former_media WHERE device_sha256 = ? AND medium = ?",
            (row.device_sha256, row.medium),
        )
        values = {**asdict(row), "directions": json.dumps(row.directions)}
        self._insert("media", _MEDIA, values)

    def put_former(self, device_sha256: str, medium: str, state: ServiceState, at: str) -> None:
        """Remember that a device bore a number which another one bears now."""
        self._db.execute(
            "INSERT OR REPLACE INTO former_media VALUES (?, ?, ?, ?)",
            (device_sha256, medium, state, at),
        )

    def row(self, medium: str) -> MediumRow | None:
        """Return the medium of this number, or None."""
        return next(self._media("WHERE medium = ?", medium), None)

    def by_device(self, device_sha256: str) -> MediumRow | None:
        """Return the medium that is this device; one in service first, then the newest.

        A device whose number another one took over is returned as lost or retired.
        """
        order = "ORDER BY state = 'in-service' DESC, registered_at DESC"
        row = next(self._media(f"WHERE device_sha256 = ? {order}", device_sha256), None)
        if row is not None:
            return row
        former = self._db.execute(
            "SELECT medium, state, state_at FROM former_media WHERE device_sha256 = ?"
            " ORDER BY state = 'lost' DESC",
            (device_sha256,),
        ).fetchone()
        if former is None:
            return None
        medium, state, at = former
        listed = ServiceState.of(state)
        return MediumRow(medium, device_sha256, listed, at, registered_at="", registered_by="")

    def all(self) -> list[MediumRow]:
        """Return every medium, by number."""
        return list(self._media("ORDER BY medium"))

    def with_trips(self) -> Iterator[tuple[MediumRow, list[Trip]]]:
        """Yield every medium, by number, with its trips, newest first: what a ledger is made of."""
        for row in self.all():
            yield row, self.trips(row.medium)

    def is_empty(self) -> bool:
        """Tell whether nobody has registered a medium yet, here or at the other station."""
        return self._db.execute("SELECT 1 FROM media LIMIT 1").fetchone() is None

    def set_state(self, medium: str, state: ServiceState, at: str) -> None:
        """Move a medium to *state*."""
        self._db.execute(
            "UPDATE media SET state = ?, state_at = ? WHERE medium = ?", (state, at, medium)
        )

    # --- how well they are --------------------------------------------------------

    def note_written(self, medium: str, bytes_: int, speed: float) -> None:
        """Count *bytes_* written at *speed* bytes per second; a small copy measures no speed."""
        measured = int(speed) if bytes_ >= SLOW_FROM_BYTES else None
        self._db.execute(
            "UPDATE media SET bytes_written = bytes_written + ?, writes = writes + 1,"
            " last_write_speed = coalesce(?, last_write_speed) WHERE medium = ?",
            (bytes_, measured, medium),
        )

    def note_read(self, medium: str, speed: float) -> None:
        """Note how fast the medium was read, in bytes per second."""
        self._db.execute(
            "UPDATE media SET last_read_speed = ? WHERE medium = ?", (int(speed), medium)
        )

    def note_failed(self, medium: str, reason: str) -> None:
        """Count a failure, when *reason* is one that says something about the medium."""
        column = _FAILURES.get(reason)
        if column is not None:
            self._db.execute(
                f"UPDATE media SET {column} = {column} + 1 WHERE medium = ?",  # noqa: S608 - fixed texts
                (medium,),
            )

    def note_mended(self, medium: str) -> None:
        """Count that a bundle came damaged from the medium and was mended by its parity."""
        self._db.execute("UPDATE media SET mended = mended + 1 WHERE medium = ?", (medium,))

    def note_repair(self, medium: str) -> None:
        """Count that something unfinished had to be put right on the medium."""
        self._db.execute("UPDATE media SET repairs = repairs + 1 WHERE medium = ?", (medium,))

    # --- where they are -----------------------------------------------------------

    def put_trip(self, trip: Trip) -> None:
        """Enter *trip*, in place of what was known of it."""
        values = {**asdict(trip), "bundles": json.dumps(trip.bundles)}
        self._insert("trips", _TRIPS, values)

    def drop_trip(self, trip: Trip) -> None:
        """Forget *trip*; for one that is known by its right number now."""
        self._db.execute(
            "DELETE FROM trips WHERE medium = ? AND route_from = ? AND trip = ?",
            (trip.medium, trip.route_from, trip.trip),
        )

    def trip(self, medium: str, route_from: str, number: int) -> Trip | None:
        """Return one trip, or None."""
        where = "WHERE medium = ? AND route_from = ? AND trip = ?"
        return next(self._trips(where, medium, route_from, number), None)

    def open_trip(self, medium: str, route_from: str | None = None) -> Trip | None:
        """Return the newest trip of the medium that is not over, or None.

        With *route_from* it is the newest of those that began there.
        """
        where = "WHERE medium = ? AND returned_at IS NULL AND route_from = coalesce(?, route_from)"
        return next(self._trips(f"{where} {_NEWEST_TRIP} LIMIT 1", medium, route_from), None)

    def trips(self, medium: str) -> list[Trip]:
        """Return the trips of the medium, newest first."""
        return list(self._trips(f"WHERE medium = ? {_NEWEST_TRIP}", medium))

    def newest_step(self, medium: str) -> str:
        """Return when the newest step of any trip of the medium was; an empty text for never."""
        (newest,) = self._db.execute(
            "SELECT max(max(coalesce(issued_at, ''), coalesce(arrived_at, ''),"
            " coalesce(returned_at, ''))) FROM trips WHERE medium = ?",
            (medium,),
        ).fetchone()
        return newest or ""

    def open_trips(self) -> list[Trip]:
        """Return the trips that are not over, oldest first: what may be in somebody's pocket."""
        return list(self._trips("WHERE returned_at IS NULL ORDER BY issued_at"))

    def overdue(self, now: datetime) -> list[Trip]:
        """Return the trips that should be over, of media that are in service."""
        where = "JOIN media USING (medium) WHERE returned_at IS NULL AND state = 'in-service'"
        return [trip for trip in self._trips(f"{where} ORDER BY issued_at") if trip.is_overdue(now)]

    def next_trip(self, medium: str, route_from: str) -> int:
        """Return the number of the next trip of the medium that begins at *route_from*."""
        (last,) = self._db.execute(
            "SELECT coalesce(max(trip), 0) FROM trips WHERE medium = ? AND route_from = ?",
            (medium, route_from),
        ).fetchone()
        return int(last) + 1

    def bind_bundle(self, medium: str, bundle: str) -> None:
        """Note that the trip the medium is on carries *bundle*; nothing without a trip."""
        trip = self.open_trip(medium)
        if trip is not None and bundle not in trip.bundles:
            self._db.execute(
                "UPDATE trips SET bundles = ? WHERE medium = ? AND route_from = ? AND trip = ?",
                (json.dumps([*trip.bundles, bundle]), medium, trip.route_from, trip.trip),
            )

    # --- what is on them ------------------------------------------------------------

    def begin_carriage(self, bundle: str, medium: str, at: str) -> None:
        """Note that copying *bundle* to the medium begins."""
        self._db.execute(
            "INSERT OR REPLACE INTO carriages VALUES (?, ?, ?, ?, NULL, NULL)",
            (bundle, medium, CarriageState.WRITING, at),
        )

    def finish_carriage(self, bundle: str, medium: str, at: str) -> None:
        """Note that the copy was read back."""
        self._end_carriage(bundle, medium, CarriageState.WRITTEN, at, None)

    def fail_carriage(self, bundle: str, medium: str, at: str, reason: str) -> None:
        """Note that the copy did not get whole."""
        self._end_carriage(bundle, medium, CarriageState.FAILED, at, reason)

    def erase_carriage(self, bundle: str, medium: str, at: str) -> None:
        """Note that the copy was overwritten and deleted."""
        self._end_carriage(bundle, medium, CarriageState.ERASED, at, None)

    def carriages(
        self,
        *,
        bundle: str | None = None,
        medium: str | None = None,
        state: CarriageState | None = None,
    ) -> list[Carriage]:
        """Return the copies that fit what is given, oldest first."""
        wanted = {"bundle": bundle, "medium": medium, "state": state}
        given = {name: value for name, value in wanted.items() if value is not None}
        where = " AND ".join(f"{name} = ?" for name in given) or "1"
        rows = self._db.execute(
            "SELECT bundle, medium, state, started_at, finished_at, reason FROM carriages"  # noqa: S608 - fixed texts
            f" WHERE {where} ORDER BY started_at, bundle",
            tuple(given.values()),
        )
        return [
            Carriage(name, number, CarriageState.of(state_then), *rest)
            for name, number, state_then, *rest in rows
        ]

    def not_erased(self, medium: str) -> list[Carriage]:
        """Return the copies that the medium holds, whole or not, oldest first."""
        states = (state for state in CarriageState if state is not CarriageState.ERASED)
        found = [each for state in states for each in self.carriages(medium=medium, state=state)]
        return sorted(found, key=lambda each: (each.started_at, each.bundle))

    def _end_carriage(
        self, bundle: str, medium: str, state: CarriageState, at: str, reason: str | None
    ) -> None:
        self._db.execute(
            "UPDATE carriages SET state = ?, finished_at = ?, reason = ?"
            " WHERE bundle = ? AND medium = ?",
            (state, at, reason, bundle, medium),
        )

    def _insert(self, table: str, columns: tuple[str, ...], values: dict[str, Any]) -> None:
        places = ", ".join("?" for _ in columns)
        self._db.execute(
            f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) VALUES ({places})",  # noqa: S608 - fixed texts
            tuple(values[name] for name in columns),
        )

    def _media(self, where: str, *values: object) -> Iterator[MediumRow]:
        query = f"SELECT {', '.join(_MEDIA)} FROM media {where}"  # noqa: S608 - only texts of this module
        for row in self._db.execute(query, values).fetchall():
            named: dict[str, Any] = dict(zip(_MEDIA, row, strict=True))
            named["state"] = ServiceState.of(named["state"])
            named["directions"] = tuple((a, b) for a, b in json.loads(named["directions"]))
            yield MediumRow(**named)

    def _trips(self, where: str, *values: object) -> Iterator[Trip]:
        columns = ", ".join(f"trips.{name}" for name in _TRIPS)
        query = f"SELECT {columns} FROM trips {where}"  # noqa: S608 - only texts of this module
        for row in self._db.execute(query, values).fetchall():
            named: dict[str, Any] = dict(zip(_TRIPS, row, strict=True))
            yield Trip(**{**named, "bundles": tuple(json.loads(named["bundles"]))})
