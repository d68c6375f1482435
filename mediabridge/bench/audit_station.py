"""What an audit takes at the station itself: its own database, and the report of all that was."""

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


class AtStation(NamedTuple):
    """What each command took while so many bundles had been carried."""

    bundles: int
    entries: int
    new: Taken
    """The least of three: it takes so little that a busy moment would be most of it."""
    whole: Taken | None
    """None where it was not asked: what it takes is a matter of minutes, and grows as it must."""
    report: Taken


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
    )


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
