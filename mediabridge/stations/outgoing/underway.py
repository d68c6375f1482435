"""What was sealed here and is not answered yet."""

from __future__ import annotations

from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.station import OpenStation


def under_way(station: OpenStation) -> list[BundleRow]:
    """Return the bundles that were sealed here and not answered yet, by state and number."""
    return station.books.not_answered()


def needs_no_answer(row: BundleRow) -> bool:
    """Tell whether *row* is on a medium and holds receipts alone, which nothing acknowledges."""
    return row.state is BundleState.WRITTEN and row.only_answers
