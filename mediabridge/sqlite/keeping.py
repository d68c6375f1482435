"""Copies of a whole database: kept before its tables change, or taken into a backup."""

from __future__ import annotations

import filecmp
import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

from mediabridge.durable import draft_beside, sync_file, sync_folder
from mediabridge.sqlite.store import Store
from mediabridge.sqlite.telling import told_by_sqlite, told_by_system


def keep_copy(path: Path, store: Store) -> None:
    """Keep the file as it is as ``<name>.before-<version>``; no earlier copy is ever replaced.

    A second connection reads, while the caller's transaction keeps every writer out: to
    open the file itself would, when it is closed, let go of SQLite's locks on it.

    Raises:
        One of the store's refusals; nothing is left beside the file.
    """
    try:
        with draft_beside(path) as draft:
            _copy(path, draft)
            _link_anew(draft, f"{path.name}.before-{store.version}")
    except sqlite3.DatabaseError as error:
        raise told_by_sqlite(error, path, store) from error
    except OSError as error:
        raise told_by_system(error, path, store) from error
    sync_folder(path.parent)


def copy_whole(path: Path, target: Path, store: Store) -> None:
    """Copy the database at *path* to *target* as of one moment, also while it is in use.

    Raises:
        One of the store's refusals.
    """
    try:
        _copy(path, target)
    except sqlite3.DatabaseError as error:
        raise told_by_sqlite(error, path, store) from error
    except OSError as error:
        raise told_by_system(error, path, store) from error


def _copy(path: Path, target: Path) -> None:
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    sync_file(target)


def _link_anew(draft: Path, name: str) -> None:
    """Give *draft* the name *name*, or with a number the next free one.

    When an interrupted migration has left the same content there, that is the copy.
    """
    for number in count(1):
        target = draft.with_name(name if number == 1 else f"{name}.{number}")
        try:
            target.hardlink_to(draft)
        except FileExistsError:
            if filecmp.cmp(draft, target, shallow=False):
                return
        else:
            return
