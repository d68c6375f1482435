"""Write the measured part of the pages on what a terminal needs, in both languages.

python -m tools.terminal_table    measure and write; a few minutes

Every command of a day, and of a full population, is run with no more address space than the
smallest machine of the page has memory: it then does with less, since a machine has the memory of
the system besides. Where the kernel says no, the command fails and nothing is written.
"""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from mediabridge.bench import planned
from mediabridge.bench.capacity import Line, measure
from mediabridge.bench.commands import taken
from mediabridge.cli.plan import size_said
from mediabridge.config import MIB

ROOT = Path(__file__).resolve().parent.parent
PAGES: Final = (ROOT / "docs" / "ja" / "terminal.md", ROOT / "docs" / "operations" / "terminal.md")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

SMALLEST_MIB: Final = 512
"""Memory of the smallest machine; that of the virtual machines in which the rig plays all days."""

RESIDENTS: Final = 3_000
"""The office of which the memory is measured, above the mean; that it does not grow with what is
carried, ``bench bundle`` measures."""

OFFICES: Final = (1_000, 2_000, 10_000, 47_000, 200_000)

_LGWAN, _REGISTRY, _OFFICERS = "lgwan-01", "registry-01", ("officer-1", "officer-2")


def peaks(folder: Path, residents: int = RESIDENTS) -> dict[str, float]:
    """Return the peak memory in MiB of each command of a day with a full population.

    Raises:
        CommandFailedError: one of them could not do with :data:`SMALLEST_MIB`.
    """
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (SMALLEST_MIB * MIB, hard))
    try:
        return dict(_day(folder, residents))
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _day(folder: Path, residents: int) -> Iterator[tuple[str, float]]:
    (folder / "stick").mkdir()
    _run(folder, "sample", "--out", "files", "--residents", str(residents), "--extract")
    _run(folder, "--home", _LGWAN, "station", "init", _LGWAN, "--city", "city")
    people = ("--population", "files/population.csv")
    _run(folder, "--home", _REGISTRY, "station", "init", _REGISTRY, "--city", "city", *people)
    stick = ("--medium", "stick", "--folder")
    # A full population takes one officer more.
    notices = ("files/day-001/isa_notice.csv", "", 1)
    for file, name, officers in (notices, (_extract(folder), " (population)", 2)):
        yield f"collect{name}", _run(folder, "--home", _LGWAN, "collect", file)
        yield f"seal{name}", _run(folder, "--home", _LGWAN, "seal")
        for officer in _OFFICERS[:officers]:
            signing = ("--key", f"city/keys/{officer}.json", "--yes")
            peak = _run(folder, "--home", _LGWAN, "approve", *signing)
        yield f"approve{name}", peak
        yield f"write{name}", _run(folder, "--home", _LGWAN, "write", *stick)
        yield f"import{name}", _run(folder, "--home", _REGISTRY, "import", *stick)
    yield "status", _run(folder, "--home", _REGISTRY, "status")
    yield "audit export", _run(folder, "--home", _REGISTRY, "audit", "export", "pack")


def _extract(folder: Path) -> str:
    (path,) = (folder / "files").rglob("isa_population*.csv")
    return str(path.relative_to(folder))


def _run(folder: Path, *words: str) -> float:
    return taken(" ".join(words), words, folder).peak_mib


def page_with(page: str, memory: Mapping[str, float], kept: Mapping[str, Line]) -> str:
    """Return *page*, Japanese or English, with both tables between its two marks."""
    before, _begin, rest = page.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    japanese = "外国人住民" in before
    tables = "".join([*_memory(memory, japanese=japanese), *_disk(kept, japanese=japanese)])
    return f"{before}{BEGIN}\n{tables}{END}{after}"


def _memory(memory: Mapping[str, float], *, japanese: bool) -> Iterator[str]:
    yield "\n| コマンド | メモリー (MiB) |\n" if japanese else "\n| command | memory (MiB) |\n"
    yield "|---|--:|\n"
    yield from (f"| `{name}` | {peak:.0f} |\n" for name, peak in memory.items())


def _disk(kept: Mapping[str, Line], *, japanese: bool) -> Iterator[str]:
    head = "外国人住民" if japanese else "residents"
    yield f"\n| {head} | {' | '.join(kept)} |\n|--:|{'--:|' * len(kept)}\n"
    for residents in OFFICES:
        sizes = planned.kept_in_a_year(kept, residents).values()
        yield f"| {residents:,} | {' | '.join(map(size_said, sizes))} |\n"


def main() -> None:
    """Measure, and write both pages."""
    with tempfile.TemporaryDirectory() as folder:
        kept = measure(Path(folder), tell=print).kept
    with tempfile.TemporaryDirectory() as folder:
        memory = peaks(Path(folder))
    for page in PAGES:
        page.write_text(page_with(page.read_text("utf-8"), memory, kept), "utf-8")


if __name__ == "__main__":
    main()
