"""The tables of the log database, and the triggers that keep them append-only."""

from __future__ import annotations

from typing import Final


def _refusing_changes(*tables: str) -> str:
    return "".join(
        f"""
    CREATE TRIGGER IF NOT EXISTS {table}_{change} BEFORE {change} ON {table}
    BEGIN SELECT RAISE(ABORT, 'the transfer log is append-only'); END;
    """
        for table in tables
        for change in ("update", "delete")
    )


SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS entry (
        origin TEXT NOT NULL, position INTEGER NOT NULL, bytes BLOB NOT NULL,
        PRIMARY KEY (origin, position)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS node (
        origin TEXT NOT NULL, level INTEGER NOT NULL, position INTEGER NOT NULL,
        digest BLOB NOT NULL,
        PRIMARY KEY (origin, level, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS checkpoint (
        origin TEXT NOT NULL, size INTEGER NOT NULL, note BLOB NOT NULL,
        PRIMARY KEY (origin, size, note)
    ) STRICT;
"""

# INSERT OR REPLACE deletes without firing DELETE triggers; the INSERT triggers see it.
_INSERT_TRIGGERS: Final = """
    CREATE TRIGGER IF NOT EXISTS entry_insert BEFORE INSERT ON entry
    WHEN NEW.position IS NOT
        (SELECT coalesce(max(position) + 1, 0) FROM entry WHERE origin = NEW.origin)
    BEGIN SELECT RAISE(ABORT, 'entries are only appended'); END;
    CREATE TRIGGER IF NOT EXISTS node_insert BEFORE INSERT ON node
    WHEN EXISTS (SELECT 1 FROM node WHERE origin = NEW.origin
                 AND level = NEW.level AND position = NEW.position)
    BEGIN SELECT RAISE(ABORT, 'nodes are only appended'); END;
    CREATE TRIGGER IF NOT EXISTS checkpoint_insert BEFORE INSERT ON checkpoint
    WHEN NEW.size < (SELECT max(size) FROM checkpoint WHERE origin = NEW.origin)
    BEGIN SELECT RAISE(ABORT, 'checkpoints only grow'); END;
"""

TRIGGERS: Final = _INSERT_TRIGGERS + _refusing_changes("entry", "node", "checkpoint")

WITNESSING: Final = """
    CREATE TABLE IF NOT EXISTS promise (    -- what this station cosigned of others' logs
        origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, time TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS cosigned (   -- what others cosigned of this station's log
        origin TEXT NOT NULL, witness TEXT NOT NULL, size INTEGER NOT NULL, time TEXT NOT NULL,
        note BLOB NOT NULL,
        PRIMARY KEY (origin, witness, size, note)
    ) STRICT;
"""


def _said(name: str) -> str:
    """Return as SQL, a blob, what an entry has as the value *name*; NULL where it has none."""
    # In canonical JSON these bytes stand nowhere but there: no value holds a quotation mark.
    # SQLite's own functions for JSON are not to be trusted in a schema, it says.
    before = f'"{name}":"'.encode("ascii")
    place = f"instr(bytes, x'{before.hex()}')"
    rest = f"substr(bytes, {place} + {len(before)})"
    return f"CASE WHEN {place} THEN substr({rest}, 1, instr({rest}, x'22') - 1) END"


EVENT: Final = _said("event")
"""What an entry is about, as SQL; spelt as the index is, or that is not used."""

BUNDLE: Final = _said("bundle")
"""The bundle that an entry is about, or NULL."""

TIME: Final = _said("time")
"""When an entry was written, by the station's clock."""

BY_EVENT: Final = "entry_of_event"
BY_BUNDLE: Final = "entry_of_bundle"

YEARS: Final = f"""
    CREATE INDEX {BY_EVENT} ON entry (origin, {EVENT}, position);
    CREATE INDEX {BY_BUNDLE} ON entry (origin, {BUNDLE}, {EVENT}, position)
        WHERE {BUNDLE} IS NOT NULL;
    CREATE INDEX promise_size ON promise (origin, size);
"""
"""An entry is found by what it is about, among those of many years."""

_WITNESSING_INSERTS: Final = """
    CREATE TRIGGER IF NOT EXISTS promise_insert BEFORE INSERT ON promise
    WHEN NEW.size < (SELECT max(size) FROM promise WHERE origin = NEW.origin)
    BEGIN SELECT RAISE(ABORT, 'what is cosigned only grows'); END;
    CREATE TRIGGER IF NOT EXISTS cosigned_insert BEFORE INSERT ON cosigned
    WHEN NEW.size < (SELECT max(size) FROM cosigned
                     WHERE origin = NEW.origin AND witness = NEW.witness)
    BEGIN SELECT RAISE(ABORT, 'what is cosigned only grows'); END;
"""

WITNESSING_TRIGGERS: Final = _WITNESSING_INSERTS + _refusing_changes("promise", "cosigned")

_TABLES: Final = ("entry", "checkpoint", "promise", "cosigned")
"""The tables whose rows have a number of SQLite's; ``node`` has none."""

# A statement may name the number of the row that it puts itself in the place of.
NUMBERED: Final = "".join(
    f"""
    CREATE TRIGGER IF NOT EXISTS {table}_numbered BEFORE INSERT ON {table}
    WHEN EXISTS (SELECT 1 FROM {table} WHERE rowid = NEW.rowid)
    BEGIN SELECT RAISE(ABORT, 'rows are only appended'); END;
    """  # noqa: S608 - our own names
    for table in _TABLES
)

# The time stands beside the key of its table: it may not be replaced under the same note.
REPEATED: Final = """
    CREATE TRIGGER IF NOT EXISTS cosigned_repeated BEFORE INSERT ON cosigned
    WHEN EXISTS (SELECT 1 FROM cosigned WHERE origin = NEW.origin AND witness = NEW.witness
                 AND size = NEW.size AND note = NEW.note AND time IS NOT NEW.time)
    BEGIN SELECT RAISE(ABORT, 'what is cosigned only grows'); END;
"""

ALL_TRIGGERS: Final = TRIGGERS + WITNESSING_TRIGGERS + NUMBERED + REPEATED
"""Everything that refuses a change, made whenever a log is opened: what was dropped comes back."""
