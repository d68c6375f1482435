"""The tables of the books, and what is said when the file cannot be used."""

from __future__ import annotations

import sqlite3
from typing import Final

from mediabridge import errors, sqlite
from mediabridge.media import register

_JOURNEYS: Final = """
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

_JUDGED_BY: Final = "ALTER TABLE inbox ADD COLUMN tables TEXT;"
"""NULL in rows that are older than this column: such files are judged again when sealed."""

_ANSWERS: Final = """
ALTER TABLE receipts ADD COLUMN sha256 TEXT;
CREATE TABLE repeats (
    kind TEXT NOT NULL,
    record TEXT NOT NULL,
    file TEXT NOT NULL REFERENCES inbox (file),
    PRIMARY KEY (kind, record, file)
) STRICT, WITHOUT ROWID;
CREATE INDEX repeats_of_file ON repeats (file);
"""
"""What a receipt is held against: its digest, and records that were collected a second time.

A record belongs to the file it came in first; a bundle carries it again all the same.
"""

_SENT_BACK: Final = """
ALTER TABLE inbox ADD COLUMN notices TEXT NOT NULL DEFAULT '{}'; -- JSON: code to count
CREATE TABLE sent_back (
    bundle TEXT PRIMARY KEY,            -- it is not in bundles any more; its number is used again
    receiver TEXT NOT NULL,
    seq INTEGER NOT NULL,
    operator TEXT NOT NULL,             -- who prepared it
    officer TEXT NOT NULL,
    reason TEXT NOT NULL,
    remark TEXT NOT NULL,
    at TEXT NOT NULL,
    answered INTEGER NOT NULL DEFAULT 0 -- 1 since another bundle was sealed for the receiver
) STRICT;
CREATE TABLE set_aside (
    bundle TEXT NOT NULL REFERENCES sent_back (bundle),
    file TEXT NOT NULL,
    PRIMARY KEY (bundle, file)
) STRICT, WITHOUT ROWID;
"""

_SUPPLEMENTS: Final = """
UPDATE records SET result = 'held' WHERE result = 'held_for_review';
ALTER TABLE records ADD COLUMN next_municipality TEXT;
ALTER TABLE records ADD COLUMN decided_at TEXT;
ALTER TABLE records ADD COLUMN supplement INTEGER NOT NULL DEFAULT 0; -- the decision that closed it
ALTER TABLE repeats ADD COLUMN result TEXT;
ALTER TABLE repeats ADD COLUMN reason TEXT;
ALTER TABLE repeats ADD COLUMN next_municipality TEXT;
ALTER TABLE repeats ADD COLUMN decided_at TEXT;
ALTER TABLE repeats ADD COLUMN supplement INTEGER NOT NULL DEFAULT 0;
CREATE TABLE supplements (
    receipt TEXT PRIMARY KEY,
    bundle TEXT NOT NULL,               -- the bundle with the record that was decided on
    sender TEXT NOT NULL,
    seq INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    carried_by TEXT,                    -- NULL while it is due
    sha256 TEXT NOT NULL,
    supplement INTEGER NOT NULL,
    UNIQUE (bundle, supplement)
) STRICT;
"""
"""What became of each record, and when; a bundle has further answers, one for each decision."""

_RECIPIENT_KEYS: Final = """
CREATE TABLE own_keys (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,           -- SHA-256 of the public half
    public TEXT NOT NULL,
    sender TEXT NOT NULL,               -- who seals to it; empty: named in the trust data
    announcement BLOB,                  -- canonical JSON; NULL until the sender is told
    number INTEGER NOT NULL DEFAULT 0,  -- of the bundle that announced it first
    erased INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE openings (
    key TEXT NOT NULL REFERENCES own_keys (key),
    sender TEXT NOT NULL,
    seq INTEGER NOT NULL,               -- the newest bundle of the sender that it opened
    sums_sha256 TEXT NOT NULL,
    PRIMARY KEY (key, sender)
) STRICT, WITHOUT ROWID;
CREATE TABLE peer_keys (
    station TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    announcement BLOB NOT NULL,         -- canonical JSON
    signature TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""
"""Whose keys open and whose are sealed to; private halves are in the key file only."""

_VOIDS: Final = """
CREATE TABLE voids (
    sender TEXT NOT NULL,
    receiver TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    statement BLOB NOT NULL,            -- the very bytes that were signed
    signatures TEXT NOT NULL,           -- JSON: officer to SSHSIG
    accepted INTEGER NOT NULL,          -- 1 since the receiver has it
    PRIMARY KEY (sender, receiver, first, last)
) STRICT;
CREATE TABLE carried_once (             -- what a void bundle carried before it was issued anew
    bundle TEXT NOT NULL REFERENCES bundles (bundle),
    file TEXT NOT NULL,
    PRIMARY KEY (bundle, file)
) STRICT, WITHOUT ROWID;
CREATE TABLE elsewhere (                -- received before this station was restored
    bundle TEXT PRIMARY KEY,
    receiver TEXT NOT NULL,
    seq INTEGER NOT NULL,
    receipt TEXT NOT NULL,
    records INTEGER NOT NULL
) STRICT;
CREATE TABLE elsewhere_records (
    bundle TEXT NOT NULL REFERENCES elsewhere (bundle),
    kind TEXT NOT NULL,
    record TEXT NOT NULL,
    result TEXT NOT NULL,
    reason TEXT,
    PRIMARY KEY (bundle, kind, record)
) STRICT, WITHOUT ROWID;
CREATE TABLE texts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
"""

_YEARS: Final = """
CREATE INDEX inbox_of_bundle ON inbox (bundle);
CREATE INDEX bundles_in_state ON bundles (direction, state, seq);
CREATE INDEX bundles_by_age ON bundles (created, seq);
CREATE INDEX bundles_of_sums ON bundles (sums_sha256);
CREATE INDEX receipts_carried ON receipts (carried_by, sender);
CREATE INDEX supplements_carried ON supplements (carried_by, sender);
CREATE INDEX sent_back_open ON sent_back (answered, at);
CREATE INDEX set_aside_file ON set_aside (file);
-- What its sender has to send elsewhere or otherwise: few of all that were ever sent.
CREATE INDEX records_returned ON records (result)
    WHERE result IN ('moved_out', 'not_found', 'conflict', 'rejected');
CREATE INDEX repeats_rejected ON repeats (result) WHERE result = 'rejected';
-- How many records have each result: counted when one gets it, not whenever somebody looks.
CREATE TABLE totals (result TEXT PRIMARY KEY, records INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO totals SELECT coalesce(result, 'open'), count(*) FROM records GROUP BY 1;
CREATE TRIGGER records_entered AFTER INSERT ON records BEGIN
    INSERT INTO totals VALUES (coalesce(NEW.result, 'open'), 1)
        ON CONFLICT DO UPDATE SET records = records + 1;
END;
CREATE TRIGGER records_removed AFTER DELETE ON records BEGIN
    UPDATE totals SET records = records - 1 WHERE result = coalesce(OLD.result, 'open');
END;
CREATE TRIGGER records_answered AFTER UPDATE OF result ON records
WHEN OLD.result IS NOT NEW.result BEGIN
    UPDATE totals SET records = records - 1 WHERE result = coalesce(OLD.result, 'open');
    INSERT INTO totals VALUES (coalesce(NEW.result, 'open'), 1)
        ON CONFLICT DO UPDATE SET records = records + 1;
END;
"""
"""What is open is found without going through all that ever was."""

_SOFTWARE: Final = """
CREATE TABLE software (
    direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
    file TEXT NOT NULL,                 -- SHA-256
    description TEXT NOT NULL,          -- canonical JSON, as the summary has it
    bundle TEXT NOT NULL,               -- that brought it; empty for what goes out
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (direction, file)
) STRICT;
CREATE INDEX software_of_bundle ON software (bundle);
"""
"""What no records are, and how it was described; a handful of files in a year."""


def _somebody_else(connection: sqlite3.Connection, owner: sqlite.Owner) -> str | None:
    """Return the station that sent or took a bundle of the books in the place of *owner*."""
    query = """
        SELECT own FROM (SELECT iif(direction = 'out', sender, receiver) AS own FROM bundles)
        WHERE own IS NOT ? LIMIT 1
    """
    row = connection.execute(query, (owner.station,)).fetchone()
    return str(row[0]) if row else None


# What each version added: the journeys, the register of media, whose they are, the tables a file
# was judged by, answers, what an officer sees beside the question and sends back, supplements,
# what was mended, recipient keys, void numbers, what many years need, software.
BOOKS: Final = sqlite.Store(
    application_id=int.from_bytes(b"mbbk"),
    steps=(
        _JOURNEYS,
        register.SCHEMA,
        sqlite.OWNED,
        _JUDGED_BY,
        _ANSWERS,
        _SENT_BACK,
        _SUPPLEMENTS,
        register.MENDED,
        _RECIPIENT_KEYS,
        _VOIDS,
        _YEARS + register.YEARS,
        _SOFTWARE,
    ),
    refusals=sqlite.Refusals(
        locked=errors.BooksLockedError,
        read_only=errors.BooksReadOnlyError,
        full=errors.BooksFullError,
        corrupt=errors.BooksCorruptError,
        wrong_owner=errors.BooksWrongOwnerError,
        foreign=errors.BooksForeignError,
        newer=errors.BooksNewerError,
        unavailable=errors.BooksUnavailableError,
        constraint=errors.BooksUnavailableError,
    ),
    landmark="bundles",
    somebody_else=_somebody_else,
)
