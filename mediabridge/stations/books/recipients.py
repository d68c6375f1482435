"""Recipient keys: this station's own, what each opened, and the newest of each peer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from mediabridge.stations.books.rows import Opening, OwnKey, PeerKey

TRUSTED = ""
"""The ``sender`` of a key of our own that trust data names: every sender may seal to it."""


class RecipientKeys:
    """Own recipient keys in the order in which they were entered, and those peers announced."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Read and write through *connection*."""
        self._db = connection

    def add_own_key(self, key: str, public: str, *, sender: str) -> None:
        """Enter a private key that is on the disk; one that is there already stays as it is."""
        self._db.execute(
            "INSERT OR IGNORE INTO own_keys (key, public, sender) VALUES (?, ?, ?)",
            (key, public, sender),
        )

    def own_keys(self) -> list[OwnKey]:
        """Return the own keys, the oldest first; an erased one only if trust data named it."""
        rows = self._db.execute(
            "SELECT place, key, public, sender, announcement, number, erased"
            " FROM own_keys ORDER BY place"
        )
        return [OwnKey(*row) for row in rows]

    def announce_key(self, key: str, number: int, announcement: bytes) -> None:
        """Note that *key* is announced, for the first time with the bundle *number*."""
        self._db.execute(
            "UPDATE own_keys SET number = ?, announcement = ? WHERE key = ?",
            (number, announcement, key),
        )

    def erase_own_keys(self, keys: Iterable[str]) -> None:
        """Note that the private halves of *keys* are gone."""
        for key in keys:
            self._db.execute("DELETE FROM openings WHERE key = ?", (key,))
            # What we announce names the keys of the trust data in whose place it stands.
            self._db.execute("UPDATE own_keys SET erased = 1 WHERE key = ?", (key,))
            self._db.execute("DELETE FROM own_keys WHERE key = ? AND sender <> ?", (key, TRUSTED))

    def note_opened(self, keys: Iterable[str], opening: Opening) -> None:
        """Note the newest bundle of a sender that each of *keys* opened."""
        self._db.executemany(
            "INSERT OR REPLACE INTO openings VALUES (?, ?, ?, ?)",
            ((key, opening.sender, opening.seq, opening.sums_sha256) for key in keys),
        )

    def openings(self, sender: str) -> list[tuple[str, Opening]]:
        """Return ``(key, newest bundle of *sender* that it opened)``, the oldest bundle first."""
        rows = self._db.execute(
            "SELECT key, sender, seq, sums_sha256 FROM openings WHERE sender = ? ORDER BY seq, key",
            (sender,),
        )
        return [(key, Opening(*rest)) for key, *rest in rows]

    def peer_key(self, station: str) -> PeerKey | None:
        """Return the newest announcement of *station*, or None."""
        row = self._db.execute(
            "SELECT number, announcement, signature FROM peer_keys WHERE station = ?", (station,)
        ).fetchone()
        return PeerKey(*row) if row else None

    def set_peer_key(self, station: str, key: PeerKey) -> None:
        """Keep the announcement of *station* in the place of the one before."""
        self._db.execute(
            "INSERT OR REPLACE INTO peer_keys VALUES (?, ?, ?, ?)",
            (station, key.number, key.announcement, key.signature),
        )
