"""The first day, played once: what whoever goes on after it begins with, each with a copy.

In the folder of the :class:`KeptDay` are both machines' disks and the stick as they were when the
power was switched off after the last step, and what lay on the tables beside them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import first_day
import taken
from first_day import FirstDay
from harness import PATIENCE, copy_of
from installed_desk import Station
from manual import STATIONS
from medium import Disk, Stick
from rig import StickBench

SERIAL: Final = "BLUE0001"


@dataclass(frozen=True)
class KeptDay:
    """The folder with everything that is kept."""

    folder: Path

    @property
    def is_whole(self) -> bool:
        """Whether the day was played to its end; what says so is written last."""
        return (self.folder / "kept.json").exists()

    @property
    def told(self) -> str:
        """How long the lines took, by step."""
        return (self.folder / "taken").read_text("utf-8")

    def again(self, bench: StickBench) -> FirstDay:
        """Return the evening of that day, with copies of all that was there, switched on."""
        kept = json.loads((self.folder / "kept.json").read_text("utf-8"))
        stations = {name: self._station(bench, name) for name in STATIONS}
        stick = Stick(copy_of(self._image("blue"), bench.folder / "blue.img"), serial=SERIAL)
        for station in stations.values():
            station.switch_on()
        return FirstDay(bench, stations, self._files, stick, writes=kept["writes"])

    def play(self) -> KeptDay:
        """Play the day, say how long its lines took, and keep it; takes twenty minutes."""
        with StickBench(self.folder) as bench:
            day = first_day.fresh(bench, self.folder, serial=SERIAL)
            try:
                day.play()
            finally:
                (self.folder / "taken").write_text(f"{taken.told(day.taken)}\n", "utf-8")
            for station in day.stations.values():
                station.machine.check("sync", PATIENCE)
        kept = {"writes": day.writes}
        (self.folder / "kept.json").write_text(json.dumps(kept), "utf-8")
        return self

    def _station(self, bench: StickBench, name: str) -> Station:
        disk = copy_of(self._image(name), bench.folder / f"{name}.img")
        return Station.on(bench, name, self.folder, Disk(disk))

    def _image(self, name: str) -> Path:
        return self.folder / f"{name}.img"

    @property
    def _files(self) -> Path:
        return self.folder / "files"
