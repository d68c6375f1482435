"""The sealed bundles on the station's own disk, each in the folder of its id."""

from __future__ import annotations

from pathlib import Path

from mediabridge.bundle import layout
from mediabridge.config import LIMITS
from mediabridge.errors import OutboxChangedError
from mediabridge.plainfile import read_plain
from mediabridge.stations.station import OpenStation


def folder(station: OpenStation, bundle: str) -> Path:
    """Return the folder of a sealed *bundle*."""
    return station.home.outbox / bundle


def read(station: OpenStation, bundle: str, name: str) -> bytes:
    """Return one of the small files of a sealed *bundle*, read once.

    Raises:
        OutboxChangedError: it is missing, no plain file, or larger than any such file.
    """
    try:
        return read_plain(folder(station, bundle) / name, LIMITS.small_file_bytes)
    except (OSError, ValueError):
        raise OutboxChangedError(bundle=bundle, name=name) from None


def approvals_in(station: OpenStation, bundle: str) -> list[str]:
    """Return the names of the files that claim to be approvals of *bundle*, sorted."""
    path = folder(station, bundle)
    names = (each.name for each in path.iterdir()) if path.is_dir() else ()
    return sorted(name for name in names if layout.approver(name))
