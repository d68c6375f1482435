"""Numbers that officers declared void, and what a peer received of a restored station."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mediabridge.verify.void import SignedVoid, VoidStatement


@dataclass(frozen=True)
class Elsewhere:
    """A bundle that was received, and of which the sender does not know any more what it held.

    Its sender came from a backup since; or it was void, and what it held was sent back.
    """

    bundle: str
    receiver: str
    seq: int
    receipt: str
    records: int


class Voids:
    """The signed statements of both directions, and what followed from them."""

    _db: sqlite3.Connection

    def add_void(self, signed: SignedVoid, *, accepted: bool) -> None:
        """Enter a statement; one on the same numbers is replaced by it.

        *accepted* says whether the receiver has it; within :meth:`transaction`.
        """
        statement = signed.statement
        self._db.execute(
            "INSERT OR REPLACE INTO voids VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                statement.route.sender, statement.route.receiver, statement.first, statement.last,
                signed.data, _as_text(signed.signatures), int(accepted),
            ),
        )  # fmt: skip

    def voids(self, sender: str, receiver: str, *, waiting: bool = False) -> list[SignedVoid]:
        """Return the statements on a route, by number; only those that are *waiting* if asked.

        Waiting are those of which the receiver's log does not say yet that it has them.
        """
        query = (
            "SELECT statement, signatures FROM voids WHERE sender = ? AND receiver = ?"
            " AND accepted <= ? ORDER BY first, last"
        )
        rows = self._db.execute(query, (sender, receiver, 0 if waiting else 1))
        return [_signed(data, signatures) for data, signatures in rows]

    def accept_void(self, statement: VoidStatement) -> None:
        """Note that the receiver has *statement*."""
        self._db.execute(
            "UPDATE voids SET accepted = 1"
            " WHERE sender = ? AND receiver = ? AND first = ? AND last = ?",
            (
                statement.route.sender,
                statement.route.receiver,
                statement.first,
                statement.last,
            ),
        )

    def free_content(self, bundle: str) -> None:
        """Let what *bundle* carried wait to be sealed again; what it carried stays known."""
        self._db.execute(
            "INSERT OR IGNORE INTO carried_once SELECT bundle, file FROM inbox WHERE bundle = ?",
            (bundle,),
        )
        self._db.execute("UPDATE inbox SET bundle = NULL WHERE bundle = ?", (bundle,))

    def content_of(self, bundle: str) -> list[str]:
        """Return the files that the void *bundle* carried, whatever carries them now."""
        rows = self._db.execute("SELECT file FROM carried_once WHERE bundle = ?", (bundle,))
        return [file for (file,) in rows]

    def lacks_content(self, bundle: str) -> bool:
        """Tell whether the void *bundle* carried a file that is not known here any more.

        That is so when it was issued anew, and an officer sent that back.
        """
        query = """
            SELECT 1 FROM carried_once
            WHERE bundle = ? AND file NOT IN (SELECT file FROM inbox) LIMIT 1
        """
        return self._db.execute(query, (bundle,)).fetchone() is not None

    def add_elsewhere(self, found: Elsewhere) -> None:
        """Enter a bundle that is unknown here, and that a peer received."""
        self._db.execute(
            "INSERT OR IGNORE INTO elsewhere VALUES (?, ?, ?, ?, ?)",
            (found.bundle, found.receiver, found.seq, found.receipt, found.records),
        )

    def add_elsewhere_records(
        self, bundle: str, records: Iterable[tuple[str, str, str, str | None]]
    ) -> None:
        """Enter what a receipt says of the unknown *bundle*: its records by outcome."""
        self._db.executemany(
            "INSERT OR IGNORE INTO elsewhere_records VALUES (?, ?, ?, ?, ?)",
            ((bundle, *record) for record in records),
        )

    def elsewhere(self) -> list[Elsewhere]:
        """Return the bundles that a peer received, and whose content is not known here any more."""
        rows = self._db.execute("SELECT * FROM elsewhere ORDER BY receiver, seq")
        return [Elsewhere(*row) for row in rows]

    def received_elsewhere(self, file: str) -> int:
        """Return how many records of the collected *file* a peer received in such bundles."""
        query = """
            SELECT count(*) FROM (
                SELECT kind, record FROM records WHERE file = :file
                UNION SELECT kind, record FROM repeats WHERE file = :file
            ) JOIN (SELECT DISTINCT kind, record FROM elsewhere_records) USING (kind, record)
        """
        return int(self._db.execute(query, {"file": file}).fetchone()[0])

    def kept_text(self, name: str) -> str:
        """Return the text kept under *name*, an empty one when there is none."""
        row = self._db.execute("SELECT value FROM texts WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def keep_text(self, name: str, value: str) -> None:
        """Keep *value* under *name*."""
        self._db.execute("INSERT OR REPLACE INTO texts VALUES (?, ?)", (name, value))


def _as_text(signatures: Mapping[str, bytes]) -> str:
    return json.dumps({name: data.decode("ascii") for name, data in sorted(signatures.items())})


def _signed(data: bytes, signatures: str) -> SignedVoid:
    # Hardly a station has such a statement, and every command opens the books.
    from mediabridge.verify.void import SignedVoid, parse_statement  # noqa: PLC0415

    kept = {name: text.encode("ascii") for name, text in json.loads(signatures).items()}
    return SignedVoid(parse_statement(data), data, kept)
