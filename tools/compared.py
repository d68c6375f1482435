"""What ``tools/compare.py`` runs: one journey of a day's notices, then what looks back at it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mediabridge.errors import ExitCode

SPOKEN = ("--lang", "en")


def _always(*words: str) -> Callable[[Path], list[str]]:
    return lambda _folder: [*SPOKEN, *words]


@dataclass(frozen=True)
class Step:
    """One command of the journey."""

    name: str
    words: Callable[[Path], list[str]]
    """Returns the arguments, given the folder of the journey."""
    needed: bool = True
    """Whether those after it need it; what only looks may be missing in an old commit."""
    codes: frozenset[int] = frozenset({0})
    """How it may end."""


_ATTENTION = frozenset(
    {ExitCode.DONE, ExitCode.BUNDLE_ORDER, ExitCode.MEDIUM, ExitCode.CONFIGURATION}
)
"""What ``status`` ends with where somebody has to look at something."""


def _step(name: str, *words: str) -> Step:
    return Step(name, _always(*words))


def _look(name: str, *words: str) -> Step:
    return Step(name, _always(*words), needed=False, codes=_ATTENTION)


def _lookup(folder: Path) -> list[str]:
    with (folder / "files/population.csv").open(encoding="utf-8", newline="") as people:
        card = next(row["card_number"] for row in csv.DictReader(people) if row["card_number"])
    return [*SPOKEN, "--home", "registry", "lookup", card]


def _at(station: str, *words: str) -> tuple[str, ...]:
    return ("--home", station, *words)


_STICK = ("--medium", "stick", "--folder")

JOURNEY = (
    _step("sample", "sample", "--out", "files"),
    _step("station init", *_at("lgwan", "station", "init", "lgwan-01", "--city", "city")),
    _step(
        "station init with people",
        *_at("registry", "station", "init", "registry-01", "--city", "city"),
        *("--population", "files/population.csv"),
    ),
    _step("collect", *_at("lgwan", "collect", "files/day-001/isa_notice.csv")),
    _step("seal", *_at("lgwan", "seal")),
    _step("approve", *_at("lgwan", "approve", "--key", "city/keys/officer-1.json", "--yes")),
    Step("write", lambda folder: _onto_stick(folder, "lgwan", "write")),
    _step("verify", *_at("registry", "verify", "stick")),
    _step("import", *_at("registry", "import", *_STICK)),
    _look("status", *_at("lgwan", "status")),
    _look("status of the registry", *_at("registry", "status")),
    _look("bundles list", *_at("lgwan", "bundles", "list")),
    _look("held list", *_at("registry", "held", "list")),
    Step("lookup", _lookup, needed=False),
)
"""In this order: each stands on those before it."""


def _onto_stick(folder: Path, station: str, command: str) -> list[str]:
    (folder / "stick").mkdir(exist_ok=True)
    return [*SPOKEN, *_at(station, command, *_STICK)]
