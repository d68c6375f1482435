"""What a sender wants to put here: one content for one number, and within bounds."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

from mediabridge.bundle import layout
from mediabridge.clock import to_rfc3339
from mediabridge.errors import (
    AnnouncedOtherwiseError,
    HubFullError,
    NotAtHubError,
    RequestTooLargeError,
)
from mediabridge.hub import objects, usage
from mediabridge.hub.callers import Caller
from mediabridge.hub.database import Database, Session
from mediabridge.hub.rows import COLUMNS, Held, entry, held, spelt
from mediabridge.hub.settings import Bounds
from mediabridge.line import api
from mediabridge.locale import text

_SAME: Final = f"""
    SELECT {COLUMNS} FROM bundle
    WHERE city = ? AND (bundle = ? OR (sender = ? AND receiver = ? AND seq = ?))
"""  # noqa: S608 - texts of this package


def announce(
    database: Database, caller: Caller, wanted: api.Announcement, bounds: Bounds, now: datetime
) -> tuple[api.Entry, bool]:
    """Take note of what *caller* is going to send; return it, and whether it is new here.

    What never became complete is given up for another content, which its sender alone can ask for.

    Raises:
        NotAtHubError: there is no route, or no line, to the receiver.
        RequestTooLargeError, HubFullError: it is over a limit.
        AnnouncedOtherwiseError: another content has this id or number, and is complete.
    """
    if not caller.reaches(wanted.receiver):
        raise NotAtHubError
    size = _checked_size(wanted, bounds)
    digest = hashlib.sha256(wanted.model_dump_json().encode()).hexdigest()
    with database.transaction() as session:
        # This row is locked from here on: the announcements of one caller are one after another.
        usage.seen(session, caller, now)
        query, ends = _SAME + session.locking, (caller.id, wanted.receiver, wanted.seq)
        for row in session.rows(query, caller.domain, wanted.bundle, *ends):
            found = held(row)
            if found.digest == digest and found.sender == caller.id:
                return entry(session, found), False
            _give_up(session, caller, found, wanted)
        _check_room(session, caller, size, bounds)
        _write(session, caller, wanted, digest=digest, size=size, at=to_rfc3339(now))
        (row,) = session.rows(_SAME, caller.domain, wanted.bundle, *ends)
        return entry(session, held(row)), True


def _checked_size(wanted: api.Announcement, bounds: Bounds) -> int:
    for file in wanted.files:
        if file.size > layout.largest(file.name):
            raise RequestTooLargeError(
                name=file.name, got=file.size, wanted=layout.largest(file.name)
            )
    size = sum(file.size for file in wanted.files)
    if size > bounds.bundle_bytes:
        raise RequestTooLargeError(name=wanted.bundle, got=size, wanted=bounds.bundle_bytes)
    return size


def _give_up(session: Session, caller: Caller, found: Held, wanted: api.Announcement) -> None:
    if found.state != "arriving" or found.sender != caller.id:
        raise AnnouncedOtherwiseError(seq=wanted.seq, receiver=wanted.receiver)
    session.run("DELETE FROM bundle WHERE id = ?", found.id)


def _check_room(session: Session, caller: Caller, size: int, bounds: Bounds) -> None:
    query = (
        "SELECT count(*), coalesce(sum(size), 0) FROM bundle"
        " WHERE city = ? AND sender = ? AND state <> 'purged'"
    )
    ((count, held_bytes),) = session.rows(query, caller.domain, caller.id)
    held_bytes += objects.of_none(session, caller)
    if count >= bounds.caller_bundles:
        wanted = bounds.caller_bundles
        raise HubFullError(got=count, wanted=wanted, detail=text("bundles"))
    if held_bytes + size > bounds.caller_bytes:
        got, wanted = int(held_bytes + size), bounds.caller_bytes
        raise HubFullError(got=got, wanted=wanted, detail=text("bytes"))


def _write(
    session: Session, caller: Caller, wanted: api.Announcement, *, digest: str, size: int, at: str
) -> None:
    sums = next(file.sha256 for file in wanted.files if file.name == layout.SUMS)
    session.run(
        "INSERT INTO bundle (city, bundle, sender, receiver, seq, sums_sha256, digest, files, size,"
        " state, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'arriving', ?)",
        *(caller.domain, wanted.bundle, caller.id, wanted.receiver, wanted.seq, sums, digest),
        *(spelt(wanted.files), size, at),
    )
    query = "SELECT id FROM bundle WHERE city = ? AND bundle = ?"
    ((number,),) = session.rows(query, caller.domain, wanted.bundle)
    for file in wanted.files:
        session.run("INSERT INTO file VALUES (?, ?, ?, 0)", number, file.name, file.size)
