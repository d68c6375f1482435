"""Contents as they are read: from rows, and from a store that is not believed.

What a store gives is held against the size and the digest that the database has of it, an object
at a time, before a byte of it goes anywhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from mediabridge.clock import to_rfc3339
from mediabridge.errors import ContentPurgedError, HubContentDamagedError
from mediabridge.hub import objects
from mediabridge.hub.database import Database, Session
from mediabridge.hub.objects import MissingError, Object

if TYPE_CHECKING:
    from mediabridge.hub.in_s3 import InS3


class _DamagedError(Exception):
    """The store has other bytes than it was given, or none."""


def pieces(
    database: Database, number: int, name: str, start: int, stop: int, *, now: datetime
) -> Iterator[bytes]:
    """Yield the bytes *start* to *stop* of a file of the bundle *number*, a piece at a time.

    Raises:
        ContentPurgedError: they are not there any more.
        HubContentDamagedError: the store has not what it was given; the sender is asked for it.
        HubStoreError: database or store cannot be used.
    """
    at = start
    while at < stop:
        with database.transaction() as session:
            found = _find(session, number, name, at)
        piece = found if isinstance(found, bytes) else _got(database, *found, now)
        yield piece[: stop - at]
        at += len(piece)


def within(session: Session, number: int, name: str, size: int) -> Iterator[bytes]:
    """Yield all of a file that lies in rows, in one transaction.

    Raises:
        ContentPurgedError: it is not there any more.
    """
    at = 0
    while at < size:
        piece = _row(session, number, name, at)
        if piece is None:
            raise ContentPurgedError
        yield piece
        at += len(piece)


def begin_anew(session: Session, number: int, name: str) -> None:
    """Forget what is here of the file *name*."""
    where = (number, name)
    session.run("DELETE FROM chunk WHERE bundle_id = ? AND name = ?", *where)
    objects.leave(session, *where)
    session.run("UPDATE file SET received = 0 WHERE bundle_id = ? AND name = ?", *where)
    session.run("UPDATE bundle SET anew = anew + 1 WHERE id = ?", number)


def _find(session: Session, number: int, name: str, at: int) -> bytes | tuple[Object, int]:
    found = objects.find(session, number, name, at) or _row(session, number, name, at)
    if found is None:
        raise ContentPurgedError
    return found


def _row(session: Session, number: int, name: str, at: int) -> bytes | None:
    query = (
        "SELECT start, data FROM chunk WHERE bundle_id = ? AND name = ? AND start <= ?"
        " ORDER BY start DESC LIMIT 1"
    )
    for start, data in session.rows(query, number, name, at):
        if at < start + len(data):
            return bytes(data[at - start :])
    return None


def _got(database: Database, found: Object, skipped: int, now: datetime) -> bytes:
    """Return what the store has of *found*, less what is *skipped*."""
    assert database.store is not None, "objects without a store: refused at the start"  # noqa: S101
    try:
        return _proved(database.store, found)[skipped:]
    except _DamagedError:
        name = _ask_again(database, found, now)
    if name is None:
        raise ContentPurgedError
    raise HubContentDamagedError(name=name)


def _proved(store: InS3, found: Object) -> bytes:
    try:
        data = store.get(found.key)
    except MissingError:
        raise _DamagedError from None
    if hashlib.sha256(data).hexdigest() != found.sha256:
        raise _DamagedError
    return data


def _ask_again(database: Database, found: Object, now: datetime) -> str | None:
    """Have the sender asked for the file of *found*; return its name, or None if it has gone.

    Nobody is told that a bundle is complete of which a part is lost. Who has it already keeps it.
    """
    with database.transaction() as session:
        owner = objects.owner(session, found)
        if owner is None:
            return None
        number, name = owner
        change = (
            "UPDATE bundle SET state = 'arriving', stored_at = NULL, changed_at = ?"
            " WHERE id = ? AND state IN ('arriving', 'complete')"
        )
        if session.run(change, to_rfc3339(now), number):
            begin_anew(session, number, name)
    return name
