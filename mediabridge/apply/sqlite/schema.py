"""The tables of the SQLite registry, and what is said when its file cannot be used."""

from __future__ import annotations

import sqlite3
from typing import Final

from mediabridge import errors, sqlite

_CARD: Final = "GLOB '[A-Z][A-Z][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][A-Z][A-Z]'"
_DATE: Final = "GLOB '[12][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'"
_MUNICIPALITY: Final = "GLOB '[0-9][0-9][0-9][0-9][0-9][0-9]'"

_SCHEMA: Final = f"""
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
"""

_DECISIONS: Final = """
    UPDATE outcome SET result = 'held' WHERE result = 'held_for_review';
    UPDATE journal SET counts = replace(counts, '"held_for_review"', '"held"');
    CREATE INDEX resident_birth ON resident (birth_date, nationality_region);

    -- A person's decision on a held record; a later one on the same record stands above it.
    CREATE TABLE decision (
        number INTEGER PRIMARY KEY,
        journal_number INTEGER NOT NULL,
        supplement INTEGER NOT NULL,
        position INTEGER NOT NULL,
        result TEXT NOT NULL,
        reason TEXT,
        next_municipality_code TEXT,
        decided_at TEXT NOT NULL,
        decided_by TEXT NOT NULL,
        seconded_by TEXT,
        UNIQUE (journal_number, supplement)
    ) STRICT;
    CREATE INDEX decision_record ON decision (journal_number, position, number);

    -- What a record changed: by the rules (supplement 0), or by a person's decision.
    CREATE TABLE history (
        journal_number INTEGER NOT NULL,
        position INTEGER NOT NULL,
        supplement INTEGER NOT NULL,
        resident_id INTEGER NOT NULL REFERENCES resident (id),
        event_code TEXT NOT NULL,
        operation TEXT NOT NULL,
        before TEXT NOT NULL,
        after TEXT NOT NULL,
        PRIMARY KEY (journal_number, position, supplement)
    ) STRICT, WITHOUT ROWID;
"""
"""One word for a held record; decisions of people, and what every record changed."""

_COUNTER: Final = """
    CREATE INDEX card_resident ON card (resident_id);

    -- By what a held notice is found: a card number, or a birth date and a nationality.
    CREATE TABLE held_sign (
        sign TEXT NOT NULL,
        journal_number INTEGER NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (sign, journal_number, position)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO held_sign SELECT DISTINCT sign, journal_number, position FROM (
        SELECT json_extract(notice, '$.card_number') AS sign, * FROM held
        UNION ALL SELECT json_extract(notice, '$.prior_card_number'), * FROM held
        UNION ALL SELECT json_extract(notice, '$.birth_date') || ' '
            || json_extract(notice, '$.nationality_region'), * FROM held
    ) WHERE sign IS NOT NULL;
"""
"""What is asked at the counter is found without looking through the register."""

_CHANGES: Final = """
    -- What the city's own system writes, in the transaction of the change itself. Nothing of a
    -- row is judged here: that transaction must not fail by our rules.
    CREATE TABLE municipal_change (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        written_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
        notice TEXT,                    -- JSON: the items of one notice of the city
        withdraws INTEGER               -- an earlier row that is not to be sent
    ) STRICT;
    CREATE INDEX municipal_change_withdraws ON municipal_change (withdraws)
        WHERE withdraws IS NOT NULL;

    -- What a station took at once, numbered by the station; its books know the number as well.
    CREATE TABLE municipal_batch (
        station TEXT NOT NULL,
        serial INTEGER NOT NULL,
        file TEXT,                      -- SHA-256 of the canonical CSV; NULL: nothing is sent
        taken_at TEXT NOT NULL,
        taken_by TEXT NOT NULL,
        PRIMARY KEY (station, serial)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE municipal_taken (
        number INTEGER PRIMARY KEY,
        station TEXT NOT NULL,
        serial INTEGER NOT NULL,
        fate TEXT NOT NULL CHECK (fate IN ('sent', 'echo', 'withdrawn'))
    ) STRICT;
    CREATE INDEX municipal_taken_batch ON municipal_taken (station, serial);
"""
"""The city's own changes, and which of them were taken; a row is taken once."""

_POPULATIONS: Final = f"""
    -- One decision may be about several records of a population, which share its supplement.
    CREATE TABLE decision_of_several (
        number INTEGER PRIMARY KEY,
        journal_number INTEGER NOT NULL,
        supplement INTEGER NOT NULL,
        position INTEGER NOT NULL,
        result TEXT NOT NULL,
        reason TEXT,
        next_municipality_code TEXT,
        decided_at TEXT NOT NULL,
        decided_by TEXT NOT NULL,
        seconded_by TEXT,
        UNIQUE (journal_number, supplement, position)
    ) STRICT;
    INSERT INTO decision_of_several SELECT * FROM decision;
    DROP TABLE decision;
    ALTER TABLE decision_of_several RENAME TO decision;
    CREATE INDEX decision_record ON decision (journal_number, position, number);

    -- An extract of everybody on record over there, and what was found by comparing it.
    CREATE TABLE population (
        journal_number INTEGER PRIMARY KEY,
        extract_id TEXT NOT NULL,
        as_of TEXT NOT NULL,
        found TEXT NOT NULL
    ) STRICT;

    -- Position is that of the entry in its bundle; whom no entry names, comes after the last.
    CREATE TABLE finding (
        journal_number INTEGER NOT NULL,
        position INTEGER NOT NULL,
        kind TEXT NOT NULL,
        reason TEXT NOT NULL,
        resident_id INTEGER REFERENCES resident (id),
        card_number TEXT CHECK (card_number {_CARD}),
        birth_date TEXT,
        nationality_region TEXT,
        entry TEXT,
        PRIMARY KEY (journal_number, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX finding_card ON finding (card_number);
"""  # noqa: S608 - our names
"""Populations, the findings of their comparison, and decisions on several of them at once."""

_NAMING: Final = """
    ALTER TABLE decision ADD COLUMN naming TEXT;
"""
"""How a kanji name was entered that is not all 正字: what for which character, and why."""

_YEARS: Final = """
    -- What nobody has decided on: few of all that was ever held or found.
    CREATE TABLE waiting (
        journal_number INTEGER NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (journal_number, position)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO waiting SELECT journal_number, position FROM (
        SELECT journal_number, position FROM held
        UNION SELECT journal_number, position FROM finding
    ) WHERE (journal_number, position) NOT IN (SELECT journal_number, position FROM decision);
    CREATE TRIGGER held_waits AFTER INSERT ON held BEGIN
        INSERT INTO waiting VALUES (NEW.journal_number, NEW.position);
    END;
    CREATE TRIGGER finding_waits AFTER INSERT ON finding BEGIN
        INSERT INTO waiting VALUES (NEW.journal_number, NEW.position);
    END;
    CREATE TRIGGER decided AFTER INSERT ON decision BEGIN
        DELETE FROM waiting
        WHERE (journal_number, position) = (NEW.journal_number, NEW.position);
    END;
    CREATE INDEX journal_sums ON journal (sums_sha256);
"""
"""What waits is found without going through all that ever came."""

TABLES: Final = (
    "resident",
    "card",
    "note",
    "journal",
    "outcome",
    "held",
    "held_sign",
    "decision",
    "history",
    "municipal_change",
    "municipal_batch",
    "municipal_taken",
    "population",
    "finding",
    "waiting",
)
"""Every table; each is ordered by its first columns."""


def _somebody_else(connection: sqlite3.Connection, owner: sqlite.Owner) -> str | None:
    """Return the station for which a bundle of the journal was, in the place of *owner*."""
    query = "SELECT receiver FROM journal WHERE receiver != ? LIMIT 1"
    row = connection.execute(query, (owner.station,)).fetchone()
    return str(row[0]) if row else None


REGISTRY: Final = sqlite.Store(
    application_id=int.from_bytes(b"mbrg"),
    steps=(_SCHEMA, sqlite.OWNED, _DECISIONS, _COUNTER, _CHANGES, _POPULATIONS, _NAMING, _YEARS),
    refusals=sqlite.Refusals(
        locked=errors.RegistryLockedError,
        read_only=errors.RegistryReadOnlyError,
        full=errors.RegistryFullError,
        corrupt=errors.RegistryCorruptError,
        wrong_owner=errors.RegistryWrongOwnerError,
        foreign=errors.RegistryForeignError,
        newer=errors.RegistryNewerError,
        unavailable=errors.RegistryUnavailableError,
        constraint=errors.RegistryRefusedError,
    ),
    landmark="resident",
    somebody_else=_somebody_else,
    # 16 MiB: an import of any size stays within the 150 MiB that bench bundle promises.
    pragmas="PRAGMA cache_size = -16384;",
)
"""Residents and the memory of bundles; whose; decisions; what the counter asks; own changes;
populations."""
