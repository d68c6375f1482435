"""Write the recovery curve of parity into docs/operations/parity.md, measured by the code itself.

python -m tools.parity_curve [RUNS]    measure and write; about five minutes with 100 runs
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from mediabridge.bench.parity import PERCENTS, SHARES, Point, curve
from mediabridge.config import KIB, MIB

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "operations" / "parity.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
SIZES = (128 * KIB, 2 * MIB)
SEED = 582
RUNS = 100


def page_with(points: Sequence[Point], page: str) -> str:
    """Return *page* with the tables of *points* between its two marks."""
    before, _begin, rest = page.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    return f"{before}{BEGIN}\n{''.join(_tables(points))}{END}{after}"


def _tables(points: Sequence[Point]) -> Iterator[str]:
    for (size, scattered), group in groupby(
        sorted(points, key=lambda each: (each.bundle_bytes, not each.scattered)),
        lambda each: (each.bundle_bytes, each.scattered),
    ):
        how = "single blocks of 4 KiB, anywhere" if scattered else "one scar in one piece"
        saved = {(each.percent, each.share): each for each in group}
        runs = next(iter(saved.values())).runs
        yield f"\nBundle of {size // KIB} KiB; damage: {how}. Bundles saved of {runs}:\n\n"
        yield f"| damaged | {' | '.join(f'{percent} %' for percent in PERCENTS)} |\n"
        yield f"|--:|{'--:|' * len(PERCENTS)}\n"
        for share in SHARES:
            cells = " | ".join(str(saved[percent, share].saved) for percent in PERCENTS)
            yield f"| {100 * share:g} % | {cells} |\n"


def main(runs: int) -> None:
    """Measure with so many *runs* for each point, and write the page."""
    points = list(curve(SEED, runs, SIZES))
    PAGE.write_text(page_with(points, PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
