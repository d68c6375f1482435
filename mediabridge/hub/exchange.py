"""What is done for a caller besides parts: looking, completing, taking; each once, if repeated."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from mediabridge.clock import to_rfc3339
from mediabridge.errors import BundleIncompleteError, ContentPurgedError, NotAsAnnouncedError
from mediabridge.hub import contents, usage
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
        HubContentDamagedError: a store has other bytes than it was given.
        NotAsAnnouncedError, MediabridgeError: it is not right; see :mod:`.examining`.
    """
    seen = None
    with database.transaction() as session:
        found = find(session, caller, bundle, "sender")
        if found.state != "arriving":
            return entry(session, found)
        _check_whole(session, found)
        if database.store is None:
            seen = _look_through(
                found, lambda file: contents.within(session, found.id, file.name, file.size)
            )
    if seen is None:
        # No connection and no lock is held while a store takes its time.
        seen = _look_through(
            found,
            lambda file: contents.pieces(database, found.id, file.name, 0, file.size, now=now),
        )
    if not seen.wrong:
        examine(found, seen.small, caller.city.trust, now)
    with database.transaction() as session:
        again = find(session, caller, bundle, "sender")
        if again.state != "arriving":
            return entry(session, again)
        if (again.id, again.anew) != (found.id, found.anew):
            raise BundleIncompleteError(name=found.files[0].name)
        for name in seen.wrong:
            contents.begin_anew(session, found.id, name)
        if not seen.wrong:
            _store(session, found, now)
            usage.sent(session, caller, found, now)
            return entry(session, find(session, caller, bundle, "sender"))
    raise NotAsAnnouncedError(detail=text("{name} has another SHA-256", name=seen.wrong[0]))


@dataclass
class _Seen:
    """What all of a bundle turned out to be."""

    wrong: list[str] = field(default_factory=list)
    """Files with another digest than was announced."""
    small: dict[str, bytes] = field(default_factory=dict)
    """Contents of the files that are examined."""


def _look_through(found: Held, read: Callable[[api.File], Iterator[bytes]]) -> _Seen:
    seen = _Seen()
    for file in found.files:
        hashed, kept, wanted = hashlib.sha256(), bytearray(), read_whole(file.name)
        for piece in read(file):
            hashed.update(piece)
            if wanted:
                kept += piece
        if hashed.hexdigest() != file.sha256:
            seen.wrong.append(file.name)
        if wanted:
            seen.small[file.name] = bytes(kept)
    return seen


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
