"""Carrying a bundle to a stick, beside what the bare tools of the system need for it.

Two figures. *Write journey*: the station examines its own copy, writes it, unmounts,
mounts, reads every byte back, and enters it in log and books; beside it ``dd`` and
``cmp`` of the same bytes. Both take turns and the fastest of each counts: what else the
machine does makes a turn slower, never faster.
*A day's bundle*: all that happens from the moment udev shows the stick until it is safe
to remove, beside ``cp`` and ``sync`` by hand, which prove nothing; so no ratio is promised.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mediabridge.bench import Figure
from mediabridge.bench.desk import TrainingDesk, training_desk
from mediabridge.bench.stick import Copied, TidiedSlot, Tools, borrowed, tidy
from mediabridge.config import MIB
from mediabridge.errors import PulledOutError
from mediabridge.locale import text
from mediabridge.media import writing
from mediabridge.media.slot import Slot
from mediabridge.stations import serving
from mediabridge.stations.books import BundleRow
from mediabridge.stations.sticks import choosing
from mediabridge.stations.sticks.visits import Visit

BOUND: Final = 1.15
"""Write journey by ``dd`` and ``cmp``, from a size where neither is mere latency."""

_BOUND_FROM: Final = 100 * 1000 * 1000
_RECORDS: Final = 200
_TURNS: Final = 2


def run(
    folder: Path, find: Callable[[], Slot], size: int, *, tell: Callable[[str], None]
) -> Iterator[Figure]:
    """Measure the stick that *find* finds, working in *folder* with a bundle of *size* bytes.

    The stick is left as it was, but switched off; *tell* is told each step as it begins.

    Raises:
        UsageError: the stick may be in service.
        MediumError: it cannot be used, or failed.
    """
    slot = find()
    with borrowed(slot, size) as tools:
        tell(text("preparing a training station"))
        with training_desk(folder) as desk:
            run = _Run(desk, tools, find, tell)
            yield run.journey(size)
            yield run.day()


@dataclass(frozen=True)
class _Run:
    """One stick at one training station."""

    desk: TrainingDesk
    tools: Tools
    find: Callable[[], Slot]
    tell: Callable[[str], None]

    def journey(self, size: int) -> Figure:
        """Write a large bundle and read it back."""
        row = self.desk.large_bundle(size)
        plain = self.desk.station.home.root / "plain"
        total = _joined(self.desk.folder_of(row), plain)
        floors: list[Copied] = []
        ours: list[float] = []
        for _ in range(_TURNS):
            self.tell(self.tools.name)
            floors.append(self.tools.copy(plain))
            if not ours:
                visit = self.desk.visit(self.tools.slot, floors[0].speeds(total))
            self.tell(text("write journey"))
            ours.append(self._write(row, visit))
        plain.unlink()
        floor = min(each.seconds for each in floors)
        bound = BOUND if total >= _BOUND_FROM else None
        name = self._named(f"write journey, {total / MIB:.1f} MiB")
        return Figure(name, min(ours), "s", self.tools.name, floor, bound)

    def day(self) -> Figure:
        """Serve a stick as if it had just been plugged in, until it may be pulled out."""
        row = self.desk.bundle_of_day(_RECORDS)
        self.tell("cp, sync")
        floor = self.tools.copy_and_sync(self.desk.folder_of(row))
        self.tell(text("a day's bundle"))
        name = self._named(f"insertion to SAFE_TO_REMOVE, {_RECORDS} records")
        return Figure(name, self._serve(), "s", "cp -r, sync", floor, None)

    def _write(self, row: BundleRow, visit: Visit) -> float:
        started = time.monotonic()
        self.desk.station.write(row, visit)
        seconds = time.monotonic() - started
        with visit.slot.mounted(write=True) as folder:
            writing.remove_bundle(folder, row.bundle)
        self.desk.forget_copy(row, visit)
        return seconds

    def _serve(self) -> float:
        """Return the seconds it took; the clock stands still while the bench tidies up.

        Once the stick is switched off, nothing can be removed from it any more.
        """
        tidied = 0.0
        station, slot = self.desk.station, self.tools.slot

        def tidy_meanwhile() -> None:
            nonlocal tidied
            began = time.monotonic()
            tidy(slot)
            tidied = time.monotonic() - began

        started = time.monotonic()
        found = TidiedSlot(self._found_again(), tidy_meanwhile)
        visit = choosing.choose(station, [found])
        serving.serve(station, serving.Served(visit))
        return time.monotonic() - started - tidied

    def _found_again(self) -> Slot:
        found, slot = self.find(), self.tools.slot
        if found.device and slot.device and found.device.disks != slot.device.disks:
            raise PulledOutError
        return found

    def _named(self, name: str) -> str:
        # A folder is neither mounted nor switched off by the station.
        return name if self.tools.slot.device else f"{name}, unmounting not measured"


def _joined(folder: Path, target: Path) -> int:
    """Put the files of *folder* into one, and return its bytes."""
    with target.open("xb") as output:
        for path in sorted(folder.iterdir()):
            with path.open("rb") as source:
                shutil.copyfileobj(source, output)
        return output.tell()
