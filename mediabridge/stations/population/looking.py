"""Populations as the clerk beside the register sees them: which came, and what was found.

Like :mod:`~mediabridge.stations.held`, this view has residents' data in it. It is made for a
screen of the registry station, or a file on its own disk; nothing of it goes into a log, a
medium or a receipt.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mediabridge.apply.population import pace
from mediabridge.apply.population.casework import Chosen, FindingCase, cases
from mediabridge.apply.population.entering import ITEMS, different_items
from mediabridge.apply.population.findings import FindingKind, Population
from mediabridge.errors import (
    FindingUnknownError,
    PopulationAmbiguousError,
    PopulationUnknownError,
    ReportElsewhereError,
)
from mediabridge.locale import n_, text
from mediabridge.locale.spoken import Spoken
from mediabridge.media.given import lies_at_home
from mediabridge.progress import Parts
from mediabridge.records.model import Result
from mediabridge.stations.held import Item, require_register, shown
from mediabridge.stations.station import OpenStation

KINDS: Final = tuple(FindingKind)
"""The kinds of finding, in the order in which a clerk sees them."""


@dataclass(frozen=True)
class Came:
    """A population that came, in the words of a list."""

    bundle: str
    seq: int
    came_at: str
    extract: str
    as_of: str
    same: int
    superseded: int
    moved_out: int
    found: dict[str, int]
    waiting: dict[str, int]


@dataclass(frozen=True)
class Shown:
    """One finding that waits: what the extract says, and the register, side by side."""

    number: int
    kind: FindingKind
    reason: Spoken
    entry: str | None
    """The number of the entry; None for whom the extract does not name."""
    person: int | None
    """The number of the resident record; None for nobody."""
    items: tuple[Item, ...]
    """Where the two differ; all that is known where there is one side only."""


def came(station: OpenStation) -> list[Came]:
    """Return the populations that came to the registry *station*, oldest first.

    Raises:
        DecidedElsewhereError, NoRegisterHereError: as :func:`~.held.waiting`.
    """
    return [_came(each) for each in require_register(station).registry.populations()]


def _came(each: Population) -> Came:
    counts = each.counts
    return Came(
        each.bundle_id,
        each.seq,
        each.came_at,
        each.extract.extract_id,
        each.extract.moment,
        counts[Result.ALREADY_APPLIED],
        counts[Result.SUPERSEDED],
        counts[Result.MOVED_OUT],
        {kind.value: number for kind, number in each.found.items() if number},
        {kind.value: number for kind, number in each.waiting.items() if number},
    )


def waiting(station: OpenStation) -> int:
    """Return how many findings of populations wait for a decision at *station*."""
    return require_register(station).findings()


def named(station: OpenStation, name: int | None) -> Population:
    """Return the population with the bundle number *name*, or the one that has open findings.

    Raises:
        PopulationUnknownError: there is none.
        PopulationAmbiguousError: several have open findings, and none was named.
        DecidedElsewhereError, NoRegisterHereError: as :func:`~.held.waiting`.
    """
    populations = list(require_register(station).registry.populations())
    if name is not None:
        # Several senders may each have a bundle of this number: the newest is meant.
        fitting = [each for each in populations if each.seq == name][-1:]
    else:
        fitting = [each for each in populations if each.open]
    if not fitting:
        raise PopulationUnknownError(
            name=text("one with open findings") if name is None else str(name)
        )
    if len(fitting) > 1:
        raise PopulationAmbiguousError(names=", ".join(str(each.seq) for each in fitting))
    return fitting[0]


def report(
    station: OpenStation,
    population: Population,
    kind: FindingKind | None = None,
    after: int = 0,
    *,
    whole: bool = False,
) -> Iterator[Shown]:
    """Yield what waits of *population*, only of one *kind*, only above number *after*.

    Whoever takes the *whole* of it is told how far it is.
    """
    chosen = Chosen(population.bundle_id, kind, after=after)
    yield from map(_shown, _cases(station, population, chosen, tell=whole))


def _cases(
    station: OpenStation, population: Population, chosen: Chosen, *, tell: bool
) -> Iterator[FindingCase]:
    registry, names = require_register(station).registry, station.tables.names
    if not tell:
        yield from cases(chosen, population.extract, registry, names)
        return
    label, shares = n_("Looking through the findings"), pace.shares(population)
    parts = Parts(station.progress, label, shares)
    heard = pace.heard_by(parts, population)
    yield from cases(chosen, population.extract, registry, names, heard=heard)
    parts.finish()


def one(station: OpenStation, population: Population, number: int) -> Shown:
    """Return finding *number* of *population*.

    Raises:
        FindingUnknownError: it does not wait.
    """
    return _shown(first_of(station, population, Chosen(population.bundle_id, None, number)))


def first_of(station: OpenStation, population: Population, chosen: Chosen) -> FindingCase:
    """Return the first finding of *population* that *chosen* is about.

    Raises:
        FindingUnknownError: nothing like it waits.
    """
    return next(waiting_of(station, population, chosen))


def waiting_of(
    station: OpenStation, population: Population, chosen: Chosen
) -> Iterator[FindingCase]:
    """Yield the findings of *population* that *chosen* is about, of which there is one at least.

    Where all have to be looked through, the station's progress is told how far it is.

    Raises:
        FindingUnknownError: nothing like it waits.
    """
    number, found = chosen.position, 0
    for each in _cases(station, population, chosen, tell=number is None):
        found += 1
        yield each
    if not found:
        raise FindingUnknownError(number=chosen.kind if number is None else str(number))


def check_report_file(station: OpenStation, file: Path) -> None:
    """Accept *file* for residents' data only where it stays on this machine's own disk.

    Raises:
        ReportElsewhereError: it would be on another one, such as a medium.
    """
    if not lies_at_home(file.absolute().parent, station.home.root):
        raise ReportElsewhereError(name=file.name)


def _shown(case: FindingCase) -> Shown:
    finding = case.open.finding
    return Shown(
        case.position,
        case.kind,
        case.reason,
        None if finding.entry is None else finding.entry.entry_id,
        None if case.resident is None else case.resident.id,
        tuple(_items(case)),
    )


def _items(case: FindingCase) -> Iterator[Item]:
    entry, resident = case.open.finding.entry, case.resident
    told = {} if entry is None else entry.items()
    known = {} if resident is None else resident._asdict()
    differing = set(ITEMS)
    if entry is not None and resident is not None:
        # Who is meant stands in every row; the rest only where it matters.
        differing = {*different_items(entry, resident), "card_number", "name_roman", "name_kanji"}
    for name in (*ITEMS, "address"):
        arrived = shown(told.get(name))
        register = None if resident is None else shown(known.get(name))
        one_sided = entry is None or resident is None
        if (arrived or register) and (name in differing or (one_sided and name == "address")):
            yield Item(name, arrived, register)


__all__ = [
    "KINDS",
    "Came",
    "FindingKind",
    "Shown",
    "came",
    "check_report_file",
    "first_of",
    "named",
    "one",
    "report",
    "waiting",
]
