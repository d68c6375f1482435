"""What is let go, and when: contents after days, what is known of them after a year and more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mediabridge.clock import to_rfc3339
from mediabridge.hub.database import Database
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
    """Contents of bundles that nobody fetched."""
    arriving: int
    """Bundles that never became complete."""
    known: int
    """Bundles of which it is not known any more that there were any."""


def purge(database: Database, keep: Keep, now: datetime) -> Purged:
    """Let go what is kept for longer than *keep* says; may end anywhere and be repeated.

    Raises:
        HubStoreError: the database cannot be used; what was let go until then is gone.
    """
    gone = Purged(
        taken=_empty(database, "taken", _before(now, keep.taken), now),
        waiting=_empty(database, "complete", _before(now, keep.waiting), now),
        arriving=_forget(database, "arriving", _before(now, keep.arriving)),
        known=_forget(database, "purged", _before(now, keep.known)),
    )
    with database.transaction() as session:
        first = _before(now, keep.known)
        session.run("DELETE FROM usage WHERE day < ?", first[:10])
        session.run("DELETE FROM fault WHERE received_at < ?", first)
    return gone


def _before(now: datetime, days: int) -> str:
    return to_rfc3339(now - timedelta(days=days))


def _empty(database: Database, state: str, before: str, now: datetime) -> int:
    """Take the contents of bundles away that have been in *state* since *before*."""
    count = 0
    while True:
        with database.transaction() as session:
            numbers = session.rows(_OLD + session.locking, state, before, _AT_ONCE)
            for (number,) in numbers:
                session.run("DELETE FROM file WHERE bundle_id = ?", number)
                change = "UPDATE bundle SET state = 'purged', changed_at = ? WHERE id = ?"
                session.run(change, to_rfc3339(now), number)
        count += len(numbers)
        if len(numbers) < _AT_ONCE:
            return count


def _forget(database: Database, state: str, before: str) -> int:
    with database.transaction() as session:
        return session.run("DELETE FROM bundle WHERE state = ? AND changed_at < ?", state, before)
