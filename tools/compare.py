"""Compare two commits in processor time: the same commands, one after the other in turns.

    python -m tools.compare OLD NEW [--rounds 5] [--only NAME,NAME]

Each commit gets a git worktree below ``.compare``, with an environment of its own from its own
lock files, and is compiled, so that neither pays for that. A round is one journey in a fresh
folder for each of the two; what is printed are the medians of all rounds, NEW beside OLD.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mediabridge.bench.spent import CommandFailedError, processor_seconds
from tools.compared import JOURNEY, Step

ROOT = Path(__file__).resolve().parent.parent
TREES = ROOT / ".compare"


@dataclass(frozen=True, eq=False)
class Build:
    """A commit that can be run; two of the same one are still two, so that chance can be seen."""

    name: str
    program: Path
    """Its command line."""


@dataclass(frozen=True)
class Compared:
    """One command at both commits."""

    step: str
    old: float
    """Seconds of processor time, the median; so is ``new``."""
    new: float

    @property
    def ratio(self) -> float:
        """Processor time of the new one by that of the old one."""
        return self.new / self.old


def worktree(commit: str, trees: Path = TREES, repository: Path = ROOT) -> Path:
    """Return a folder with the content of *commit*, made if it is not there.

    Raises:
        subprocess.CalledProcessError: there is no such commit.
    """
    asked = _git(repository, "rev-parse", "--verify", "--short=12", f"{commit}^{{commit}}")
    tree = trees / asked.strip()
    if not tree.is_dir():
        # Of one that somebody has deleted, git still has a note.
        _git(repository, "worktree", "prune")
        _git(repository, "worktree", "add", "--detach", str(tree), commit)
    return tree


def build(commit: str) -> Build:
    """Return *commit* with its environment, ready to be run."""
    tree = worktree(commit)
    python = tree / ".venv/bin/python"
    for command in (
        ["make", "-C", str(tree), f"PYTHON={sys.executable}", ".venv/runtime"],
        [str(python), "-m", "compileall", "-q", str(tree / "mediabridge")],
    ):
        subprocess.run(command, check=True, stdout=sys.stderr)  # noqa: S603 - fixed words
    return Build(commit, tree / ".venv/bin/mediabridge")


def compare(
    old: Build, new: Build, steps: Sequence[Step], rounds: int, tell: Callable[[str], object]
) -> list[Compared]:
    """Run *steps* in so many *rounds* with both builds in turns; return those both have.

    Raises:
        CommandFailedError: a step failed that both builds need for those after it.
    """
    taken: dict[tuple[str, Build], list[float]] = {}
    for number in range(rounds):
        tell(f"round {number + 1} of {rounds}")
        # Whoever is first has not always the cold caches.
        order = (old, new) if number % 2 == 0 else (new, old)
        for step, one, used in _round(order, steps):
            taken.setdefault((step.name, one), []).append(used)
    return [
        Compared(step.name, *(statistics.median(taken[step.name, one]) for one in (old, new)))
        for step in steps
        if (step.name, old) in taken and (step.name, new) in taken
    ]


def _round(builds: Sequence[Build], steps: Sequence[Step]) -> Iterator[tuple[Step, Build, float]]:
    with tempfile.TemporaryDirectory(prefix="compare-") as scratch:
        folders = {one: Path(scratch, str(number)) for number, one in enumerate(builds)}
        for folder in folders.values():
            folder.mkdir()
        for step in steps:
            for one, folder in folders.items():
                used = _once(one, step, folder)
                if used is not None:
                    yield step, one, used


def _once(one: Build, step: Step, folder: Path) -> float | None:
    """Return what the step took; None where the build does not have it yet."""
    words = [str(one.program), *step.words(folder)]
    try:
        return processor_seconds(
            words, folder, environment=_environment(os.environ), codes=step.codes
        )
    except CommandFailedError:
        if step.needed:
            raise
        return None


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in given.items() if not name.startswith("MEDIABRIDGE_")}
    return {**kept, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}


def table(found: Sequence[Compared]) -> Iterator[str]:
    """Yield the lines that are printed."""
    yield f"{'command':24}{'old ms':>9}{'new ms':>9}{'ratio':>8}"
    for each in found:
        yield f"{each.step:24}{each.old * 1e3:9.0f}{each.new * 1e3:9.0f}{each.ratio:8.2f}"


def _git(repository: Path, *words: str) -> str:
    command = ["git", "-C", str(repository), *words]
    return subprocess.check_output(command, encoding="utf-8")  # noqa: S603 - git, our own words


def main(arguments: Sequence[str]) -> None:
    """Compare the two commits that are named, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="names of steps, with commas; all by default")
    given = parser.parse_args(arguments)
    only = set(filter(None, given.only.split(",")))
    names = {step.name for step in JOURNEY}
    if unknown := only - names:
        parser.error(f"no such step: {', '.join(unknown)}; there are: {'; '.join(sorted(names))}")
    if given.rounds < 1:
        parser.error(f"--rounds {given.rounds}: there must be one at least")
    builds = build(given.old), build(given.new)
    found = compare(*builds, JOURNEY, given.rounds, lambda said: print(said, file=sys.stderr))
    print(f"processor time, medians of {given.rounds} rounds; load {os.getloadavg()[0]:.1f}")
    for line in table([each for each in found if not only or each.step in only]):
        print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
