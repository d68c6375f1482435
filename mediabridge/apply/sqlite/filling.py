"""Filling an empty registry: all rows in one statement, then the cards of all of them in one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from mediabridge.apply import rows
from mediabridge.apply.resident import POPULATION_COLUMNS
from mediabridge.errors import RegistryRefusedError

_INSERT: Final = f"""
    INSERT INTO resident ({", ".join(POPULATION_COLUMNS)})
    VALUES ({", ".join("?" for _ in POPULATION_COLUMNS)})
"""  # noqa: S608 - made of column names of this module
_CARDS: Final = """
    INSERT INTO card SELECT card_number, id FROM resident WHERE card_number IS NOT NULL
    ORDER BY card_number, id
"""


def fill(connection: sqlite3.Connection, people: Iterable[Mapping[str, str | None]]) -> int:
    """Put *people* into the open transaction of *connection*; return how many there were.

    Raises:
        RegistryRefusedError: there are residents, or a row, which is named, does not fit.
    """
    if connection.execute("SELECT EXISTS (SELECT 1 FROM resident)").fetchone()[0]:
        raise rows.already_filled()
    number = 0

    def arriving() -> Iterator[rows.Row]:
        nonlocal number
        for number, row in enumerate(people, 1):
            yield rows.population_row(number, row)

    try:
        connection.executemany(_INSERT, arriving())
    except RegistryRefusedError as error:
        # What the tables refuse is told by SQLite; a row that is none was never shown to them.
        if error.__cause__ is None:
            raise
        raise rows.refused_row(number, error) from error
    connection.execute(_CARDS)
    return number
