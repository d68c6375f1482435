"""Applying a day of notices, beside the bare statements that leave the same rows.

What is measured is :func:`~mediabridge.apply.apply.apply_bundle` through the adapter, from the
first record, which is there as the texts that were found right, to the commit: matching, rules,
outcome, history. That the notices were read and checked before is measured by ``bench records``.
The floor puts the rows that this left into the same tables, in one transaction, by ``executemany``
or ``COPY``, and of a population its own rows, as its file has them, into a table that goes with
the transaction; it has nothing to look up or to decide. Both take turns, each in a database of its
own that begins with the same people, and the fingerprints of both must be equal afterwards.

Time is processor time, ours and that of every process of a server: it does not depend on who
else uses the disk or the machine meanwhile. How long a disk makes both wait for one commit
is no part of it.
"""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from mediabridge.apply import open_registry
from mediabridge.apply.places import Place
from mediabridge.apply.texts import NoticeTexts
from mediabridge.bench import Figure, Missing
from mediabridge.bench.grounds import Ground, Rows, SqliteGround, opened
from mediabridge.bench.office import OWNER, Office, Task, apply_day, office, the_day, the_snapshot
from mediabridge.bench.peak import own_peak_kib
from mediabridge.bench.programs import NEEDED, server_programs
from mediabridge.config import APPLY_BATCH, KIB
from mediabridge.kinds import Kind
from mediabridge.records.csv import CsvReader, CsvWriter
from mediabridge.records.model import IsaNotice
from mediabridge.records.tables import shipped

BOUNDS: Final = {
    ("applying notices", "SQLite"): 3.0,
    ("applying notices", "PostgreSQL"): 3.0,
    ("comparing a population", "SQLite"): 3.5,
    ("comparing a population", "PostgreSQL"): 3.0,
}
"""Processor time of a task by that of its floor. What we aim at is 3.0, for all of them.

Notices on SQLite come to 2.1 to 2.4: nearly half is what the floor does as well.
A population on SQLite comes to 2.8 with 20,000 entries, but to 3.1 with 2,000, of which a tenth
is looked at one by one. Of what is left, a quarter is the digest of each entry, a quarter the
statements that settle it, a tenth the spelling of its items.
"""

MEMORY_BOUND: Final = 1.2
"""Peak memory for a day by that for a tenth of it; the same but for noise and SQLite's cache.

The cache is 16 MiB and not yet full at a tenth: 34,000 notices took 92.2 MiB, 20,000 took
91.5, 10,000 took 87.2 and 1,000 took 70.7.
"""

_TURNS: Final = 5
_FEWEST_TICKS: Final = 5
"""A floor of fewer ticks of its clock is too short to hold anything to: it says little."""

_TENTH: Final = 10
_PLACE: Final[TypeAdapter[Place]] = TypeAdapter(Place)


def run(
    folder: Path, residents: int, seed: int, *, tell: Callable[[str], None]
) -> Iterator[Figure | Missing]:
    """Yield the figures of a register of so many *residents*, and a day with a twentieth of that.

    *tell* is told each step as it begins. Which database this machine does not have is missing.
    """
    invented = office(residents, seed)
    snapshot = the_snapshot(invented)
    with ExitStack() as stack:
        for ground in _grounds(folder, stack):
            tell(f"{ground.name}: {residents} residents, {len(invented.day)} notices")
            ground.fill(invented.people())
            yield _time(ground, the_day(invented))
            yield _time(ground, snapshot)
            yield _memory(folder, ground, invented)
        if server_programs() is None:
            yield Missing("applying and comparing, PostgreSQL", NEEDED)


def _grounds(folder: Path, stack: ExitStack) -> Iterator[Ground]:
    yield SqliteGround(folder)
    binaries = server_programs()
    if binaries is None:
        return
    from mediabridge.bench import server, server_ground  # noqa: PLC0415 - needs libpq

    started = stack.enter_context(server.running(binaries))
    yield server_ground.PostgresGround(started)


def _time(ground: Ground, task: Task) -> Figure:
    ours, floor = [], []
    # What was invented stays: whoever looks for garbage need not look at it.
    gc.collect()
    gc.freeze()
    rows: Rows | None = None
    for _ in range(_TURNS):
        seconds, left = _our_turn(ground, task)
        ours.append(seconds)
        rows = rows or ground.written()
        floor.append(_bare_turn(ground, rows, task, left))
    gc.unfreeze()
    least = statistics.median(floor)
    return Figure(
        name=f"{task.name}, {ground.name}",
        measured=statistics.median(ours) / task.records * 1e6,
        unit="µs/record",
        floor_name=ground.floor_name,
        floor=least / task.records * 1e6,
        bound=BOUNDS[task.name, ground.name] if least >= _FEWEST_TICKS * ground.tick else None,
    )


def _our_turn(ground: Ground, task: Task) -> tuple[float, str]:
    """Let the registry take it; return for how long, and what the registry then is."""
    ground.begin()
    with opened(ground) as registry:
        start = ground.seconds()
        inventing = task.take(registry)
        seconds = ground.seconds() - start - inventing
        return seconds, registry.fingerprint()


def _bare_turn(ground: Ground, rows: Rows, task: Task, left: str) -> float:
    """Write the rows that are left; return how long that took.

    Raises:
        RuntimeError: the registry is then another one than the one that was *left*.
    """
    ground.begin()
    with ground.write_bare(rows, task.staged) as writing:
        start = ground.seconds()
        next(writing)
        seconds = ground.seconds() - start
    with opened(ground) as registry:
        if registry.fingerprint() != left:
            msg = f"the floor in {ground.name} left other rows than {task.name} did"
            raise RuntimeError(msg)
    return seconds


def _memory(folder: Path, ground: Ground, invented: Office) -> Figure:
    notices = len(invented.day)
    tenth = max(notices // _TENTH, 1)
    return Figure(
        name=f"peak memory of applying {notices} notices, {ground.name}",
        measured=_peak_mib(folder, ground, invented.day),
        unit="MiB",
        floor_name=f"at {tenth}",
        floor=_peak_mib(folder, ground, invented.day[:tenth]),
        # Below a batch, what one batch needs is still growing.
        bound=MEMORY_BOUND if tenth >= APPLY_BATCH else None,
    )


def _peak_mib(folder: Path, ground: Ground, day: list[IsaNotice]) -> float:
    """Return the peak of a process that reads *day* from a file, applies it, and nothing else."""
    path = folder / f"{Kind.ISA_NOTICE}.csv"
    with path.open("wb") as output:
        writer = CsvWriter(output, Kind.ISA_NOTICE, tables=shipped())
        for notice in day:
            writer.write(notice)
    ground.begin()
    place = _PLACE.dump_json(ground.place, by_alias=True).decode()
    words = ["-m", "mediabridge.bench.apply", str(path), str(ground.file), place]
    done = subprocess.run([sys.executable, *words], capture_output=True, check=True, text=True)  # noqa: S603 - ourselves
    return int(done.stdout) / KIB


def _apply_file(path: Path, file: Path, place: Place) -> None:
    """Apply the notices of *path* as they are read."""
    with path.open("rb") as stream, open_registry(file, OWNER, place) as registry:
        reader = CsvReader(stream, Kind.ISA_NOTICE, tables=shipped())
        apply_day(
            registry, (NoticeTexts.of(each) for each in reader if isinstance(each, IsaNotice))
        )


if __name__ == "__main__":
    _apply_file(Path(sys.argv[1]), Path(sys.argv[2]), _PLACE.validate_json(sys.argv[3]))
    sys.stdout.write(f"{own_peak_kib()}\n")
