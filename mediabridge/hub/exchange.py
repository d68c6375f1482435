"""What is done for a caller besides parts: looking, completing, taking; each once, if repeated."""

from __future__ import annotations

from datetime import datetime

from mediabridge.clock import to_rfc3339
from mediabridge.errors import BundleIncompleteError, ContentPurgedError, NotAsAnnouncedError
from mediabridge.hub import parts, usage
from mediabridge.hub.callers import Caller
from mediabridge.hub.database import Database, Session
from mediabridge.hub.examining import examine, read_whole
from mediabridge.hub.rows import COLUMNS, Held, entry, find, held
from mediabridge.line import api
from mediabridge.locale import text


def waiting(database: Database, caller: Caller, after: str | None, limit: int) -> api.Waiting:
    """Return complete bundles for *caller*, from the one *after* on, at most *limit*."""
    sender, _, number = (after or ":0").partition(":")
    query = (
        f"SELECT {COLUMNS} FROM bundle WHERE city = ? AND receiver = ? AND state = 'complete'"  # noqa: S608 - texts of this package
        " AND (sender, seq) > (?, ?) ORDER BY sender, seq LIMIT ?"
    )
    with database.transaction() as session:
        values = (caller.domain, caller.id, sender, int(number), limit + 1)
        found = [held(row) for row in session.rows(query, *values)]
        shown = tuple(entry(session, each) for each in found[:limit])
    last = shown[-1] if len(found) > limit else None
    return api.Waiting(bundles=shown, next=f"{last.sender}:{last.seq}" if last else None)


def look(database: Database, caller: Caller, bundle: str) -> api.Entry:
    """Return what is here of *bundle*.

    Raises:
        NotAtHubError: nothing that concerns the caller.
    """
    with database.transaction() as session:
        return entry(session, find(session, caller, bundle, "either"))


def fetched(database: Database, caller: Caller, bundle: str, name: str) -> tuple[Held, api.File]:
    """Return the bundle and the file *name* of it that *caller* is to fetch.

    Raises:
        NotAtHubError: nothing for the caller.
        ContentPurgedError: its content is gone.
    """
    with database.transaction() as session:
        found = find(session, caller, bundle, "receiver")
    if found.state == "purged":
        raise ContentPurgedError
    return found, found.file(name)


def complete(database: Database, caller: Caller, bundle: str, now: datetime) -> api.Entry:
    """Show *bundle* to its receiver, once all of it is here and is what it should be.

    A file that came otherwise than announced is forgotten, so that it can be sent again.

    Raises:
        NotAtHubError: the caller announced none of this id.
        BundleIncompleteError: parts are missing.
        NotAsAnnouncedError, MediabridgeError: it is not right; see :mod:`.examining`.
    """
    with database.transaction() as session:
        found = find(session, caller, bundle, "sender")
        if found.state != "arriving":
            return entry(session, found)
        _check_whole(session, found)
        wrong = [
            file.name for file in found.files if parts.digest(session, found, file) != file.sha256
        ]
        for name in wrong:
            parts.begin_anew(session, found, name)
        if not wrong:
            names = [file.name for file in found.files if read_whole(file.name)]
            small = {name: parts.whole(session, found, name) for name in names}
            examine(found, small, caller.city.trust, now)
            _store(session, found, now)
            usage.sent(session, caller, found, now)
            return entry(session, find(session, caller, bundle, "sender"))
    raise NotAsAnnouncedError(detail=text("{name} has another SHA-256", name=wrong[0]))


def _check_whole(session: Session, found: Held) -> None:
    query = "SELECT name FROM file WHERE bundle_id = ? AND received < size ORDER BY name LIMIT 1"
    for (name,) in session.rows(query, found.id):
        raise BundleIncompleteError(name=name)


def _store(session: Session, found: Held, now: datetime) -> None:
    at = to_rfc3339(now)
    change = "UPDATE bundle SET state = 'complete', stored_at = ?, changed_at = ? WHERE id = ?"
    session.run(change, at, at, found.id)


def take(database: Database, caller: Caller, bundle: str, now: datetime) -> api.Entry:
    """Note that *caller* has *bundle* durably.

    Raises:
        NotAtHubError: nothing for the caller.
    """
    with database.transaction() as session:
        found = find(session, caller, bundle, "receiver")
        if found.state == "complete":
            at = to_rfc3339(now)
            change = "UPDATE bundle SET state = 'taken', taken_at = ?, changed_at = ? WHERE id = ?"
            session.run(change, at, at, found.id)
            usage.taken(session, caller, found, now)
        return entry(session, find(session, caller, bundle, "receiver"))
