"""How far it is that findings are looked through, told so that the time that is left is right.

Those of entries come first, and each takes longer than one of a person whom the extract does not
name: the register is searched for whom the entry may be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from mediabridge.apply.population.casework import Heard
from mediabridge.apply.population.findings import FindingKind, Open, Population
from mediabridge.progress import Parts, told

_ENTRY, _EXTRA = 5, 2
"""How the time is shared between one of each, as it was measured."""


def shares(population: Population) -> list[int]:
    """Return the shares of looking through what waits of *population* once."""
    extra = population.waiting.get(FindingKind.EXTRA, 0)
    return [_ENTRY * (population.open - extra), _EXTRA * extra]


def heard_by(parts: Parts, population: Population) -> Heard:
    """Return what tells the next two of *parts* that findings are looked through once."""

    def heard(found: Iterable[Open]) -> Iterator[Open]:
        extra = population.waiting.get(FindingKind.EXTRA, 0)
        entries, coming = population.open - extra, iter(found)
        yield from told(islice(coming, entries), parts.next(entries), entries)
        yield from told(coming, parts.next(extra), extra)

    return heard
