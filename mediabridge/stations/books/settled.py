"""What is over: whether a bundle leaves anything open, and what carried which receipt."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from mediabridge.stations.books.files import CARRIED

_OPEN: Final = "result IS NULL OR result IN ('held', 'handed_over')"
_LEAVES_OPEN: Final = f"""
    WITH carried AS ({CARRIED})
    SELECT EXISTS (SELECT 1 FROM records JOIN carried USING (file) WHERE {_OPEN})
        OR EXISTS (SELECT 1 FROM repeats JOIN carried USING (file) WHERE {_OPEN})
"""  # noqa: S608 - fixed texts
_ISSUED: Final = """
    SELECT receipt, bundle, seq, 0 AS supplement, sha256, carried_by FROM receipts WHERE {where}
    UNION ALL
    SELECT receipt, bundle, seq, supplement, sha256, carried_by FROM supplements WHERE {where}
"""


@dataclass(frozen=True)
class Issued:
    """A receipt that was issued here."""

    receipt: str
    bundle: str
    """What it answers."""
    seq: int
    supplement: int
    sha256: str | None
    """Digest of the file; None for one that is older than this column."""
    carried_by: str | None
    """None while it is due."""


class Settled:
    """What is over, so that a rule may let go what was kept of it."""

    _db: sqlite3.Connection

    def leaves_open(self, bundle: str) -> bool:
        """Tell whether a record that *bundle* carried has no answer, or not its last one yet."""
        return bool(self._db.execute(_LEAVES_OPEN, {"bundle": bundle}).fetchone()[0])

    def issued(self, receipt: str) -> Issued | None:
        """Return the receipt of this number, or None."""
        return next(iter(self._issued("receipt", receipt)), None)

    def answers_to(self, bundle: str) -> list[Issued]:
        """Return what was issued here about *bundle*: its receipt, and decisions that followed."""
        return self._issued("bundle", bundle)

    def receipts_in(self, bundle: str) -> list[Issued]:
        """Return the receipts that *bundle*, sealed here, carries."""
        return self._issued("carried_by", bundle)

    def _issued(self, column: str, value: str) -> list[Issued]:
        query = _ISSUED.format(where=f"{column} = :value")
        return [Issued(*row) for row in self._db.execute(query, {"value": value})]
