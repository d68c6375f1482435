"""The tables of the SQLite registry, and how its file is opened (ADR 0003)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from mediabridge import errors, locale

VERSION: Final = 1
"""``user_version`` of the file; a migration raises it by one."""

_BUSY_SECONDS: Final = 30

_PRAGMAS: Final = """
    -- One file at rest, so that a plain copy of it is a complete backup; WAL leaves two more.
    PRAGMA journal_mode = DELETE;
    -- FULL syncs the file but not the folder the journal vanishes from: after a power
    -- cut a bundle with a receipt could be gone again. EXTRA syncs that too.
    PRAGMA synchronous = EXTRA;
    PRAGMA foreign_keys = ON;
    PRAGMA cell_size_check = ON;
    PRAGMA trusted_schema = OFF;
    -- 16 MiB: an import of any size stays within the 150 MiB that bench bundle promises.
    PRAGMA cache_size = -16384;
"""

_CARD: Final = "GLOB '[A-Z][A-Z][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][A-Z][A-Z]'"
_DATE: Final = "GLOB '[12][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'"
_MUNICIPALITY: Final = "GLOB '[0-9][0-9][0-9][0-9][0-9][0-9]'"

_SCHEMA: Final = f"""
    BEGIN IMMEDIATE;
    CREATE TABLE resident (
        id INTEGER PRIMARY KEY,
        state TEXT NOT NULL CHECK (state IN ('resident', 'moved_out', 'deleted')),
        card_number TEXT CHECK (card_number {_CARD}),
        art30_45_category TEXT NOT NULL CHECK (art30_45_category GLOB '[1-6]'),
        name_roman TEXT,
        name_kanji TEXT,
        birth_date TEXT NOT NULL CHECK (birth_date {_DATE}),
        sex TEXT NOT NULL CHECK (sex IN ('1', '2', '9')),
        nationality_region TEXT NOT NULL CHECK (nationality_region GLOB '[A-Z][A-Z][A-Z]'),
        status_of_residence TEXT CHECK (status_of_residence GLOB '[1-9][0-9][0-9]'),
        period_years TEXT CHECK (period_years GLOB '[0-5]' OR period_years = 'indefinite'),
        period_months INTEGER CHECK (period_months BETWEEN 0 AND 11),
        period_days INTEGER CHECK (period_days BETWEEN 0 AND 99),
        period_of_stay_expiration_date TEXT CHECK (period_of_stay_expiration_date {_DATE}),
        landing_period_until TEXT CHECK (landing_period_until {_DATE}),
        provisional_stay_until TEXT CHECK (provisional_stay_until {_DATE}),
        address TEXT,
        foreign_resident_since TEXT CHECK (foreign_resident_since {_DATE}),
        next_municipality_code TEXT CHECK (next_municipality_code {_MUNICIPALITY}),
        last_event_date TEXT CHECK (last_event_date {_DATE}),
        last_issued_at TEXT CHECK (last_issued_at GLOB '*T*+09:00'),
        last_sequence INTEGER,
        CHECK (name_roman IS NOT NULL OR name_kanji IS NOT NULL)
    ) STRICT;
    -- Someone who moves out and back in has two records with one card; one of them is in force.
    CREATE UNIQUE INDEX resident_card ON resident (card_number) WHERE state = 'resident';

    -- Every card a person ever had, the current one included.
    CREATE TABLE card (
        card_number TEXT NOT NULL,
        resident_id INTEGER NOT NULL REFERENCES resident (id),
        PRIMARY KEY (card_number, resident_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE note (
        record_id TEXT PRIMARY KEY,
        resident_id INTEGER NOT NULL REFERENCES resident (id),
        event_code TEXT NOT NULL,
        event_date TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE journal (
        number INTEGER PRIMARY KEY,
        bundle_id TEXT NOT NULL UNIQUE,
        sender TEXT NOT NULL,
        receiver TEXT NOT NULL,
        seq INTEGER NOT NULL,
        sums_sha256 TEXT NOT NULL,
        applied_at TEXT NOT NULL,
        decided_by TEXT NOT NULL,
        counts TEXT NOT NULL,
        UNIQUE (sender, seq)
    ) STRICT;

    CREATE TABLE outcome (
        journal_number INTEGER NOT NULL,
        position INTEGER NOT NULL,
        record_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        result TEXT NOT NULL,
        reason TEXT,
        next_municipality_code TEXT,
        content BLOB NOT NULL,
        PRIMARY KEY (journal_number, position)
    ) STRICT, WITHOUT ROWID;
    -- The first outcome of a record id stands; that makes a second delivery harmless.
    CREATE INDEX outcome_record ON outcome (record_id);

    CREATE TABLE held (
        journal_number INTEGER NOT NULL,
        position INTEGER NOT NULL,
        reason TEXT NOT NULL,
        notice TEXT NOT NULL,
        PRIMARY KEY (journal_number, position)
    ) STRICT, WITHOUT ROWID;
    PRAGMA user_version = {VERSION};
    COMMIT;
"""

TABLES: Final = ("resident", "card", "note", "journal", "outcome", "held")
"""Every table; each is ordered by its first columns."""


def connect(path: Path) -> sqlite3.Connection:
    """Open the registry at *path*, made if missing and readable by its owner only.

    Raises:
        RegistryError: it cannot be opened, is no database, or has another version.
    """
    try:
        path.touch(mode=0o600)
    except OSError as error:
        raise errors.RegistryError(detail=error.strerror) from error
    with translated():
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            connection.executescript(_PRAGMAS)
            _make_tables(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def _make_tables(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == 0:
        connection.executescript(_SCHEMA)
    elif version != VERSION:
        detail = locale.text("version {got}, should be {wanted}", got=version, wanted=VERSION)
        raise errors.RegistryError(detail=detail)


@contextmanager
def translated() -> Iterator[None]:
    """Turn what SQLite raises into RegistryError; its texts can quote data, its names cannot."""
    try:
        yield
    except sqlite3.ProgrammingError:
        # A mistake in our own code, such as a closed connection.
        raise
    except sqlite3.DatabaseError as error:
        raise errors.RegistryError(detail=error.sqlite_errorname) from error
