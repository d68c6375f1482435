"""Who used the hub when, and for what: days, codes and counts; and the faults they reported."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from mediabridge.clock import to_rfc3339
from mediabridge.hub.callers import Caller
from mediabridge.hub.database import Database, Session
from mediabridge.line import api

Action = Literal["asked", "sent", "taken", "faults"]


def seen(session: Session, caller: Caller, now: datetime) -> None:
    """Note that *caller* was here; its row stays locked until the commit."""
    session.run(
        "INSERT INTO caller VALUES (?, ?, ?, '')"
        " ON CONFLICT (city, station) DO UPDATE SET seen_at = excluded.seen_at",
        *(caller.domain, caller.id, to_rfc3339(now)),
    )


def count(session: Session, caller: Caller, action: Action, size: int, now: datetime) -> None:
    """Count one *action* of *caller* on this day, with its *size* in bytes."""
    session.run(
        "INSERT INTO usage VALUES (?, ?, ?, ?, 1, ?)"
        " ON CONFLICT (day, city, station, action) DO UPDATE"
        " SET times = usage.times + 1, bytes = usage.bytes + excluded.bytes",
        *(to_rfc3339(now)[:10], caller.domain, caller.id, action, size),
    )


def asked(database: Database, caller: Caller, version: str, now: datetime) -> None:
    """Note that *caller*, with this *version* of the program, asked what waits."""
    with database.transaction() as session:
        seen(session, caller, now)
        where = (caller.domain, caller.id)
        session.run("UPDATE caller SET version = ? WHERE city = ? AND station = ?", version, *where)
        count(session, caller, "asked", 0, now)


def report(database: Database, caller: Caller, faults: api.FaultReport, now: datetime) -> None:
    """Keep what *caller* reports."""
    with database.transaction() as session:
        session.run(
            "INSERT INTO fault (city, station, received_at, report) VALUES (?, ?, ?, ?)",
            *(caller.domain, caller.id, to_rfc3339(now), faults.model_dump_json()),
        )
        count(session, caller, "faults", 0, now)
