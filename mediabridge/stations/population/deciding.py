"""A clerk's decision on what a population showed: what follows is said before it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from itertools import chain
from typing import Final

from mediabridge.apply.population.casework import Chosen, Seen, seen_of
from mediabridge.apply.population.deciding import FindingsDecided, may_be_entered, needs_two
from mediabridge.apply.population.findings import FindingKind, Population
from mediabridge.apply.reasons import ApplyReason
from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken
from mediabridge.stations.held import deciders, require_register
from mediabridge.stations.population.looking import waiting_of
from mediabridge.stations.station import OpenStation


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
class Asked:
    """What a decision would be about, as it is put before a person."""

    chosen: Chosen
    kind: FindingKind
    seen: Seen
    two: bool
    """Applying it takes two people."""

    may: bool
    """It may be applied at all."""

    newer: str | None = None
    """The time of a newer extract, where one has come that makes this one no news."""

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


def asked(
    station: OpenStation, population: Population, kind: FindingKind | None, number: int | None
) -> Asked:
    """Return what a decision on finding *number*, or on all of one *kind*, would be about.

    Raises:
        FindingUnknownError: nothing like it waits.
    """
    chosen = Chosen(population.bundle_id, kind, number)
    found = waiting_of(station, population, chosen)
    first = next(found)
    seen = seen_of(chain([first], found))
    registry = require_register(station).registry
    settled = first.kind is FindingKind.SETTLED
    may = settled or may_be_entered(chosen, first)
    newest = max(each.extract.moment for each in registry.populations())
    newer = newest if may and not settled and newest > population.extract.moment else None
    return Asked(chosen, first.kind, seen, may and needs_two(chosen, first.kind), may, newer)


def told(because: Cause) -> Spoken:
    """Return what the immigration side is told of a finding that is rejected."""
    return _TOLD[because]


def seen_as(asked: Asked, version: str) -> Seen:
    """Return what a program says it has seen of what is *asked* now."""
    return Seen(asked.seen.count, version)


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


__all__ = ["Asked", "Cause", "FindingsDecided", "Seen", "asked", "decide", "seen_as", "told"]
