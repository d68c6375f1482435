"""Rows that somebody edited by hand: told as damaged books, not as an error nobody foresaw."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mediabridge.errors import BooksCorruptError
from mediabridge.locale import text


@contextmanager
def understood(table: str) -> Iterator[None]:
    """Make of a row of *table* that means nothing what it is.

    Raises:
        BooksCorruptError: a value in it is not in its form.
    """
    try:
        yield
    except (ValueError, TypeError, KeyError):
        # Never the value: it may be anybody's.
        detail = text("a row of the table {table} means nothing", table=table)
        raise BooksCorruptError(name="station.db", detail=detail) from None
