"""Copies of a whole database: kept before its tables change, or taken into a backup."""

from __future__ import annotations

import filecmp
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Final

from mediabridge.durable import draft_beside, sync_file, sync_folder
from mediabridge.sqlite.store import Store
from mediabridge.sqlite.telling import told_by_sqlite, told_by_system

_PAGES_AT_ONCE: Final = 1024
"""How many pages are copied before somebody is told: four MiB of ours."""


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


def copy_whole(
    path: Path, target: Path, store: Store, tell: Callable[[int], None] | None = None
) -> None:
    """Copy the database at *path* to *target* as of one moment, also while it is in use.

    Where somebody wants to know how far it is, *tell* is told the bytes, some at a time; if
    the database is changed in between, SQLite begins again, and nothing is told twice.

    Raises:
        One of the store's refusals.
    """
    try:
        _copy(path, target, tell)
    except sqlite3.DatabaseError as error:
        raise told_by_sqlite(error, path, store) from error
    except OSError as error:
        raise told_by_system(error, path, store) from error


def _copy(path: Path, target: Path, tell: Callable[[int], None] | None = None) -> None:
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        if tell is None:
            source.backup(copy)
        else:
            ((page_bytes,),) = source.execute("PRAGMA page_size")
            source.backup(copy, pages=_PAGES_AT_ONCE, progress=_told_once(tell, page_bytes))
    sync_file(target)


def _told_once(tell: Callable[[int], None], page_bytes: int) -> Callable[[int, int, int], None]:
    most = 0

    def pages(_status: int, left: int, total: int) -> None:
        nonlocal most
        if total - left > most:
            tell((total - left - most) * page_bytes)
            most = total - left

    return pages


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
