"""Software: what was described here to be sent, and what came."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from enum import unique
from typing import TYPE_CHECKING

from mediabridge import canonical
from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken
from mediabridge.stations.books.understanding import understood

if TYPE_CHECKING:
    from mediabridge.bundle.software import Software


@unique
class SoftwareState(Spoken):
    """What became of a file of software, as this station knows."""

    COLLECTED = "collected", n_("collected, no answer yet")
    """Described here, to be sent; the receiver has not answered."""
    STAGED = "staged", n_("verified, ready to install")
    """At the receiver: verified and kept, and nothing was done with it."""
    REFUSED = "refused", n_("refused at the receiver")
    """At the receiver: nothing of it is kept, as the reason says."""
    ORDERED = "ordered", n_("ordered to be installed")
    """An officer ordered it, and the installer has not said what became of it."""
    INSTALLED = "installed", n_("installed")
    """The installer says that it is in place."""
    FAILED = "failed", n_("not installed")
    """The installer says that it is not, as the reason says."""


@dataclass(frozen=True)
class SoftwareRow:
    """One file of software in one direction."""

    direction: str
    """``out``: it was described here; ``in``: it came."""
    described: Software
    bundle: str
    """The bundle that brought it; empty for what goes out."""
    state: SoftwareState
    reason: str
    """Why it was refused, or not installed; otherwise empty."""
    at: str


class SoftwareFiles:
    """Software of both directions, each file once by its SHA-256."""

    _db: sqlite3.Connection

    def enter_software(self, row: SoftwareRow) -> None:
        """Enter *row* in the place of what is known of the same file; within a transaction."""
        self._db.execute(
            "INSERT OR REPLACE INTO software VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                row.direction, row.described.sha256, _spelt(row.described), row.bundle,
                row.state, row.reason, row.at,
            ),
        )  # fmt: skip

    def set_software(self, direction: str, file: str, state: SoftwareState, reason: str) -> None:
        """Note what became of *file*."""
        self._db.execute(
            "UPDATE software SET state = ?, reason = ? WHERE direction = ? AND file = ?",
            (state, reason, direction, file),
        )

    def software(self, direction: str) -> list[SoftwareRow]:
        """Return the files of one direction, the newest first."""
        return self._software("direction = ? ORDER BY at DESC, file", direction)

    def ordered_software(self) -> list[str]:
        """Return the files of which nobody has said what became of their order."""
        query = "SELECT file FROM software WHERE direction = 'in' AND state = ?"
        return [file for (file,) in self._db.execute(query, (SoftwareState.ORDERED,))]

    def newest_ordered(self) -> tuple[str, str, str] | None:
        """Return state, reason and description of what was ordered or installed last, as kept."""
        states = (SoftwareState.ORDERED, SoftwareState.INSTALLED, SoftwareState.FAILED)
        query = (
            "SELECT state, reason, description FROM software WHERE direction = 'in' AND"
            " state IN (?, ?, ?) ORDER BY state = ? DESC, at DESC LIMIT 1"
        )
        found = self._db.execute(query, (*states, SoftwareState.ORDERED)).fetchone()
        return (found[0], found[1], found[2]) if found else None

    def software_in(self, bundle: str) -> list[SoftwareRow]:
        """Return what *bundle* brought, in its order."""
        return self._software("direction = 'in' AND bundle = ? ORDER BY rowid", bundle)

    def software_file(self, direction: str, file: str) -> SoftwareRow | None:
        """Return what is known of *file*, or None."""
        found = self._software("direction = ? AND file = ?", direction, file)
        return found[0] if found else None

    def free_file(self, file: str) -> None:
        """Let the collected *file* wait once more; what carried it stays known."""
        self._db.execute(
            "INSERT OR IGNORE INTO carried_once SELECT bundle, file FROM inbox"
            " WHERE file = ? AND bundle IS NOT NULL",
            (file,),
        )
        self._db.execute("UPDATE inbox SET bundle = NULL WHERE file = ?", (file,))

    def described(self, file: str) -> Software:
        """Return how the collected *file* was described.

        Raises:
            BooksCorruptError: it was not.
        """
        with understood("software"):
            row = self.software_file("out", file)
            if row is None:
                msg = "a collected file without its description"
                raise ValueError(msg)
            return row.described

    def _software(self, where: str, *values: str) -> list[SoftwareRow]:
        columns = "direction, description, bundle, state, reason, at"
        query = f"SELECT {columns} FROM software WHERE {where}"  # noqa: S608 - fixed texts
        # Every command opens the books, and few look at software.
        from mediabridge.bundle.software import Software  # noqa: PLC0415

        with understood("software"):
            return [
                SoftwareRow(
                    direction,
                    Software.model_validate(canonical.load(description.encode())),
                    bundle,
                    SoftwareState.of(state),
                    reason,
                    at,
                )
                for direction, description, bundle, state, reason, at in self._db.execute(
                    query, values
                )
            ]


def _spelt(described: Software) -> str:
    return canonical.dump(described.model_dump(mode="json")).decode()
