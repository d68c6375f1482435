"""Receipts that are due to the other station, and what carries them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Final

from mediabridge.stations.books.rows import DueReceipt

_TABLES: Final = ("receipts", "supplements")
"""Answers to bundles, and the decisions that add to them."""


class DueReceipts:
    """Receipts that are due to the other station, and what carries them."""

    _db: sqlite3.Connection

    def add_receipt(self, receipt: DueReceipt, *, sender: str) -> None:
        """Enter a receipt that is now due to *sender*."""
        values = (receipt.receipt, receipt.bundle, sender, receipt.seq, receipt.lines)
        if receipt.supplement:
            self._db.execute(
                "INSERT INTO supplements (receipt, bundle, sender, seq, lines, sha256, supplement)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*values, receipt.sha256, receipt.supplement),
            )
        else:
            self._db.execute(
                "INSERT INTO receipts (receipt, bundle, sender, seq, lines, sha256)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (*values, receipt.sha256),
            )

    def due_receipts(self, sender: str) -> list[DueReceipt]:
        """Return the receipts due to *sender*, oldest first, supplements after what they add to."""
        rows = self._db.execute(
            "SELECT receipt, bundle, seq, lines, sha256, 0 AS supplement FROM receipts"
            " WHERE sender = :sender AND carried_by IS NULL UNION ALL"
            " SELECT receipt, bundle, seq, lines, sha256, supplement FROM supplements"
            " WHERE sender = :sender AND carried_by IS NULL ORDER BY seq, supplement",
            {"sender": sender},
        )
        return [DueReceipt(*row) for row in rows]

    def receipt(self, receipt: str, *, sender: str) -> DueReceipt | None:
        """Return the *receipt* that was issued to *sender*, due or sent; None if there is none."""
        row = self._db.execute(
            "SELECT receipt, bundle, seq, lines, sha256, 0 FROM receipts"
            " WHERE receipt = :receipt AND sender = :sender UNION ALL"
            " SELECT receipt, bundle, seq, lines, sha256, supplement FROM supplements"
            " WHERE receipt = :receipt AND sender = :sender",
            {"receipt": receipt, "sender": sender},
        ).fetchone()
        return None if row is None else DueReceipt(*row)

    def carry_receipts(self, bundle: str, receipts: Iterable[str]) -> None:
        """Note that *bundle* carries *receipts*."""
        for receipt in receipts:
            for table in _TABLES:
                self._db.execute(
                    f"UPDATE {table} SET carried_by = ? WHERE receipt = ?",  # noqa: S608 - our names
                    (bundle, receipt),
                )

    def free_receipts(self, bundle: str) -> None:
        """Let everything that *bundle* carried be due again."""
        for table in _TABLES:
            self._db.execute(
                f"UPDATE {table} SET carried_by = NULL WHERE carried_by = ?",  # noqa: S608 - our names
                (bundle,),
            )
