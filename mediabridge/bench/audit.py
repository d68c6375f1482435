"""What it takes to verify the transfer logs of years, and only what is new of them.

Each verification is a process of its own, the verifier of the pack as an auditor runs it, in
turns with Go's on the same pack. What counts is processor time, half of the rounds above it and
half below: neither uses more than one processor for more than a moment.
"""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from mediabridge import standalone
from mediabridge.bench import Figure, Missing, audit_station, gotlog
from mediabridge.bench.audit_station import FLAT_BOUND, NEW_BOUND, AtStation, at_station
from mediabridge.bench.carried import ENTRIES, Carried
from mediabridge.bench.spent import processor_seconds
from mediabridge.config import KIB

GO_BOUND: Final = 1.5
"""Verifying by that of Go's ``tlog``, which does not look at what an entry is."""

SAME_BOUND: Final = 1.0
"""By Go with the same checks of every entry, and by Go where each bundle was signed for."""

MEMORY_BOUND: Final = 1.1

_NEW_BUNDLES: Final = 9
"""Of 11 entries: about a hundred are new."""

_EVERY: Final = 100
"""Bundles for each checkpoint of the large packs; one for each is measured at a small one."""

ROUNDS: Final = 3
"""Of the verifications: each takes seconds."""

_MANY: Final = 100_000
"""Entries; of fewer, the start of the program is too large a part for a bound."""

_DENSE: Final = 1000
"""Bundles, likewise, of which each has a checkpoint."""

_VERIFIER: Final = str(Path(*standalone.__path__) / "verify_log.py")
_PEAK: Final = """
import runpy, sys
sys.argv = sys.argv[1:]
from mediabridge.bench.peak import own_peak_kib
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
except SystemExit as ended:
    print(own_peak_kib(), file=sys.stderr)
    raise
"""


@dataclass(frozen=True)
class _Pack:
    """A pack, and what an auditor kept who was there nine bundles before."""

    path: Path
    entries: int
    kept: Sequence[Path]

    @property
    def whole(self) -> list[str]:
        return [sys.executable, _VERIFIER, str(self.path)]

    @property
    def new(self) -> list[str]:
        return [*self.whole, *_known(self.kept)]


def run(
    folder: Path, bundles: int, rounds: int, *, tell: Callable[[str], None]
) -> Iterator[Figure | Missing]:
    """Yield the figures of so many *bundles* carried, and of a tenth and a hundredth of them.

    Raises:
        CommandFailedError: something did not verify; what it took would be no figure.
    """
    program = gotlog.build(folder)
    world, packs, at = Carried(folder), list[_Pack](), list[AtStation]()
    for name, size in (("few", bundles // 100), ("some", bundles // 10), ("many", bundles)):
        tell(f"{size} bundles, {size * ENTRIES} entries")
        packs.append(_grown(world, folder / name, max(size, world.bundles + 2 * _NEW_BUNDLES)))
        if name != "few":
            page = folder / name / "report.html"
            known = _known(packs[-1].kept)
            at.append(at_station(world, packs[-1].entries, known, page, whole=name == "some"))
    tell("verifying")
    yield from _whole_and_new(packs, program, rounds)
    yield from _memory(packs)
    tell("a checkpoint for each bundle")
    yield from _dense(folder, program, max(bundles // 30, _NEW_BUNDLES), rounds)
    some, many = at
    yield from audit_station.figures(some, many, _MANY)
    if program is None:
        yield Missing("verifying beside Go", gotlog.NEEDED)


def _grown(world: Carried, folder: Path, bundles: int) -> _Pack:
    folder.mkdir()
    kept = []
    signed = world.carry(bundles - world.bundles - _NEW_BUNDLES, every=_EVERY)
    for number, note in enumerate(signed):
        kept.append(folder / f"kept-{number}")
        kept[-1].write_bytes(note)
    world.carry(_NEW_BUNDLES, every=_EVERY)
    return _Pack(folder / "pack", world.export(folder / "pack"), kept)


def _whole_and_new(packs: Sequence[_Pack], program: Path | None, rounds: int) -> Iterator[Figure]:
    some, many = packs[-2:]
    commands: dict[str, list[list[str]]] = {
        "start": [[sys.executable, _VERIFIER, "--help"]],
        **{f"whole {each.entries}": [each.whole] for each in packs},
        **{f"new {each.entries}": [each.new] for each in packs},
    }
    if program:
        commands["go"] = list(gotlog.commands(program, many.path, checked=False))
        commands["go, checked"] = list(gotlog.commands(program, some.path, checked=True))
    took = _taken(commands, many.path.parent, rounds)
    whole, new = took[f"whole {many.entries}"], took[f"new {many.entries}"]
    name = f"verifying {many.entries} entries"
    if program:
        yield Figure(name, whole, "ms", "Go's tlog", took["go"], _if_many(many, GO_BOUND))
        yield Figure(
            f"verifying {some.entries} entries", took[f"whole {some.entries}"], "ms",
            "Go's tlog, the same checks of each entry", took["go, checked"],
            _if_many(some, SAME_BOUND),
        )  # fmt: skip
    yield from _growth(packs, took)
    name = f"verifying {_NEW_BUNDLES * ENTRIES} new of {many.entries} entries"
    yield Figure(name, new, "ms", "all of them", whole, _if_many(many, NEW_BOUND))
    for fewer in packs[:-1]:
        floor = took[f"new {fewer.entries}"]
        yield Figure(name, new, "ms", f"of {fewer.entries}", floor, _if_many(many, FLAT_BOUND))


def _growth(packs: Sequence[_Pack], took: dict[str, float]) -> Iterator[Figure]:
    """Yield what one entry takes, without the start of the program, by that among fewer."""
    each = {
        # Of a few entries the start is nearly all, and may have taken longer when it was alone.
        pack.entries: max(
            (took[f"whole {pack.entries}"] - took["start"]) * 1e3 / pack.entries, 0.01
        )
        for pack in packs
    }
    many = packs[-1].entries
    for fewer in packs[:-1]:
        yield Figure(
            f"an entry of {many}", each[many], "µs", f"one of {fewer.entries}",
            each[fewer.entries], _if_many(fewer, FLAT_BOUND),
        )  # fmt: skip


def _memory(packs: Sequence[_Pack]) -> Iterator[Figure]:
    few, many = (_peak_mib(each.path) for each in (packs[-2], packs[-1]))
    yield Figure("its memory", many, "MiB", f"of {packs[-2].entries}", few, MEMORY_BOUND)


def _dense(folder: Path, program: Path | None, bundles: int, rounds: int) -> Iterator[Figure]:
    """Yield what it takes where each bundle was signed for, as a station does it."""
    if program is None:
        return
    place = folder / "dense"
    place.mkdir()
    world = Carried(place)
    world.carry(bundles, every=1)
    pack = _Pack(place / "pack", world.export(place / "pack"), ())
    commands = {
        "ours": [pack.whole],
        "go": list(gotlog.commands(program, pack.path, checked=False)),
    }
    took = _taken(commands, place, rounds)
    name = f"verifying {pack.entries} entries, {2 * bundles} checkpoints"
    bound = SAME_BOUND if bundles >= _DENSE else None
    yield Figure(name, took["ours"], "ms", "Go's tlog", took["go"], bound)


def _if_many(pack: _Pack, bound: float) -> float | None:
    return bound if pack.entries >= _MANY else None


def _known(kept: Sequence[Path]) -> list[str]:
    return ["--only-new", *(word for each in kept for word in ("--known", str(each)))]


def _taken(commands: dict[str, list[list[str]]], folder: Path, rounds: int) -> dict[str, float]:
    """Return the median milliseconds of each of *commands*, all of which take turns."""
    taken = defaultdict(list)
    for _ in range(rounds):
        for name, lines in commands.items():
            taken[name].append(sum(processor_seconds(line, folder) for line in lines) * 1e3)
    return {name: median(times) for name, times in taken.items()}


def _peak_mib(pack: Path) -> float:
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", _PEAK, _VERIFIER, str(pack)],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    return int(done.stderr.splitlines()[-1]) / KIB
