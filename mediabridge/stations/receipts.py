"""Receipts at a station: issuing one for a bundle taken, accepting those a bundle brings."""

from __future__ import annotations
