"""What the rules ask of the code tables, made once into sets that answer at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final, Self

from mediabridge.records import names
from mediabridge.records.codes import table
from mediabridge.records.codes.codetable import Entry
from mediabridge.records.codes.tablefile import Provenance

_CODES: Final = ("status_of_residence", "nationality_region", "municipality")


@dataclass(frozen=True)
class Status:
    """What the rules need to know about one status of residence."""

    mid_long_term: bool
    """False for a status that never makes a mid- to long-term resident."""

    indefinite: bool
    """True for a status that is granted without an end, and only so."""

    valid_from: date
    valid_until: date


@dataclass(frozen=True)
class RuleTables:
    """Code tables as the rules see them."""

    statuses: Mapping[str, Status]
    nationalities: frozenset[str]
    municipalities: frozenset[str]
    seiji: frozenset[str]
    """正字 of Ministry of Justice Notice 582, the only kanji a notice may hold."""

    places: Mapping[str, str]
    """The Japanese name of each municipality."""

    provenance: tuple[Provenance, ...]
    """Which tables these are; named beside every result that rests on them."""

    @cached_property
    def plain_stays(self) -> frozenset[tuple[str, bool]]:
        """Each status with its answer to "indefinite?", where no rule can object to it."""
        return frozenset(
            (code, status.indefinite)
            for code, status in self.statuses.items()
            if status.mid_long_term
            and (status.valid_from, status.valid_until) == (date.min, date.max)
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
            nationalities=frozenset(nationalities.entries),
            municipalities=frozenset(municipalities.entries),
            seiji=notice.seiji,
            places={code: entry.name_ja for code, entry in municipalities.entries.items()},
            provenance=tuple(each.provenance for each in used),
        )

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
        valid_from=entry.valid_from or date.min,
        valid_until=entry.valid_until or date.max,
    )
