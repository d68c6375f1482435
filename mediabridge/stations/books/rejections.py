"""Bundles that an officer sent back, until whoever prepared them has sealed again."""

from __future__ import annotations

import sqlite3
from dataclasses import astuple, fields

from mediabridge.stations.books.rows import SentBack

_COLUMNS = ", ".join(field.name for field in fields(SentBack))


class Rejections:
    """Bundles that an officer sent back, and the files of theirs that were set aside."""

    _db: sqlite3.Connection

    def take_apart(self, back: SentBack) -> None:
        """Forget a bundle that never left: the files that were in it wait again."""
        self._db.execute("UPDATE inbox SET bundle = NULL WHERE bundle = ?", (back.bundle,))
        self._db.execute("DELETE FROM bundles WHERE bundle = ?", (back.bundle,))
        self._db.execute(
            f"INSERT INTO sent_back ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - fixed texts
            astuple(back),
        )

    def set_aside(self, bundle: str, file: str) -> None:
        """Note that *file* came back with *bundle*; it is moved out of the inbox."""
        self._db.execute("INSERT INTO set_aside VALUES (?, ?)", (bundle, file))

    def sent_back(self) -> list[SentBack]:
        """Return what came back and was not followed by another bundle of its route yet."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM sent_back WHERE NOT answered ORDER BY at, receiver, seq"  # noqa: S608 - fixed texts
        )
        return [SentBack(*row) for row in rows]

    def answer_sent_back(self, receiver: str) -> None:
        """Note that another bundle was sealed for *receiver* by people who knew."""
        self._db.execute("UPDATE sent_back SET answered = 1 WHERE receiver = ?", (receiver,))

    def was_sent_back(self, bundle: str) -> bool:
        """Tell whether *bundle* was ever sent back."""
        query = "SELECT 1 FROM sent_back WHERE bundle = ?"
        return self._db.execute(query, (bundle,)).fetchone() is not None

    def is_set_aside(self, file: str) -> bool:
        """Tell whether *file* came back and was not collected anew since."""
        query = """
            SELECT 1 FROM set_aside
            WHERE file = :file AND NOT EXISTS (SELECT 1 FROM inbox WHERE file = :file) LIMIT 1
        """
        return self._db.execute(query, {"file": file}).fetchone() is not None
