"""Files in parts: each appended once, whoever sends it again, and read from any byte on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from mediabridge.clock import to_rfc3339
from mediabridge.config import HUB_PART_BYTES
from mediabridge.errors import ContentPurgedError, PartGapError, RequestMalformedError
from mediabridge.hub.callers import Caller
from mediabridge.hub.database import Database, Session
from mediabridge.hub.rows import Held, find
from mediabridge.line import api
from mediabridge.line.wire import Part
from mediabridge.locale import text


def put(
    database: Database,
    caller: Caller,
    bundle: str,
    name: str,
    *,
    part: Part,
    data: bytes,
    now: datetime,
) -> int:
    """Append what is new in *data*; return how much of the file is there.

    What is there already is not compared: what the whole file is, is seen when it is complete.

    Raises:
        NotAtHubError: the caller announced no such bundle or file.
        RequestMalformedError: the file has another size, or *data* is not that *part*.
        PartGapError: bytes before it are missing.
    """
    with database.transaction() as session:
        found = find(session, caller, bundle, "sender")
        file = found.file(name)
        _check(file, part, data)
        if found.state != "arriving":
            return file.size
        where = (found.id, name)
        query = "SELECT received FROM file WHERE bundle_id = ? AND name = ?"
        ((received,),) = session.rows(query, *where)
        if part.start > received:
            raise PartGapError(name=name, expected=received)
        if part.stop > received:
            new = data[received - part.start :]
            session.run("INSERT INTO chunk VALUES (?, ?, ?, ?)", *where, received, new)
            change = "UPDATE file SET received = ? WHERE bundle_id = ? AND name = ?"
            session.run(change, part.stop, *where)
            change = "UPDATE bundle SET changed_at = ? WHERE id = ?"
            session.run(change, to_rfc3339(now), found.id)
            received = part.stop
        return int(received)


def _check(file: api.File, part: Part, data: bytes) -> None:
    if part.total != file.size:
        raise RequestMalformedError(detail=text("the file was announced with another size"))
    if part.stop - part.start != len(data) or len(data) > HUB_PART_BYTES:
        raise RequestMalformedError(detail=text("the part has another size than its range"))


def pieces(database: Database, number: int, name: str, start: int, stop: int) -> Iterator[bytes]:
    """Yield the bytes *start* to *stop* of a file of the bundle *number*, a row at a time.

    Raises:
        ContentPurgedError: they are not there any more.
    """
    at = start
    while at < stop:
        with database.transaction() as session:
            piece = _piece(session, number, name, at)
        yield piece[: stop - at]
        at += len(piece)


def _piece(session: Session, number: int, name: str, at: int) -> bytes:
    query = (
        "SELECT start, data FROM chunk WHERE bundle_id = ? AND name = ? AND start <= ?"
        " ORDER BY start DESC LIMIT 1"
    )
    for start, data in session.rows(query, number, name, at):
        if at < start + len(data):
            return bytes(data[at - start :])
    raise ContentPurgedError


def digest(session: Session, found: Held, file: api.File) -> str:
    """Return the SHA-256 of what is here of *file*."""
    hashed, at = hashlib.sha256(), 0
    while at < file.size:
        piece = _piece(session, found.id, file.name, at)
        hashed.update(piece)
        at += len(piece)
    return hashed.hexdigest()


def whole(session: Session, found: Held, name: str) -> bytes:
    """Return all of a small file."""
    size, data = found.file(name).size, b""
    while len(data) < size:
        data += _piece(session, found.id, name, len(data))
    return data


def begin_anew(session: Session, found: Held, name: str) -> None:
    """Forget what is here of the file *name*."""
    where = (found.id, name)
    session.run("DELETE FROM chunk WHERE bundle_id = ? AND name = ?", *where)
    session.run("UPDATE file SET received = 0 WHERE bundle_id = ? AND name = ?", *where)
