"""How many notices an office has to expect, and what carrying them takes. Pure.

How many there are is an estimate of this project: no counts are published. What each takes is
measured (:mod:`~mediabridge.bench.capacity`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mediabridge.bench.capacity import Line, Way
from mediabridge.config import MIB
from mediabridge.kinds import Kind
from mediabridge.records.files import FileFormat
from mediabridge.sample.statistics import (
    ISA_NOTICES_PER_RESIDENT,
    MUNICIPAL_NOTICES_PER_RESIDENT,
    WORKING_DAYS,
)

BUSIEST: Final = 8.0
"""How many times an ordinary day the busiest has: the end of March, after long holidays."""

WRITE_MIB: Final = 4.0
"""What a slow stick on USB 2 writes in a second; it is read twice as well, here and there."""

READ_MIB: Final = 16.0
"""What it reads in a second."""

LINE_KBIT: Final = 128
"""The slowest line that anybody remembers of LGWAN; no figures are published."""


@dataclass(frozen=True)
class Load:
    """What one day's notices are, and what they take."""

    to_registry: int
    """Notices of the agency."""
    back: int
    """Notices of the city; receipts travel with them."""
    collected: Mapping[FileFormat, float]
    """Bytes of the files that are collected, of both directions."""
    sealed: float
    """Bytes of the bundles of both directions."""
    line_minutes: float
    """For the bundles on a line, where a service on LGWAN hands them over."""
    stick_minutes: float
    """For writing them to a medium, reading them back, and reading them at the other side."""
    importer_minutes: float
    """For all that both stations do with what arrives, on the machine that was measured."""

    def as_dict(self) -> dict[str, Any]:
        """Return the load for ``--json``: whole bytes, minutes."""
        return {
            "to_registry": self.to_registry,
            "back": self.back,
            **{f"collected_{form}_bytes": round(size) for form, size in self.collected.items()},
            "sealed_bytes": round(self.sealed),
            "line_minutes": round(self.line_minutes, 2),
            "stick_minutes": round(self.stick_minutes, 2),
            "importer_minutes": round(self.importer_minutes, 2),
        }


def notices_of_day(residents: int, times: float = 1.0) -> tuple[int, int]:
    """Return the notices of a day *times* an ordinary one: the agency's, and the city's."""
    daily = residents * times / WORKING_DAYS
    return (
        max(round(daily * ISA_NOTICES_PER_RESIDENT), 1),
        max(round(daily * MUNICIPAL_NOTICES_PER_RESIDENT), 1),
    )


def kept_in_a_year(kept: Mapping[str, Line], residents: int) -> dict[str, float]:
    """Return the bytes by which each station grows in a year of ordinary days, if nothing goes."""
    return {
        station: line.at(sum(notices_of_day(residents))) * WORKING_DAYS
        for station, line in kept.items()
    }


def load(ways: Mapping[Kind, Way], to_registry: int, back: int, line_kbit: float) -> Load:
    """Return what so many notices of each direction take, by what *ways* measured."""
    carried = [(ways[Kind.ISA_NOTICE], to_registry), (ways[Kind.MUNICIPAL_NOTICE], back)]
    sealed = sum(way.sealed(records) for way, records in carried)
    return Load(
        to_registry,
        back,
        {
            form: sum(way.collected[form].at(records) for way, records in carried)
            for form in FileFormat
        },
        sealed,
        sealed * 8 / (line_kbit * 1000) / 60,
        sealed / MIB * (1 / WRITE_MIB + 2 / READ_MIB) / 60,
        sum(way.seconds.at(records) for way, records in carried) / 60,
    )
