"""Reading the population of a sample back."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path

from mediabridge.errors import UsageError
from mediabridge.locale import n_, text
from mediabridge.progress import NullProgress, Progress, telling


def read_population(path: Path, progress: Progress | None = None) -> Iterator[dict[str, str]]:
    """Yield the rows of a ``population.csv`` as text by column; *progress* hears of its bytes.

    Raises:
        UsageError: the file is not a population file.
        OSError: the file cannot be read.
    """
    with path.open("rb") as stream:
        told = progress or NullProgress()
        told.start(n_("Filling the registry"), os.fstat(stream.fileno()).st_size)
        # It closes the stream when it is gone.
        lines = io.TextIOWrapper(stream, encoding="utf-8", newline="")
        yield from telling(_rows(path.name, lines), stream, told)
    told.finish()


def _rows(name: str, lines: io.TextIOWrapper) -> Iterator[dict[str, str]]:
    rows = csv.reader(lines, strict=True)
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
