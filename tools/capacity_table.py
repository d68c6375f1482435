"""Write the table of docs/ja/capacity.md, measured by the code itself.

python -m tools.capacity_table    measure and write; under a minute
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from mediabridge.bench import planned
from mediabridge.bench.capacity import Way, measure
from mediabridge.cli.plan import size_said
from mediabridge.kinds import Kind
from mediabridge.records.files import FileFormat

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "ja" / "capacity.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
RESIDENTS = (1_000, 2_000, 10_000, 47_000, 200_000, 1_000_000, 4_000_000)
LINES_KBIT = (128, 10_000)


def page_with(ways: Mapping[Kind, Way], page: str) -> str:
    """Return *page* with the tables by *ways* between its two marks."""
    before, _begin, rest = page.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    return f"{before}{BEGIN}\n{''.join(_tables(ways))}{END}{after}"


def _tables(ways: Mapping[Kind, Way]) -> Iterator[str]:
    days = {
        "ふつうの日": planned.notices_of_day,
        "いちばん多い日": lambda residents: planned.notices_of_day(residents, planned.BUSIEST),
        "全員分を一度に": lambda residents: (residents, 0),
    }
    for name, notices in days.items():
        yield f"\n### {name}\n\n"
        yield "| 外国人住民 | 法務省通知 | 市町村通知 | CSV | XML | 媒体の上 |"
        yield "".join(f" 回線 {kbit:,.0f} kbit/s |" for kbit in LINES_KBIT)
        yield f" 遅い媒体 | 取り込み |\n|{'--:|' * (8 + len(LINES_KBIT))}\n"
        for residents in RESIDENTS:
            yield _row(ways, residents, *notices(residents))


def _row(ways: Mapping[Kind, Way], residents: int, to_registry: int, back: int) -> str:
    loads = [planned.load(ways, to_registry, back, kbit) for kbit in LINES_KBIT]
    load = loads[0]
    cells = [
        f"{residents:,}",
        f"{to_registry:,}",
        f"{back:,}",
        *(size_said(load.collected[form]) for form in FileFormat),
        size_said(load.sealed),
        *(_minutes(each.line_minutes) for each in loads),
        _minutes(load.stick_minutes),
        _minutes(load.importer_minutes),
    ]
    return f"| {' | '.join(cells)} |\n"


def _minutes(minutes: float) -> str:
    return f"{minutes * 60:.1f} 秒" if minutes < 1 else f"{minutes:,.1f} 分"


def main() -> None:
    """Measure, and write the page."""
    with tempfile.TemporaryDirectory() as folder:
        ways = measure(Path(folder), tell=print).ways
    PAGE.write_text(page_with(ways, PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
