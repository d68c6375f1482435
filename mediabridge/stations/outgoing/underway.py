"""What was sealed here and is not answered yet."""

from __future__ import annotations

from typing import Final

from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.station import OpenStation

UNDER_WAY: Final = (BundleState.SEALED, BundleState.APPROVED, BundleState.WRITTEN)
"""The states of an outgoing bundle that is not answered yet, in their order."""


def under_way(station: OpenStation) -> list[BundleRow]:
    """Return the bundles that were sealed here and not answered yet, by state and number."""
    return [row for state in UNDER_WAY for row in station.books.bundles_in(state)]


def needs_no_answer(row: BundleRow) -> bool:
    """Tell whether *row* is on a medium and holds receipts alone, which nothing acknowledges."""
    return row.state is BundleState.WRITTEN and row.only_answers
