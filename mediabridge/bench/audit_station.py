"""What an audit takes at the station itself: its own database, the report, lines for a SIEM."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from mediabridge.bench import Figure
from mediabridge.bench.carried import Carried
from mediabridge.bench.commands import Taken, taken

NEW_BOUND: Final = 0.3
"""Verifying only what is new by verifying all, where that is much."""

FLAT_BOUND: Final = 1.3
"""Verifying only what is new, or what one bundle of a report takes, by the same among fewer."""

MEMORY_BOUND: Final = 1.3
"""Of a report, which has a line for each day: by that of one of a tenth of the days."""


LINES_MIB: Final = 150
"""The most memory of writing lines for a SIEM, however many (docs/operations/siem.md)."""

LINES_BOUND: Final = 1.1
"""The same, by that of a tenth of the lines."""

_FORMS: Final = ("ecs", "ocsf")


class AtStation(NamedTuple):
    """What each command took while so many bundles had been carried."""

    bundles: int
    entries: int
    new: Taken
    """The least of three: it takes so little that a busy moment would be most of it."""
    whole: Taken | None
    """None where it was not asked: what it takes is a matter of minutes, and grows as it must."""
    report: Taken
    lines: tuple[Taken, ...]
    """Of writing all entries for a SIEM, in each of the two forms."""


def at_station(
    world: Carried, entries: int, known: Sequence[str], page: Path, *, whole: bool
) -> AtStation:
    """Give the commands at the station of *world*, whose report is written to *page*.

    Raises:
        CommandFailedError: one of them did not end well; what it took would be no figure.
    """
    home = ["--home", str(world.home)]
    first, last = (day.isoformat() for day in world.days)
    days = ["--from", first, "--to", last]
    verify = [*home, "audit", "verify"]
    return AtStation(
        world.bundles,
        entries,
        min(taken("audit verify --only-new", [*verify, *known], page.parent) for _ in range(3)),
        taken("audit verify", verify, page.parent) if whole else None,
        taken("audit report", [*home, "audit", "report", *days, "--html", str(page)], page.parent),
        tuple(_lines(home, form, page.with_name("siem.jsonl")) for form in _FORMS),
    )


def _lines(home: Sequence[str], form: str, file: Path) -> Taken:
    command = [*home, "audit", "export", f"--{form}", str(file)]
    try:
        return taken(f"audit export --{form}", command, file.parent)
    finally:
        # Of a million entries it is most of a gigabyte.
        file.unlink(missing_ok=True)


def figures(some: AtStation, many: AtStation, least: int) -> Iterator[Figure]:
    """Yield what *many* took beside *some*; nothing is promised where these are below *least*."""
    large = some.entries >= least
    if some.whole is not None:
        yield Figure(
            f"audit verify at the station, what is new of {some.entries} entries",
            some.new.seconds * 1e3, "ms", "all of them", some.whole.seconds * 1e3,
            NEW_BOUND if large else None,
        )  # fmt: skip
    yield Figure(
        f"what is new of {many.entries} entries", many.new.seconds * 1e3, "ms",
        f"of {some.entries}", some.new.seconds * 1e3, FLAT_BOUND if large else None,
    )  # fmt: skip
    each, floor = (at.report.seconds * 1e6 / at.bundles for at in (many, some))
    yield Figure(
        f"audit report --html, a bundle of {many.bundles}", each, "µs",
        f"one of {some.bundles}", floor, FLAT_BOUND if large else None,
    )  # fmt: skip
    yield Figure(
        "its memory", many.report.peak_mib, "MiB", f"of {some.bundles}", some.report.peak_mib,
        MEMORY_BOUND if large else None,
    )  # fmt: skip
    for form, most, fewer in zip(_FORMS, many.lines, some.lines, strict=True):
        name = f"audit export --{form} of {many.entries} entries, its memory"
        bound = LINES_BOUND if large else None
        yield Figure(name, most.peak_mib, "MiB", f"of {some.entries}", fewer.peak_mib, bound)
        yield Figure(name, most.peak_mib, "MiB", "bound", LINES_MIB, 1.0)
