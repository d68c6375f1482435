"""The one place that chooses the registry of a station."""

from __future__ import annotations

from pathlib import Path

from mediabridge.apply.ports import Registry
from mediabridge.apply.sqlite import SqliteRegistry
from mediabridge.apply.sqlite.schema import REGISTRY
from mediabridge.sqlite import Owner, copy_whole


def open_registry(path: Path, owner: Owner) -> Registry:
    """Open the embedded registry of the station *owner* at *path*, empty if there is none.

    Raises:
        RegistryError: it cannot be used, or is another station's.
    """
    return SqliteRegistry(path, owner)


def copy_registry(path: Path, target: Path) -> None:
    """Copy the embedded registry at *path* to *target* as of one moment, for a backup.

    Raises:
        RegistryError: it cannot be read.
    """
    copy_whole(path, target, REGISTRY)
