"""The libraries of the extra ``report``: imported where they are used, and named when missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mediabridge.errors import ReportLibraryError


@contextmanager
def library() -> Iterator[None]:
    """Import within the block what only reports need.

    Raises:
        ReportLibraryError: it is not installed; says what.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise ReportLibraryError(name=error.name or "?") from None
