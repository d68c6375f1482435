"""Receipts that are due to the other station, and what carries them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from mediabridge.stations.books.rows import DueReceipt


class DueReceipts:
    """Receipts that are due to the other station, and what carries them."""

    _db: sqlite3.Connection

    def add_receipt(self, receipt: DueReceipt, *, sender: str) -> None:
        """Enter a receipt that is now due to *sender*."""
        self._db.execute(
            "INSERT INTO receipts (receipt, bundle, sender, seq, lines, sha256)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (receipt.receipt, receipt.bundle, sender, receipt.seq, receipt.lines, receipt.sha256),
        )

    def due_receipts(self, sender: str) -> list[DueReceipt]:
        """Return the receipts due to *sender*, oldest first."""
        rows = self._db.execute(
            "SELECT receipt, bundle, seq, lines, sha256 FROM receipts"
            " WHERE sender = ? AND carried_by IS NULL ORDER BY seq",
            (sender,),
        )
        return [DueReceipt(*row) for row in rows]

    def carry_receipts(self, bundle: str, receipts: Iterable[str]) -> None:
        """Note that *bundle* carries *receipts*."""
        self._db.executemany(
            "UPDATE receipts SET carried_by = ? WHERE receipt = ?",
            ((bundle, receipt) for receipt in receipts),
        )
