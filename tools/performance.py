"""Run every bench and write docs/performance.md: ratios to what was measured in the same run.

    python -m tools.performance [--payload 256MiB] [--noise 1GiB] [--residents 20000]

What this build or this machine does not have is named on the page. The end is an error where a
bound is broken or a bench failed; the page is written all the same.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mediabridge.errors import ExitCode

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
JA_BEGIN, JA_END = "<!-- 測定: begin -->", "<!-- 測定: end -->"

SUBJECTS: Final[Mapping[str, str]] = {
    "start": "Commands that only look",
    "records": "Reading records with every check",
    "bundle": "A large payload, and noise",
    "apply": "Applying a day, and comparing a population",
    "receipt": "Taking a receipt home",
    "remaining": "How right the remaining time is",
    "audit": "Verifying the transfer logs of years",
    "media": "Writing to a stick",
    "growth": "A station with years behind it",
    "answering": "The desk's screen while a bundle is written",
}
"""The name of each bench, in the order of the page, and what it is about."""

# Of an answer that has figures; every other one says why there are none.
_MEASURED: Final = frozenset({"DONE", "BOUND_BROKEN"})

Answer = Mapping[str, Any]
"""What ``mediabridge --json bench NAME`` prints."""


@dataclass(frozen=True)
class Done:
    """One bench that was run."""

    name: str
    answer: Answer

    @property
    def figures(self) -> list[Mapping[str, Any]]:
        """The figures, as ``--json`` has them; none where nothing was measured."""
        return list(self.answer["data"].get("figures", ()))

    @property
    def broken(self) -> bool:
        """Whether a bound is broken, or the bench failed where it should have measured."""
        return self.answer["reason"] != "DONE" and not self._not_here

    @property
    def _not_here(self) -> bool:
        """Whether this machine has no stick to measure, or this build no such bench."""
        unknown = self.answer["data"].get("detail") == "there is no bench of this name"
        return unknown or int(self.answer["code"]) == ExitCode.MEDIUM

    def absent(self) -> Iterator[str]:
        """Yield what was not measured, and why."""
        if self.answer["reason"] not in _MEASURED:
            yield f"{SUBJECTS[self.name]} (`bench {self.name}`): {self.answer['message']}"
        for each in self.answer["data"].get("missing", ()):
            yield f"{each['name']}; not installed: {', '.join(each['programs'])}"


def measure(
    options: Mapping[str, Sequence[str]],
    ask: Callable[[Sequence[str]], Answer],
    tell: Callable[[str], object],
) -> list[Done]:
    """Run every bench with its *options*; *ask* gives the command and returns its answer."""
    done = []
    for name in SUBJECTS:
        began = time.monotonic()
        done.append(Done(name, ask(["bench", name, *options.get(name, ())])))
        tell(f"bench {name}: {time.monotonic() - began:.0f} s, {done[-1].answer['reason']}")
    return done


def page_with(done: Sequence[Done], machine: str, page: str) -> str:
    """Return *page* with what was measured between its marks, in English and in Japanese."""
    page = _between(page, BEGIN, END, "".join(_english(done, machine)))
    return _between(page, JA_BEGIN, JA_END, _japanese(done))


def _between(page: str, begin: str, end: str, text: str) -> str:
    before, _begin, rest = page.partition(begin)
    _old, _end, after = rest.partition(end)
    return f"{before}{begin}\n{text}{end}{after}"


def _english(done: Sequence[Done], machine: str) -> Iterator[str]:
    yield f"\nMeasured on {machine}.\n"
    for each in done:
        if each.figures:
            yield f"\n### {SUBJECTS[each.name]} (`bench {each.name}`)\n\n"
            yield "| figure | beside | ratio | bound | |\n|---|---|--:|--:|---|\n"
            yield from map(_row, each.figures)
    absent = [line for each in done for line in each.absent()]
    if absent:
        yield "\n### Not measured in this run\n\n"
        yield from (f"* {line}\n" for line in absent)
    yield "\n"


def _row(figure: Mapping[str, Any]) -> str:
    bound = "-" if figure["bound"] is None else f"{figure['bound']:.2f}"
    judged = {None: "not promised", True: "holds", False: "**broken**"}[figure["holds"]]
    name, floor = figure["name"], figure["floor_name"]
    return f"| {name} | {floor} | {figure['ratio']:.2f} | {bound} | {judged} |\n"


def _japanese(done: Sequence[Done]) -> str:
    judged = [figure["holds"] for each in done for figure in each.figures]
    absent = sum(1 for each in done for _ in each.absent())
    return (
        f"\n測定した項目: {len(judged)}。上限以内: {judged.count(True)}。"
        f"上限を超えたもの: {judged.count(False)}。上限を定めていないもの: {judged.count(None)}。"
        f"測定しなかったもの: {absent}。\n\n"
    )


def machine() -> str:
    """Return what this machine is, in words that name nobody: what a reader needs to compare."""
    model = re.search(r"model name\s*:\s*(.+)", _read("/proc/cpuinfo"))
    memory = re.search(r"MemTotal:\s*([0-9]+) kB", _read("/proc/meminfo"))
    parts = [
        f"{os.cpu_count()} cores" + (f" ({model[1].strip()})" if model else ""),
        *([f"{int(memory[1]) / 1024**2:.0f} GiB of memory"] if memory else []),
        f"{platform.system()}, Python {platform.python_version()}",
        f"load {os.getloadavg()[0]:.1f} at the end",
    ]
    return ", ".join(parts)


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", "replace")
    except OSError:
        return ""


def ask(words: Sequence[str]) -> Answer:
    """Give one command of this build, and return its answer; what it tells goes to the screen."""
    command = [sys.executable, "-m", "mediabridge", "--lang", "en", "--json", *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 - ours
    answer: Answer = json.loads(done.stdout)
    return answer


def main(arguments: Sequence[str]) -> int:
    """Measure, write the page, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--payload", default="256MiB")
    parser.add_argument("--noise", default="1GiB")
    parser.add_argument("--residents", default="20000")
    parser.add_argument("--records", default="50000")
    given = parser.parse_args(arguments)
    options = {
        "records": ["--records", given.records],
        "bundle": ["--size", given.payload, "--noise", given.noise],
        "apply": ["--records", given.residents],
    }
    done = measure(options, ask, lambda line: print(line, file=sys.stderr))
    PAGE.write_text(page_with(done, machine(), PAGE.read_text("utf-8")), "utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}")
    return int(any(each.broken for each in done))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
