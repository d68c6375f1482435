"""Receipts at a station: issuing one for a bundle taken, accepting those a bundle brings."""

from __future__ import annotations

from collections.abc import Iterable

from mediabridge.apply import AppliedBundleInfo, Outcome, SqliteRegistry
from mediabridge.bundle.model import OpenedBundle
from mediabridge.stations.station import OpenStation
