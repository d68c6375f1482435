"""Files in parts: each appended once, whoever sends it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mediabridge.clock import to_rfc3339
from mediabridge.config import HUB_PART_BYTES
from mediabridge.errors import PartGapError, RequestMalformedError
from mediabridge.hub import objects
from mediabridge.hub.callers import Caller
from mediabridge.hub.database import Database, Session
from mediabridge.hub.rows import Held, find
from mediabridge.line.wire import Part
from mediabridge.locale import text


@dataclass(frozen=True)
class _Place:
    """Where what is new begins: a file of a bundle, as it is at one moment."""

    held: Held
    name: str
    received: int

    @property
    def content(self) -> tuple[int, int]:
        """What changes when what had come is forgotten."""
        return self.held.id, self.held.anew


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
        HubStoreError: database or store cannot be used; nothing was appended.
    """
    _check(part, data)
    with database.transaction() as session:
        place = _place(session, caller, bundle, name, part)
        if part.stop <= place.received:
            return place.received
        new = data[place.received - part.start :]
        if database.store is None:
            where = (place.held.id, name, place.received)
            session.run("INSERT INTO chunk VALUES (?, ?, ?, ?)", *where, new)
            return _append(session, place, part.stop, now)
        made = objects.begin(session, caller, new, now)
    # No connection and no lock is held while a store takes its time.
    database.store.put(made.key, new)
    with database.transaction() as session:
        again = _place(session, caller, bundle, name, part)
        if part.stop <= again.received:
            return again.received
        if again.received != place.received or again.content != place.content:
            raise PartGapError(name=name, expected=again.received)
        objects.take(session, made, place.held.id, name, place.received)
        return _append(session, place, part.stop, now)


def _place(session: Session, caller: Caller, bundle: str, name: str, part: Part) -> _Place:
    found = find(session, caller, bundle, "sender")
    file = found.file(name)
    if part.total != file.size:
        raise RequestMalformedError(detail=text("the file was announced with another size"))
    if found.state != "arriving":
        return _Place(found, name, file.size)
    query = "SELECT received FROM file WHERE bundle_id = ? AND name = ?"
    ((received,),) = session.rows(query, found.id, name)
    if part.start > received:
        raise PartGapError(name=name, expected=received)
    return _Place(found, name, int(received))


def _check(part: Part, data: bytes) -> None:
    if part.stop - part.start != len(data) or len(data) > HUB_PART_BYTES:
        raise RequestMalformedError(detail=text("the part has another size than its range"))


def _append(session: Session, place: _Place, received: int, now: datetime) -> int:
    change = "UPDATE file SET received = ? WHERE bundle_id = ? AND name = ?"
    session.run(change, received, place.held.id, place.name)
    change = "UPDATE bundle SET changed_at = ? WHERE id = ?"
    session.run(change, to_rfc3339(now), place.held.id)
    return received
