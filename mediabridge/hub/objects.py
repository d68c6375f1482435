"""Which objects of the store belong to what: a row before there is one, until after it is gone.

A row that names no bundle is of an object that is being written, or whose bundle is gone, or that
a process left behind when it died. None is used again; ``hub purge`` removes them all.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from mediabridge.clock import to_rfc3339
from mediabridge.config import HUB_OBJECT_HOURS
from mediabridge.errors import HubStoreError
from mediabridge.hub.callers import Caller
from mediabridge.hub.database import Database, Session
from mediabridge.locale import text

if TYPE_CHECKING:
    from mediabridge.hub.in_s3 import InS3

_AT_ONCE: Final = 50
"""Objects of one transaction."""


class MissingError(Exception):
    """The store says that it has no object of this name."""


@dataclass(frozen=True)
class Object:
    """What an object of the store has to be."""

    key: str
    """128 bits by chance: nothing can be read in a name, and none comes twice."""
    size: int
    sha256: str


def begin(session: Session, caller: Caller, data: bytes, now: datetime) -> Object:
    """Note that *caller* is about to have *data* written into an object of its own."""
    made = Object(secrets.token_hex(16), len(data), hashlib.sha256(data).hexdigest())
    session.run(
        "INSERT INTO object (key, city, sender, since, size, sha256) VALUES (?, ?, ?, ?, ?, ?)",
        *(made.key, caller.domain, caller.id, to_rfc3339(now), made.size, made.sha256),
    )
    return made


def take(session: Session, made: Object, number: int, name: str, start: int) -> None:
    """Note that *made* is written, and is the file *name* of the bundle *number* from *start* on.

    Raises:
        HubStoreError: it took so long that its row was let go.
    """
    change = (
        "UPDATE object SET bundle_id = ?, name = ?, start = ? WHERE key = ? AND bundle_id IS NULL"
    )
    if not session.run(change, number, name, start, made.key):
        raise HubStoreError(name=made.key, detail=text("it took too long"))


def find(session: Session, number: int, name: str, at: int) -> tuple[Object, int] | None:
    """Return the object in which the byte *at* of a file lies, and where it begins there."""
    query = (
        "SELECT key, size, sha256, start FROM object"
        " WHERE bundle_id = ? AND name = ? AND start <= ? ORDER BY start DESC LIMIT 1"
    )
    for key, size, sha256, start in session.rows(query, number, name, at):
        if at < start + size:
            return Object(key, size, sha256), at - start
    return None


def owner(session: Session, found: Object) -> tuple[int, str] | None:
    """Return bundle and file of *found*, and lock that bundle; None if it is of none."""
    query = "SELECT bundle_id, name FROM object WHERE key = ? AND bundle_id IS NOT NULL"
    for number, _name in session.rows(query, found.key):
        session.rows(f"SELECT id FROM bundle WHERE id = ?{session.locking}", number)  # noqa: S608 - a text of this package
    # It may have been let go before the bundle was locked.
    for number, name in session.rows(query, found.key):
        return number, name
    return None


def leave(session: Session, number: int, name: str | None = None) -> None:
    """Have the objects of a file, or of all files of the bundle *number*, be of none."""
    change = "UPDATE object SET bundle_id = NULL, name = NULL WHERE bundle_id = ?"
    if name is None:
        session.run(change, number)
    else:
        session.run(f"{change} AND name = ?", number, name)


def of_none(session: Session, caller: Caller) -> int:
    """Return how many bytes of *caller*'s are in objects that are of nothing."""
    query = (
        "SELECT coalesce(sum(size), 0) FROM object"
        " WHERE city = ? AND sender = ? AND bundle_id IS NULL"
    )
    ((size,),) = session.rows(query, caller.domain, caller.id)
    return int(size)


def folder(session: Session) -> str:
    """Return the folder of this database in a store: another one for each database."""
    session.run("INSERT INTO folder VALUES (1, ?) ON CONFLICT DO NOTHING", secrets.token_hex(16))
    ((name,),) = session.rows("SELECT name FROM folder")
    return str(name)


def any_there(session: Session) -> bool:
    """Tell whether anything lies in a store."""
    return bool(session.rows("SELECT 1 FROM object LIMIT 1"))


def sweep(database: Database, store: InS3, now: datetime) -> int:
    """Remove the objects that are of nothing, a few at a time; return how many.

    It may end anywhere and be repeated. What is being written is younger than a day, and stays.

    Raises:
        HubStoreError: database or store cannot be used; what was removed until then is gone.
    """
    before, count = to_rfc3339(now - timedelta(hours=HUB_OBJECT_HOURS)), 0
    query = "SELECT key FROM object WHERE bundle_id IS NULL AND since < ? ORDER BY since LIMIT ?"
    while True:
        with database.transaction() as session:
            keys = [key for (key,) in session.rows(query, before, _AT_ONCE)]
        for key in keys:
            store.delete(key)
        with database.transaction() as session:
            for key in keys:
                session.run("DELETE FROM object WHERE key = ? AND bundle_id IS NULL", key)
        count += len(keys)
        if len(keys) < _AT_ONCE:
            return count


def sweep_strays(database: Database, store: InS3) -> int:
    """Remove the objects that no row knows, as after an older database was restored; count them.

    Raises:
        HubStoreError: database or store cannot be used; what was removed until then is gone.
    """
    count = 0
    for page in store.pages():
        with database.transaction() as session:
            known = "SELECT 1 FROM object WHERE key = ?"
            strays = [key for key in page if not session.rows(known, key)]
        for key in strays:
            store.delete(key)
        count += len(strays)
    return count
