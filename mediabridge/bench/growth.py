"""What years of carrying cost each command: the same day at fresh stations and at grown ones.

The commands of a day are given in turns at two pairs of stations, of which one has a few days
behind it and the other years. Each is a process of its own; what counts is its processor time,
half of the rounds above it and half below, and the most memory it had in any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from mediabridge.bench import Figure
from mediabridge.bench.commands import Taken, taken
from mediabridge.bench.content import notices
from mediabridge.bench.desk import passphrase
from mediabridge.bench.grown import Years, grown_stations
from mediabridge.durable import write_durably
from mediabridge.kinds import Kind
from mediabridge.records.csv import CsvWriter
from mediabridge.records.tables import shipped

BOUND: Final = 1.3
"""Processor time at the grown station by that at the fresh one."""

MEMORY_BOUND: Final = 1.1
"""The same of memory: it does not grow; a page of a larger database more or less."""

_FRESH_DAYS: Final = 3
_DAY: Final = 60
"""Records of the day that both carry."""

_NOTICES: Final = f"{Kind.ISA_NOTICE}.csv"

_AT_LGWAN, _AT_REGISTRY = ["--home", "lgwan-01"], ["--home", "registry-01"]
_STICK: Final = ["--medium", "stick", "--folder"]
_APPROVE: Final = ["approve", "--key", "city/keys/officer-1.json", "--yes"]
_ATTENTION: Final = frozenset({0, 11, 30, 70})
"""How ``status`` may end: somebody has to look at something."""


class _Step(NamedTuple):
    name: str
    words: Sequence[str]


_COMMANDS: Final = (
    _Step("status", [*_AT_LGWAN, "status"]),
    _Step("collect", [*_AT_LGWAN, "collect", _NOTICES]),
    _Step("seal", [*_AT_LGWAN, "seal"]),
    _Step("approve", [*_AT_LGWAN, *_APPROVE]),
    _Step("write", [*_AT_LGWAN, "write", *_STICK]),
    _Step("import", [*_AT_REGISTRY, "import", *_STICK]),
    _Step("status, registry", [*_AT_REGISTRY, "status"]),
    _Step("held list", [*_AT_REGISTRY, "held", "list"]),
    _Step("lookup", [*_AT_REGISTRY, "lookup", "AB00000001CD"]),
    _Step("seal, registry", [*_AT_REGISTRY, "seal"]),
    _Step("approve, registry", [*_AT_REGISTRY, *_APPROVE]),
    _Step("write, registry", [*_AT_REGISTRY, "write", *_STICK]),
    _Step("import, LGWAN", [*_AT_LGWAN, "import", *_STICK]),
    _Step("bundles list", [*_AT_LGWAN, "bundles", "list"]),
    _Step("outcomes", [*_AT_LGWAN, "outcomes"]),
)
"""A day, in its order: each stands on those before it."""


def run(
    folder: Path, years: Years, rounds: int, secret: str, *, tell: Callable[[str], None]
) -> Iterator[Figure]:
    """Yield the figures of each command at stations with *years* behind them, made in *folder*.

    *secret* is the name of the file in which the commands look for a training passphrase.

    Raises:
        CommandFailedError: one of them did not end well; what it took would be no figure.
    """
    places = {}
    for name, behind in (("fresh", Years(_FRESH_DAYS, years.records)), ("grown", years)):
        tell(f"{name}: {behind.days} days of {behind.records} records each way")
        places[name] = folder / name
        places[name].mkdir()
        grown_stations(places[name], behind)
        (places[name] / "stick").mkdir()
        for keys in ("city", "lgwan-01", "registry-01"):
            write_durably(places[name] / keys / secret, passphrase(keys) + b"\n", mode=0o600)
    took: dict[tuple[str, str], list[Taken]] = {}
    for number in range(rounds):
        tell(f"round {number + 1} of {rounds}")
        for place in places.values():
            _write_day(place / _NOTICES, number)
        for step in _COMMANDS:
            for name, place in places.items():
                took.setdefault((step.name, name), []).append(_measured(step, place))
    for step in _COMMANDS:
        yield from _figures(step.name, took[step.name, "fresh"], took[step.name, "grown"])


def _figures(name: str, fresh: Sequence[Taken], grown: Sequence[Taken]) -> Iterator[Figure]:
    time, floor = (median(each.seconds for each in took) * 1e3 for took in (grown, fresh))
    yield Figure(name, time, "ms", "fresh", floor, BOUND)
    peak, least = (max(each.peak_mib for each in took) for took in (grown, fresh))
    yield Figure("its memory", peak, "MiB", "fresh", least, MEMORY_BOUND)


def _write_day(path: Path, number: int) -> None:
    """Write notices that nobody has sent before."""
    with path.open("wb") as output:
        writer = CsvWriter(output, Kind.ISA_NOTICE, tables=shipped())
        drawn = islice(notices(seed=1, different=_DAY), _DAY)
        for place, notice in enumerate(drawn, number * _DAY):
            writer.write(notice.model_copy(update={"notice_id": f"GROWTH-{place:08d}"}))


def _measured(step: _Step, place: Path) -> Taken:
    return taken(step.name, step.words, place, codes=_ATTENTION)
