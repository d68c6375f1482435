"""The one place that chooses the registry of a station."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mediabridge.apply.embedded import EMBEDDED, Embedded
from mediabridge.apply.sqlite import SqliteRegistry
from mediabridge.apply.sqlite.schema import REGISTRY
from mediabridge.errors import SettingsError
from mediabridge.locale import text
from mediabridge.sqlite import Owner, copy_whole, damage, is_earlier

if TYPE_CHECKING:
    from mediabridge.apply.places import Place
    from mediabridge.apply.ports import Registry


def open_registry(path: Path, owner: Owner, place: Place = EMBEDDED) -> Registry:
    """Open the registry of the station *owner*, empty if there is none.

    It is in *place*; the embedded one is the file *path*.

    Raises:
        SettingsError: its adapter needs what is not installed or not as it has to be.
        RegistryError: it cannot be used, or is another station's.
    """
    if isinstance(place, Embedded):
        return SqliteRegistry(path, owner)
    # There is another place only where the settings were read, by the models of both.
    from mediabridge.apply.places import DropFolderPlace  # noqa: PLC0415

    if isinstance(place, DropFolderPlace):
        from mediabridge.apply.dropfolder import DropFolderRegistry  # noqa: PLC0415 - needs lxml

        return DropFolderRegistry(path, owner, place)
    _require_unused(path, owner)
    with _from_the_extra("postgresql"):
        from mediabridge.apply.postgres import PostgresRegistry  # noqa: PLC0415 - needs libpq
    return PostgresRegistry(place, owner)


def examine_registry(path: Path, owner: Owner, place: Place = EMBEDDED) -> str | None:
    """Return why the registry cannot be relied on, or None; unlike opening it changes nothing.

    Raises:
        SettingsError, RegistryError: one on a server cannot be looked at, or is not *owner*'s.
    """
    if isinstance(place, Embedded) or place.adapter != "postgresql":
        return damage(path)
    with _from_the_extra("postgresql"):
        from mediabridge.apply.postgres import examine  # noqa: PLC0415 - needs libpq
    examine(place, owner)
    return None


def is_earlier_registry(path: Path) -> bool:
    """Tell whether a former version of the program made the embedded registry at *path*.

    Raises:
        RegistryError: it cannot be read, or is of a newer version.
    """
    return is_earlier(path, REGISTRY)


def _require_unused(path: Path, owner: Owner) -> None:
    """Refuse to leave an embedded registry: what was applied would be forgotten with it."""
    if not path.exists():
        return
    with SqliteRegistry(path, owner) as embedded:
        if embedded.count() or next(embedded.journal(), None) is not None:
            detail = text("{name} is in use; a station keeps its registry", name=path.name)
            raise SettingsError(name="station.toml", detail=detail)


@contextmanager
def _from_the_extra(name: str) -> Iterator[None]:
    """Import what not every station has."""
    try:
        yield
    except ImportError:
        detail = text("the extra {name} is not installed, or libpq is missing", name=name)
        raise SettingsError(name="station.toml", detail=detail) from None


def copy_registry(path: Path, target: Path, tell: Callable[[int], None] | None = None) -> None:
    """Copy the embedded registry at *path* to *target* as of one moment, for a backup.

    *tell* is told the bytes, as by :func:`mediabridge.sqlite.copy_whole`.

    Raises:
        RegistryError: it cannot be read.
    """
    copy_whole(path, target, REGISTRY, tell)
