"""Who used the hub when, and for what: days, codes and counts; and the faults they reported."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final, Literal

from mediabridge.clock import to_rfc3339
from mediabridge.config import HUB_FAULT_REPORTS
from mediabridge.hub.callers import Caller
from mediabridge.hub.database import Database, Session
from mediabridge.hub.rows import Held
from mediabridge.line import api
from mediabridge.locale import moments

Action = Literal["asked", "sent", "taken", "faults"]

NOBODY: Final = "?"
"""In a way: the role of a station that trust data does not know any more."""


def day_of(now: datetime) -> str:
    """Return the day that it is at the hub: a morning in Japan is still yesterday in UTC."""
    return (moments.local(to_rfc3339(now)) or now).date().isoformat()


def way(caller: Caller, sender: str, receiver: str) -> str:
    """Return between which roles a bundle goes, such as ``agency>lgwan``."""
    found = (caller.city.trust.station(each) for each in (sender, receiver))
    return ">".join(each.role if each else NOBODY for each in found)


def seen(session: Session, caller: Caller, now: datetime) -> None:
    """Note that *caller* was here; its row stays locked until the commit."""
    session.run(
        "INSERT INTO caller VALUES (?, ?, ?, '')"
        " ON CONFLICT (city, station) DO UPDATE SET seen_at = excluded.seen_at",
        *(caller.domain, caller.id, to_rfc3339(now)),
    )


def asked(database: Database, caller: Caller, version: str, now: datetime) -> None:
    """Note that *caller*, with this *version* of the program, asked what waits."""
    with database.transaction() as session:
        seen(session, caller, now)
        where = (caller.domain, caller.id)
        session.run("UPDATE caller SET version = ? WHERE city = ? AND station = ?", version, *where)
        _count(session, caller, "asked", now)


def sent(session: Session, caller: Caller, found: Held, now: datetime) -> None:
    """Note that *caller* put a bundle here: with it the other side's wait for one is over."""
    _count(session, caller, "sent", now, found)
    there, back = (found.sender, found.receiver), (found.receiver, found.sender)
    # Two that send to one another at once lock both rows in one order.
    for ends in sorted((there, back)):
        where = (caller.domain, *ends)
        if ends == there:
            session.run(
                "INSERT INTO route VALUES (?, ?, ?, ?, NULL, NULL)"
                " ON CONFLICT (city, sender, receiver) DO UPDATE SET sent_at = excluded.sent_at",
                *(*where, to_rfc3339(now)),
            )
        else:
            session.run(
                "UPDATE route SET unanswered_since = NULL"
                " WHERE city = ? AND sender = ? AND receiver = ?",
                *where,
            )


def taken(session: Session, caller: Caller, found: Held, now: datetime) -> None:
    """Note that *caller* has a bundle, and since when it owes one back."""
    _count(session, caller, "taken", now, found)
    at = to_rfc3339(now)
    session.run(
        "UPDATE route SET taken_at = ?, unanswered_since = coalesce(unanswered_since, ?)"
        " WHERE city = ? AND sender = ? AND receiver = ?",
        *(at, at, caller.domain, found.sender, found.receiver),
    )


def report(database: Database, caller: Caller, faults: api.FaultReport, now: datetime) -> None:
    """Keep what *caller* reports, and of its reports the newest ones."""
    with database.transaction() as session:
        # This row is locked from here on: the reports of one caller are one after another.
        seen(session, caller, now)
        ((number,),) = session.rows(
            "INSERT INTO fault (city, station, received_at, seen_at, program, system, python)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
            *(caller.domain, caller.id, to_rfc3339(now), faults.at),
            *(faults.program, faults.system, faults.python),
        )
        times: Counter[str] = Counter()
        for each in faults.faults:
            times[each.code] += each.count
        for code in sorted(times):
            session.run("INSERT INTO fault_code VALUES (?, ?, ?)", number, code, times[code])
        session.run(
            "DELETE FROM fault WHERE id IN (SELECT id FROM fault WHERE city = ? AND station = ?"
            " AND id <= ? ORDER BY id DESC LIMIT 1000 OFFSET ?)",
            *(caller.domain, caller.id, number, HUB_FAULT_REPORTS),
        )
        _count(session, caller, "faults", now)


def _count(
    session: Session, caller: Caller, action: Action, now: datetime, found: Held | None = None
) -> None:
    which = way(caller, found.sender, found.receiver) if found else ""
    session.run(
        "INSERT INTO usage VALUES (?, ?, ?, ?, ?, 1, ?)"
        " ON CONFLICT (day, city, station, action, way) DO UPDATE"
        " SET times = usage.times + 1, bytes = usage.bytes + excluded.bytes",
        *(day_of(now), caller.domain, caller.id, action, which, found.size if found else 0),
    )
