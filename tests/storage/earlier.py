"""A database of today as the version before left one: the same rows, in the tables of then."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from mediabridge import sqlite
from mediabridge.sqlite import Owner, Store


def set_back(path: Path, store: Store, owner: Owner) -> int:
    """Put *path* back by one version of *store*; return which it is now.

    What only the newer tables hold is lost. Owner and mode of the file stay.
    """
    earlier, draft = replace(store, steps=store.steps[:-1]), path.with_name(f"{path.name}.earlier")
    sqlite.connect(draft, earlier, owner).close()
    with closing(sqlite3.connect(draft)) as connection:
        connection.execute("ATTACH ? AS later", (os.fspath(path),))
        triggers = connection.execute(
            "SELECT name, sql FROM main.sqlite_schema WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER main.{name}")
        for table in _tables(connection, "main") & _tables(connection, "later"):
            _copy(connection, table)
        for _, sql in triggers:
            connection.execute(sql)
        connection.commit()
    status = path.stat()
    os.chown(draft, status.st_uid, status.st_gid)
    draft.chmod(status.st_mode & 0o777)
    draft.replace(path)
    return earlier.version


def _copy(connection: sqlite3.Connection, table: str) -> None:
    then, now = (_columns(connection, schema, table) for schema in ("main", "later"))
    columns = ", ".join(f'"{each}"' for each in then if each in now)
    connection.execute(f'DELETE FROM main."{table}"')  # noqa: S608 - names of tables
    connection.execute(
        f'INSERT INTO main."{table}" ({columns}) SELECT {columns} FROM later."{table}"'  # noqa: S608 - the same
    )


def _tables(connection: sqlite3.Connection, schema: str) -> set[str]:
    query = f"SELECT name FROM {schema}.sqlite_schema WHERE type = 'table'"  # noqa: S608 - fixed names
    return {name for (name,) in connection.execute(query)}


def _columns(connection: sqlite3.Connection, schema: str, table: str) -> list[str]:
    found = connection.execute(f'PRAGMA {schema}.table_info("{table}")')
    return [name for (_, name, *_) in found]
