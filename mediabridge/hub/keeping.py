"""What is let go, and when: contents after days, what is known of them after a year and more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mediabridge.clock import to_rfc3339
from mediabridge.hub import contents, objects
from mediabridge.hub.database import Database, Session
from mediabridge.hub.settings import Keep

_AT_ONCE: Final = 50
"""Bundles of one transaction: nobody waits long for it."""

_OLD: Final = "SELECT id FROM bundle WHERE state = ? AND changed_at < ? ORDER BY id LIMIT ?"


@dataclass(frozen=True)
class Purged:
    """How many of what were let go."""

    taken: int
    """Contents of bundles that their receivers have."""
    waiting: int
    """Contents of bundles that nobody fetched; their senders may send them again."""
    arriving: int
    """Bundles that never became complete."""
    known: int
    """Bundles of which it is not known any more that there were any."""
    objects: int
    """Objects of the store that were of none of these any more, or of none ever."""


def purge(database: Database, keep: Keep, now: datetime, *, strays: bool = False) -> Purged:
    """Let go what is kept for longer than *keep* says; may end anywhere and be repeated.

    Rows go first, and then the objects that were theirs: of what a row names nothing is missing.
    With *strays* also the objects go of which the database knows nothing.

    Raises:
        HubStoreError: database or store cannot be used; what was let go until then is gone.
    """
    taken = _empty(database, _before(now, keep.taken), now)
    waiting = _begin_anew(database, _before(now, keep.waiting), now)
    arriving = _forget(database, "arriving", _before(now, keep.arriving))
    known = _forget(database, "purged", _before(now, keep.known))
    with database.transaction() as session:
        first = _before(now, keep.known)
        session.run("DELETE FROM usage WHERE day < ?", first[:10])
        session.run("DELETE FROM fault WHERE received_at < ?", first)
        session.run(
            "DELETE FROM route WHERE sent_at < ? AND coalesce(taken_at, '') < ?", *[first] * 2
        )
    return Purged(taken, waiting, arriving, known, _sweep(database, now, strays=strays))


def _sweep(database: Database, now: datetime, *, strays: bool) -> int:
    if database.store is None:
        return 0
    count = objects.sweep(database, database.store, now)
    if strays:
        count += objects.sweep_strays(database, database.store)
    return count


def _before(now: datetime, days: int) -> str:
    return to_rfc3339(now - timedelta(days=days))


def _empty(database: Database, before: str, now: datetime) -> int:
    """Take the contents away of bundles that their receivers have since *before*."""

    def empty(session: Session, number: int) -> None:
        session.run("DELETE FROM file WHERE bundle_id = ?", number)
        change = "UPDATE bundle SET state = 'purged', changed_at = ? WHERE id = ?"
        session.run(change, to_rfc3339(now), number)

    return _for_each(database, "taken", before, empty)


def _begin_anew(database: Database, before: str, now: datetime) -> int:
    """Take the contents away of what nobody fetched since *before*.

    Its receiver has nothing of it. So it is as if nothing had arrived yet, and a sender that has
    no receipt sends it again: were it called purged, the sender would take it for fetched.
    """

    def begin_anew(session: Session, number: int) -> None:
        for (name,) in session.rows("SELECT name FROM file WHERE bundle_id = ?", number):
            contents.begin_anew(session, number, name)
        session.run(
            "UPDATE bundle SET state = 'arriving', stored_at = NULL, changed_at = ? WHERE id = ?",
            *(to_rfc3339(now), number),
        )

    return _for_each(database, "complete", before, begin_anew)


def _for_each(
    database: Database, state: str, before: str, change: Callable[[Session, int], None]
) -> int:
    """Do *change* with each bundle that has been in *state* since *before*; return how many."""
    count = 0
    while True:
        with database.transaction() as session:
            numbers = session.rows(_OLD + session.locking, state, before, _AT_ONCE)
            for (number,) in numbers:
                change(session, number)
        count += len(numbers)
        if len(numbers) < _AT_ONCE:
            return count


def _forget(database: Database, state: str, before: str) -> int:
    with database.transaction() as session:
        return session.run("DELETE FROM bundle WHERE state = ? AND changed_at < ?", state, before)
