"""Change the code in small ways, one at a time, and see whether the tests notice.

    python -m tools.mutants [--minutes N] [FILE …]

FILE is any part of a target's path; without one, all targets are tried. What was tried is
kept in ``.mutants/session.sqlite``, a session of Cosmic Ray: an interrupted run goes on
where it was, and ``cr-html`` shows it. Ends with 0 when every mutant was tried and each
survivor stands in ``survivors.toml``.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cosmic_ray.work_db import WorkDB
from cosmic_ray.work_item import TestOutcome, WorkerOutcome, WorkItem, WorkResult

from tools.mutants.mutant import Identity, Mutant, mutants_of
from tools.mutants.survivors import as_entry, differences
from tools.mutants.targets import SHARED, TARGETS
from tools.mutants.trial import Bench, Trial

ROOT: Final = Path(__file__).resolve().parents[2]
SCRATCH: Final = ROOT / ".mutants"


class Session:
    """What was tried before, and under which circumstances."""

    def __init__(self) -> None:
        """Open the session, which is made when there is none."""
        self._database = WorkDB(SCRATCH / "session.sqlite", WorkDB.Mode.create)
        self._results = dict(self._database.results)
        self._known = {item.job_id for item in self._database.work_items}

    def result(self, key: str) -> WorkResult | None:
        """Return what came of the mutant *key*, None if it was not tried."""
        return self._results.get(key)

    def keep(self, key: str, mutant: Mutant, trial: Trial) -> WorkResult:
        """Keep what came of *mutant*."""
        if key not in self._known:
            self._database.add_work_item(WorkItem.single(key, mutant.spec))
            self._known.add(key)
        outcome = TestOutcome.SURVIVED if trial.passed else TestOutcome.KILLED
        diff = "\n".join(
            f"{sign}{line}" for sign, line in zip("-+", mutant.identity[2:4], strict=True)
        )
        result = WorkResult(WorkerOutcome.NORMAL, trial.output, outcome, diff)
        self._database.set_result(key, result)
        self._results[key] = result
        return result


def main() -> int:
    """Try the mutants, and say what survived."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--minutes", type=float, default=120, help="stop after so long")
    parser.add_argument("files", nargs="*", metavar="FILE", help="part of the path of a target")
    options = parser.parse_args()
    files = [
        file for file in TARGETS if not options.files or any(part in file for part in options.files)
    ]
    SCRATCH.mkdir(exist_ok=True)
    bench, session = Bench(ROOT, SCRATCH), Session()
    deadline = time.monotonic() + options.minutes * 60
    outcomes: dict[Identity, bool] = {}
    left = 0
    for file in files:
        tally = Counter[str]()
        for mutant, alive in _outcomes(file, bench, session, deadline):
            if alive is None:
                left += 1
                continue
            outcomes[mutant.identity] = outcomes.get(mutant.identity, False) or alive
            tally["survived" if alive else "killed"] += 1
        print(f"{file}: {tally['killed']} killed, {tally['survived']} survived", flush=True)
    return _report(outcomes, files, left)


def _outcomes(
    file: str, bench: Bench, session: Session, deadline: float
) -> Iterator[tuple[Mutant, bool | None]]:
    """Yield each mutant of *file* and whether it lives; None when there was no time left."""
    tests = TARGETS[file]
    circumstances = _digest(bench.tree, tests)
    seconds = 0.0
    for mutant in mutants_of(bench.tree, file):
        parts = (circumstances, file, mutant.source)
        key = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
        result = session.result(key)
        if result is None and time.monotonic() < deadline:
            if not seconds:
                seconds = _unmutated(file, bench, tests)
            trial = bench.mutated(file, mutant.source, tests, seconds=seconds)
            result = session.keep(key, mutant, trial)
        yield mutant, None if result is None else not result.is_killed


def _unmutated(file: str, bench: Bench, tests: tuple[str, ...]) -> float:
    """See that the tests pass without a mutant; return the seconds that a mutant gets."""
    trial = bench.unmutated(file, tests)
    if not trial.passed:
        sys.exit(f"{trial.output}\n{file}: its tests fail without a mutant")
    return max(5.0, 4 * trial.seconds)


def _digest(tree: Path, tests: tuple[str, ...]) -> str:
    """Return a digest of all test code that *tests* may use: other tests, another result."""
    found = {path for pattern in SHARED for path in tree.glob(pattern)}
    for test in tests:
        path = tree / test
        found.update(path.parent.glob("*.py") if path.suffix else path.rglob("*"))
    files = sorted(path for path in found if path.is_file() and path.suffix != ".pyc")
    content = b"\0".join(path.read_bytes() for path in files)
    return hashlib.sha256(content + "\0".join(tests).encode()).hexdigest()


def _report(outcomes: dict[Identity, bool], files: list[str], left: int) -> int:
    alive = [identity for identity, lives in outcomes.items() if lives]
    new, killed, gone = differences(alive, outcomes, files)
    for identity in new:
        print(as_entry(identity))
    for identity in killed:
        print(f"listed, but killed; take it out: {identity}")
    for identity in gone if not left else ():
        print(f"listed, but there is no such mutant; take it out: {identity}")
    print(
        f"{len(outcomes)} mutants, {len(outcomes) - len(alive)} killed, "
        f"{len(alive) - len(new)} survivors listed, {len(new)} not listed, {left} not tried"
    )
    if left:
        print("the time is over; the next run goes on from here")
    return 1 if new or killed or gone or left else 0


if __name__ == "__main__":
    sys.exit(main())
