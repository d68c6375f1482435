"""What the pages on terminals and faults say is what the program has, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mediabridge.bench.capacity import Line
from mediabridge.errors import ExitCode
from mediabridge.sample.statistics import WORKING_DAYS
from tools.terminal_table import BEGIN, END, OFFICES, PAGES, RESIDENTS, SMALLEST_MIB, page_with

DOCS = Path(__file__).parents[1] / "docs"
FAULTS = (DOCS / "ja" / "faults.md", DOCS / "operations" / "faults.md")
MEMORY = {"collect": 61.2, "import": 99.9}
KEPT = {"lgwan-01": Line(1_000_000, 500), "registry-01": Line(2_000_000, 1_000)}


@pytest.mark.parametrize("page", FAULTS, ids=lambda page: page.parent.name)
def test_every_exit_code_has_its_row_among_the_faults(page: Path) -> None:
    codes = re.findall(r"^\| ([0-9]+) \|", page.read_text("utf-8"), re.MULTILINE)
    assert codes == [str(code.value) for code in sorted(ExitCode)]


def measured(page: str) -> str:
    return page.partition(BEGIN)[2].partition(END)[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_pages_have_what_the_tool_writes(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text.count(BEGIN) == text.count(END) == 1
    fresh = measured(page_with(text, MEMORY, KEPT))
    commands = re.findall(r"^\| `(.+)` \| ([0-9]+) \|$", measured(text), re.MULTILINE)
    assert {"collect", "seal", "import", "import (population)"} <= {name for name, _ in commands}
    assert all(20 < int(peak) < SMALLEST_MIB for _, peak in commands)
    offices = re.compile(r"^\| ([0-9,]+) \| .*iB \| .*iB \|$", re.MULTILINE)
    assert offices.findall(measured(text)) == offices.findall(fresh)
    assert offices.findall(fresh) == [f"{each:,}" for each in OFFICES]
    assert "| `collect` | 61 |" in fresh
    assert f"{RESIDENTS:,}" in text
    assert {f"{SMALLEST_MIB} MiB", str(WORKING_DAYS)} <= set(
        re.findall(rf"{SMALLEST_MIB} MiB|{WORKING_DAYS}", text)
    )


def test_year_is_added_up_in_the_table() -> None:
    text = PAGES[1].read_text("utf-8")
    # 1,000 residents: 2 notices each way on an ordinary day.
    lgwan = WORKING_DAYS * (1_000_000 + 4 * 500) / 2**20
    assert f"| 1,000 | {lgwan:,.1f} MiB |" in page_with(text, MEMORY, KEPT)
