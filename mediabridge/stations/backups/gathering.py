"""What belongs in a station's backup, and under which names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mediabridge import sqlite
from mediabridge.apply import copy_registry
from mediabridge.bundle.backup import FIRST, Member
from mediabridge.locale import n_
from mediabridge.progress import Parts
from mediabridge.stations.books.schema import BOOKS
from mediabridge.stations.home import SETTINGS, Home
from mediabridge.stations.station import OpenStation
from mediabridge.translog.database import LOG

TRUST_ROOT: Final = f"{FIRST}root.json"
REPOSITORY: Final = f"{FIRST}cache/repository"
"""The trust data accepted last, as it goes onto a medium."""

ROOTS: Final = f"{FIRST}cache/roots"
"""Newer roots, of trust data that was refused: they are remembered, too."""


def saved_folders(home: Home) -> tuple[Path, ...]:
    """Return the folders whose files are saved; what else is there is made again."""
    return (
        home.keys,
        home.inbox,
        home.outbox,
        home.delivered,
        home.receipts,
        home.parked,
        home.alarms,
        home.software,
        home.tables,
    )


def belongs(name: str, home: Home) -> bool:
    """Tell whether *name* is that of a file which :func:`gathered` can have saved."""
    single = (home.config_file, home.log, home.books, home.registry)
    folders = (*(folder.name for folder in saved_folders(home)), REPOSITORY, ROOTS)
    alone = name in {TRUST_ROOT, SETTINGS, *(path.name for path in single)}
    return alone or name.startswith(tuple(f"{folder}/" for folder in folders))


def gathered(station: OpenStation) -> Iterator[Member]:
    """Yield every file that is saved; of a database a copy in ``work``, which the caller empties.

    Raises:
        BooksError, LogAlarmError, RegistryError: a database cannot be read.
        OSError: something else cannot be.
    """
    home = station.home
    yield _member(home, home.config_file)
    if home.settings_file.exists():
        yield _named(SETTINGS, home.settings_file)
    yield _member(home, home.trust_root)
    yield from _trust(station.trust_copy)
    yield from _databases(station)
    for folder in saved_folders(home):
        for path in _files(folder):
            yield _member(home, path)


def _databases(station: OpenStation) -> Iterator[Member]:
    home = station.home
    there = [home.log, home.books, *([home.registry] if home.registry.exists() else [])]
    sizes = [path.stat().st_size for path in there]
    parts = Parts(station.progress, n_("Copying the databases"), sizes, counted=False)
    for path, size in zip(there, sizes, strict=True):
        copy, tell = home.work / path.name, parts.next(size)
        if path == home.registry:
            copy_registry(path, copy, tell)
        else:
            sqlite.copy_whole(path, copy, LOG if path == home.log else BOOKS, tell)
        yield _named(path.name, copy)
    parts.finish()


def _trust(repository: Path) -> Iterator[Member]:
    for path in _files(repository):
        yield _named(f"{REPOSITORY}/{path.relative_to(repository)}", path)
    history = repository.parent / "client" / "root_history"
    for path in _files(history):
        if not (repository / "metadata" / path.name).exists():
            yield _named(f"{ROOTS}/{path.name}", path)


def _files(folder: Path) -> Iterator[Path]:
    """Yield the plain files below *folder*; a link leads out of the station and is not followed."""
    for place, _folders, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            if path.is_file() and not path.is_symlink():
                yield path


def _member(home: Home, path: Path) -> Member:
    return _named(str(path.relative_to(home.root)), path)


def _named(name: str, path: Path) -> Member:
    return Member(name, path, path.stat().st_size)
