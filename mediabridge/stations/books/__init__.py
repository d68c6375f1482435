"""The station's books: the state of every journey, in one SQLite database.

The stick never holds the state of a journey. Every change here is one transaction, durable
when it is left (ADR 0003); it comes after the log entry that announces it. The pages of the
books are :class:`CollectedFiles`, :class:`Bundles`, :class:`DueReceipts`, :class:`Rejections`,
:class:`RecipientKeys`, :class:`Voids`, :class:`Settled`, :class:`SoftwareFiles` and the register
of media.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, closing
from pathlib import Path

from mediabridge import sqlite
from mediabridge.media import register
from mediabridge.stations.books.bundles import Bundles, has_taken
from mediabridge.stations.books.files import CollectedFiles
from mediabridge.stations.books.receipts import DueReceipts
from mediabridge.stations.books.recipients import TRUSTED, RecipientKeys
from mediabridge.stations.books.rejections import Rejections
from mediabridge.stations.books.rows import (
    BundleRow,
    BundleState,
    ClosedRecord,
    DueReceipt,
    InboxRow,
    Opening,
    OwnKey,
    OwnRecord,
    PeerKey,
    SentBack,
)
from mediabridge.stations.books.schema import BOOKS
from mediabridge.stations.books.settled import Issued, Settled
from mediabridge.stations.books.software import SoftwareFiles, SoftwareRow, SoftwareState
from mediabridge.stations.books.voids import Elsewhere, Voids

__all__ = [
    "TRUSTED",
    "Books",
    "BundleRow",
    "BundleState",
    "ClosedRecord",
    "DueReceipt",
    "Elsewhere",
    "InboxRow",
    "Issued",
    "Opening",
    "OwnKey",
    "OwnRecord",
    "PeerKey",
    "SentBack",
    "SoftwareRow",
    "SoftwareState",
    "has_taken_at",
    "recipient_keys_at",
]


def has_taken_at(path: Path) -> bool:
    """Tell whether any bundle was applied, by the books at *path*, without locking them.

    Raises:
        BooksError: they cannot be read.
    """
    with closing(sqlite.look(path, BOOKS)) as connection:
        return has_taken(connection)


def recipient_keys_at(path: Path) -> list[OwnKey]:
    """Return the own recipient keys in the books at *path*, without changing or locking them.

    Raises:
        BooksError: they cannot be read.
    """
    with closing(sqlite.look(path, BOOKS)) as connection:
        return RecipientKeys(connection).own_keys()


class Books(
    CollectedFiles, Bundles, DueReceipts, Rejections, RecipientKeys, Voids, Settled, SoftwareFiles
):
    """The station's books; one writer at a time."""

    def __init__(self, path: Path, owner: sqlite.Owner) -> None:
        """Open the books of *owner* at *path*, creating them when there are none.

        Raises:
            BooksError: one of the refusals of :data:`BOOKS`.
        """
        self._db = sqlite.connect(path, BOOKS, owner)
        self._media = register.MediaRegister(self._db)

    def close(self) -> None:
        """Release the database."""
        self._db.close()

    @property
    def media(self) -> register.MediaRegister:
        """The register of media; its changes belong within :meth:`transaction` as well."""
        return self._media

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing; durable when the block is left."""
        return sqlite.transaction(self._db)

    def fact(self, name: str) -> int:
        """Return the number kept under *name*, 0 when there is none."""
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    def set_fact(self, name: str, value: int) -> None:
        """Keep *value* under *name*."""
        self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))
