"""What the rules ask of the code tables, made once into sets that answer at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final, NamedTuple, Self

from mediabridge.errors import UsageError
from mediabridge.locale import text
from mediabridge.records import names
from mediabridge.records.codes import table
from mediabridge.records.codes.codetable import Entry
from mediabridge.records.codes.periods import Permitted
from mediabridge.records.codes.periods import parse as permitted_periods
from mediabridge.records.codes.tablefile import Provenance
from mediabridge.records.names import NamesTable

_CODES: Final = ("status_of_residence", "nationality_region", "municipality")


class Days(NamedTuple):
    """From when until when a code is in force, both days included."""

    first: date = date.min
    last: date = date.max


@dataclass(frozen=True)
class Status:
    """What the rules need to know about one status of residence."""

    mid_long_term: bool
    """False for a status that never makes a mid- to long-term resident."""

    indefinite: bool
    """True for a status that is granted without an end, and only so."""

    periods: str
    """The periods of stay as the table writes them: ``5y 3y 1y``."""

    permitted: Permitted
    in_force: Days

    @property
    def limited(self) -> bool:
        """True if a period of stay is granted, so that it can be a wrong one."""
        return self.mid_long_term and not self.indefinite


@dataclass(frozen=True)
class Municipality:
    """What the rules need to know about one municipality."""

    name: str
    """In Japanese."""

    office: bool
    """True if it keeps resident records: no prefecture, and no city that its wards keep."""

    in_force: Days


@dataclass(frozen=True)
class RuleTables:
    """Code tables as the rules see them."""

    statuses: Mapping[str, Status]
    nationalities: Mapping[str, Days]
    municipalities: Mapping[str, Municipality]
    names: NamesTable
    """Ministry of Justice Notice 582: which kanji are 正字, and what it proposes for others."""

    provenance: tuple[Provenance, ...]
    """Which tables these are; named beside every result that rests on them."""

    @cached_property
    def plain_stays(self) -> frozenset[tuple[str, bool]]:
        """Each status with its answer to "indefinite?", where no rule can object to it."""
        return frozenset(
            (code, status.indefinite)
            for code, status in self.statuses.items()
            if status.mid_long_term and status.in_force == Days()
        )

    @cached_property
    def plain_nationalities(self) -> frozenset[str]:
        """The nationalities that are right on every day."""
        return frozenset(code for code, days in self.nationalities.items() if days == Days())

    @cached_property
    def plain_municipalities(self) -> frozenset[str]:
        """The municipalities that are right on every day."""
        return frozenset(
            code
            for code, place in self.municipalities.items()
            if place.office and place.in_force == Days()
        )

    @classmethod
    def load(cls, site_dir: Path | None) -> Self:
        """Read the tables of the site in *site_dir* where it has its own, else the shipped ones.

        Raises:
            TableRefusedError: a table of the site is not, or no longer, right.
        """
        statuses, nationalities, municipalities = (table(name, site_dir) for name in _CODES)
        notice = names.table(site_dir)
        used = (statuses, nationalities, municipalities, notice)
        return cls(
            statuses={code: _status(entry) for code, entry in statuses.entries.items()},
            nationalities={code: _days(entry) for code, entry in nationalities.entries.items()},
            municipalities={
                code: _municipality(entry) for code, entry in municipalities.entries.items()
            },
            names=notice,
            provenance=tuple(each.provenance for each in used),
        )

    def office(self, code: str, on: date) -> Municipality:
        """Return the municipality *code*, which keeps resident records on the day *on*.

        Raises:
            UsageError: there is none, it keeps none, or it is not in force on that day.
        """
        place = self.municipalities.get(code)
        if place is None:
            raise UsageError(detail=text("there is no municipality {code}", code=code))
        if not place.office:
            detail = text(
                "{code} ({name}) keeps no resident records; give the code of a ward or town",
                code=code,
                name=place.name,
            )
            raise UsageError(detail=detail)
        if not place.in_force.first <= on <= place.in_force.last:
            detail = text(
                "the code {code} ({name}) is not in force on {day}",
                code=code,
                name=place.name,
                day=on.isoformat(),
            )
            raise UsageError(detail=detail)
        return place

    @property
    def sha256(self) -> str:
        """A digest that is another one as soon as one of the tables is."""
        lines = "".join(f"{each.identifier} {each.sha256}\n" for each in self.provenance)
        return hashlib.sha256(lines.encode()).hexdigest()

    def as_json(self) -> list[dict[str, str]]:
        """Return which tables these are, for ``--json``."""
        return [each.as_json() for each in self.provenance]


@lru_cache(maxsize=1)
def shipped() -> RuleTables:
    """Return the tables of the package, read once: for whoever is at no site."""
    return RuleTables.load(None)


def _status(entry: Entry) -> Status:
    return Status(
        mid_long_term=entry.extra["mid_long_term"] != "no",
        indefinite=entry.extra["periods"] == "indefinite",
        periods=entry.extra["periods"],
        permitted=permitted_periods(entry.extra["periods"]),
        in_force=_days(entry),
    )


def _municipality(entry: Entry) -> Municipality:
    return Municipality(entry.name_ja, entry.extra["office"] == "yes", _days(entry))


def _days(entry: Entry) -> Days:
    return Days(entry.valid_from or date.min, entry.valid_until or date.max)
