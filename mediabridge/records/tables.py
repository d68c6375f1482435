"""What the rules ask of the code tables, made once into sets that answer at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Self

from mediabridge.records import names
from mediabridge.records.codes import table
from mediabridge.records.codes.codetable import Entry


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
    def load(cls, site_dir: Path | None = None) -> Self:
        """Read the site's tables where it has its own, else the shipped ones.

        Raises:
            TableRefusedError: a table of the site is not, or no longer, right.
        """
        statuses = table("status_of_residence", site_dir).entries
        return cls(
            statuses={code: _status(entry) for code, entry in statuses.items()},
            nationalities=frozenset(table("nationality_region", site_dir).entries),
            municipalities=frozenset(table("municipality", site_dir).entries),
            seiji=names.table(site_dir).seiji,
        )


@lru_cache(maxsize=1)
def shipped() -> RuleTables:
    """Return the tables of the package, read once."""
    return RuleTables.load()


def _status(entry: Entry) -> Status:
    return Status(
        mid_long_term=entry.extra["mid_long_term"] != "no",
        indefinite=entry.extra["periods"] == "indefinite",
        valid_from=entry.valid_from or date.min,
        valid_until=entry.valid_until or date.max,
    )
