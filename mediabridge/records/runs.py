"""Rows of text that were found right, handed on as many at a time as nothing comes between.

Whatever a reader says of a row, it says when the rows before it have been taken, and before
that row is handed on. So whoever takes runs and adds errors of its own gets all of them in the
order of the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from mediabridge.records.notices import RecordNotice
from mediabridge.records.reasons import RecordError

BATCH_ROWS: Final = 250
"""Rows that are judged together, at most: so many stay in the processor's cache."""

Row = Sequence[str]
"""The text of each column; an absent value is empty."""


class Run(NamedTuple):
    """Rows that are right and follow one another."""

    first: int
    """The number of the first of them, as the reader counts."""

    rows: Sequence[Row]


@dataclass(frozen=True)
class Said:
    """What a closer look at one row found."""

    right: bool
    errors: Sequence[RecordError] = field(default=())
    notices: Sequence[RecordNotice] = field(default=())


def runs_of(
    first: int,
    rows: Sequence[Row],
    doubtful: Iterable[int],
    look: Callable[[int], Said],
    tell: Callable[[int, Said], object],
) -> Iterator[Run]:
    """Yield the right ones of *rows*, which are numbered from *first*.

    Those at the places *doubtful* are right if a *look* says so. Where it has anything to say,
    *tell* is called in time.
    """
    start = 0
    for place in sorted(doubtful):
        said = look(place)
        if said.right and not said.notices:
            continue
        if start < place:
            yield Run(first + start, rows[start:place])
        tell(place, said)
        start = place if said.right else place + 1
    if start < len(rows):
        yield Run(first + start, rows[start:])
