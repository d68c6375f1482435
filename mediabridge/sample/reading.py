"""Reading the population of a sample back."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mediabridge.errors import UsageError
from mediabridge.locale import n_, text
from mediabridge.progress import NullProgress, Progress

_TELL_EVERY: Final = 1000
"""Rows between two reports of progress."""


def read_population(
    path: Path,
    progress: Progress = NullProgress(),  # noqa: B008 - it keeps nothing
) -> Iterator[dict[str, str]]:
    """Yield the rows of a ``population.csv`` as text by column; *progress* hears of its bytes.

    Raises:
        UsageError: the file is not a population file.
        OSError: the file cannot be read.
    """
    with path.open("rb") as stream:
        progress.start(n_("Filling the registry"), os.fstat(stream.fileno()).st_size)
        told = 0
        for number, row in enumerate(_rows(path.name, stream), 1):
            yield row
            if number % _TELL_EVERY == 0:
                progress.advance(stream.tell() - told)
                told = stream.tell()
    progress.finish()


def _rows(name: str, stream: io.BufferedReader) -> Iterator[dict[str, str]]:
    rows = csv.reader(io.TextIOWrapper(stream, encoding="utf-8", newline=""), strict=True)
    try:
        columns = next(rows, [])
        for number, row in enumerate(rows, 2):
            if len(row) != len(columns):
                detail = text(
                    "{name} is no population file (row {number})", name=name, number=number
                )
                raise UsageError(detail=detail)
            yield dict(zip(columns, row, strict=True))
    except (csv.Error, UnicodeDecodeError) as error:
        raise UsageError(detail=text("{name} is no population file", name=name)) from error
