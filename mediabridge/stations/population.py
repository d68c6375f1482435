"""Populations as the clerk beside the register sees them, and decides on what was found.

Like :mod:`~mediabridge.stations.held`, this view has residents' data in it. It is made for a
screen of the registry station, or a file on its own disk; nothing of it goes into a log, a
medium or a receipt.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, unique
from pathlib import Path
from typing import Final

from mediabridge.apply.population.casework import Chosen, FindingCase, Seen, cases, seen_of
from mediabridge.apply.population.deciding import FindingsDecided, may_be_entered, needs_two
from mediabridge.apply.population.entering import ITEMS, different_items
from mediabridge.apply.population.findings import FindingKind, Population
from mediabridge.apply.reasons import ApplyReason
from mediabridge.errors import (
    FindingUnknownError,
    PopulationAmbiguousError,
    PopulationUnknownError,
    ReportElsewhereError,
)
from mediabridge.locale import n_, text
from mediabridge.locale.spoken import Spoken
from mediabridge.media.given import lies_at_home
from mediabridge.records.model import Result
from mediabridge.stations.held import Item, deciders, require_register, shown
from mediabridge.stations.station import OpenStation

KINDS: Final = tuple(FindingKind)
"""The kinds of finding, in the order in which a clerk sees them."""


@unique
class Cause(StrEnum):
    """Why a finding is rejected, as it is typed."""

    REGISTER_RIGHT = "register-right"
    NEWER_EXTRACT = "newer-extract"
    INQUIRY = "inquiry"


_TOLD: Final = {
    Cause.REGISTER_RIGHT: ApplyReason.REGISTER_CONFIRMED,
    Cause.NEWER_EXTRACT: ApplyReason.NEWER_EXTRACT,
    Cause.INQUIRY: ApplyReason.BEING_INQUIRED,
}
"""What the immigration side is told."""

_ENTERED: Final = {
    FindingKind.DIFFERENT: n_("The items of the extract are entered in the record."),
    FindingKind.MISSING: n_("A resident record is made of the entry, as of the extract."),
    FindingKind.EXTRA: n_(
        "The record is put out of force: by article 8 the city enters a deletion of its own"
        " motion, after an inquiry of its own. That the extract does not name somebody is no"
        " reason by itself."
    ),
    FindingKind.UNCLEAR: n_(
        "The items of the extract, its card too, are entered in the record of the person who has"
        " the same name, birth date, sex and nationality."
    ),
    FindingKind.SETTLED: n_("Nothing is entered: the register has it already, or later news."),
}
"""What follows from applying, by the kind of finding."""
_REJECTED: Final = n_("The register stays as it is; the immigration side hears that, and why.")
_KEPT: Final = n_("The register stays as it is.")


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


@dataclass(frozen=True)
class Asked:
    """What a decision would be about, as it is put before a person."""

    chosen: Chosen
    kind: FindingKind
    seen: Seen
    two: bool
    """Applying it takes two people."""

    may: bool
    """It may be applied at all."""

    @property
    def consequence(self) -> str | None:
        """The message that says what follows from applying; None where that is not possible."""
        return _ENTERED[self.kind] if self.may else None

    @property
    def answered(self) -> bool:
        """Whether the immigration side hears of it: only of what its extract names."""
        return self.kind is not FindingKind.EXTRA

    @property
    def rejected(self) -> str:
        """The message that says what follows from rejecting."""
        return _REJECTED if self.answered else _KEPT


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
    return sum(sum(each.waiting.values()) for each in came(station))


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
    station: OpenStation, population: Population, kind: FindingKind | None = None, after: int = 0
) -> Iterator[Shown]:
    """Yield what waits of *population*, only of one *kind*, only above number *after*."""
    registry = require_register(station).registry
    chosen = Chosen(population.bundle_id, kind, after=after)
    for each in cases(chosen, population.extract, registry, station.tables.names):
        yield _shown(each)


def asked(
    station: OpenStation, population: Population, kind: FindingKind | None, number: int | None
) -> Asked:
    """Return what a decision on finding *number*, or on all of one *kind*, would be about.

    Raises:
        FindingUnknownError: nothing like it waits.
    """
    registry = require_register(station).registry
    chosen = Chosen(population.bundle_id, kind, number)
    first = next(cases(chosen, population.extract, registry, station.tables.names), None)
    if first is None:
        raise FindingUnknownError(number=kind if number is None else str(number))
    seen = seen_of(chosen, population.extract, registry, station.tables.names)
    may = first.kind is FindingKind.SETTLED or may_be_entered(chosen, first)
    return Asked(chosen, first.kind, seen, may and needs_two(chosen, first.kind), may)


def one(station: OpenStation, population: Population, number: int) -> Shown:
    """Return finding *number* of *population*.

    Raises:
        FindingUnknownError: it does not wait.
    """
    registry = require_register(station).registry
    chosen = Chosen(population.bundle_id, None, number)
    found = next(cases(chosen, population.extract, registry, station.tables.names), None)
    if found is None:
        raise FindingUnknownError(number=str(number))
    return _shown(found)


def seen_as(asked: Asked, version: str) -> Seen:
    """Return what a program says it has seen of what is *asked* now."""
    return Seen(asked.seen.count, version)


def check_report_file(station: OpenStation, file: Path) -> None:
    """Accept *file* for residents' data only where it stays on this machine's own disk.

    Raises:
        ReportElsewhereError: it would be on another one, such as a medium.
    """
    if not lies_at_home(file.absolute().parent, station.home.root):
        raise ReportElsewhereError(name=file.name)


def decide(
    station: OpenStation,
    chosen: Chosen,
    seen: Seen,
    because: Cause | None,
    *,
    operator: str | None,
    second: str | None,
) -> FindingsDecided:
    """Take the decision that was asked for; what answers it travels with the next bundle.

    Without *because* the findings are applied.

    Raises:
        SecondPersonError: both people are one.
        MediabridgeError: see :func:`mediabridge.apply.population.deciding.decide`.
        UsageError: the station knows nobody of that name.
    """
    desk = require_register(station)
    people = deciders(desk, operator, second)
    reason = None if because is None else _TOLD[because]
    return desk.decide_findings(chosen, seen, reason, people)


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
    "Asked",
    "Came",
    "Cause",
    "FindingKind",
    "FindingsDecided",
    "Seen",
    "Shown",
    "asked",
    "came",
    "check_report_file",
    "decide",
    "named",
    "one",
    "report",
    "seen_as",
    "waiting",
]
