"""Invented notices for what is measured."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import count, cycle

from mediabridge.records.model import Record
from mediabridge.records.tables import shipped
from mediabridge.sample import Population


def notices(seed: int, different: int) -> Iterator[Record]:
    """Yield notices of one believable day over and over, each with a number of its own.

    The day has *different* notices at least; *seed* draws the people they are about.
    """
    people = Population(
        10 * different, seed, "131041", date(2026, 11, 20), tables=shipped(), at_least=different
    )
    drawn = next(iter(people.days(1))).isa_notices
    for number, notice in zip(count(1), cycle(drawn), strict=False):
        yield notice.model_copy(update={"notice_id": f"BENCH-{number:09d}", "sequence": number})
