"""The page of the first day, typed at two machines: who answers what, and what is carried."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Final

import manual
import trusted_city
from answering import Answering
from harness import PATIENCE
from installed_desk import MEDIUM, Station, Typed, debian_medium
from manual import STATIONS, Line
from medium import Disk, Stick
from rig import StickBench
from taken import Taken

LGWAN, REGISTRY = STATIONS
PEOPLE: Final = ("aoki", "baba")
DESK: Final = "/var/lib/mediabridge-desk"
REQUESTS: Final = {
    LGWAN: ("out/lgwan-01", "out/clerk-1", "officer/out/officer-1"),
    REGISTRY: ("out/registry-01", "out/clerk-2", "officer/out/officer-2"),
}
CLERKS: Final = {LGWAN: "clerk-1", REGISTRY: "clerk-2"}


@dataclass
class FirstDay:
    """Two machines, what is carried between them, and how long the commands took."""

    bench: StickBench
    stations: dict[str, Station]
    files: Path
    stick: Stick
    knows: dict[str, Answering] = field(
        default_factory=lambda: {name: Answering(name) for name in STATIONS}
    )
    devices: dict[str, str] = field(default_factory=dict)
    writes: int = 0
    """How many writes the stick was given with its first bundle."""
    taken: list[Taken] = field(default_factory=list)
    """Each line of the page that was typed, and what came of it."""
    _published: list[Stick] = field(default_factory=list)

    def play(self, first: int = 1, last: int = 99) -> None:
        """Have typed what the manual has typed, and do between its steps what it says to do."""
        for step, lines in groupby(manual.typed(), key=lambda line: line.step):
            if first <= step <= last:
                self._around("before", step)
                self._step(list(lines))
                self._around("after", step)

    def _around(self, when: str, step: int) -> None:
        todo: Callable[[], None] | None = getattr(self, f"{when}_{step}", None)
        if todo is not None:
            todo()

    def _step(self, lines: list[Line]) -> None:
        """Let both sides work at the same time."""

        def side(station: str) -> list[Taken]:
            here = (each for each in lines if each.station == station)
            return [(each, self.type(station, each.account, each.text)) for each in here]

        with ThreadPoolExecutor(len(STATIONS)) as pool:
            for each in pool.map(side, STATIONS):
                self.taken += each

    def type(self, station: str, account: str, line: str) -> Typed:
        """Have *line* typed where it has to succeed; return what came of it."""
        done = self.tried(station, account, line)
        assert done.code == 0, done.shown
        return done

    def tried(self, station: str, account: str, line: str) -> Typed:
        """Have *line* typed and all questions answered; return what came of it."""
        here = line.replace("/dev/sdb", self.devices.get(station, "/dev/sdb"))
        return self.stations[station].type(account, here, self.knows[station].answers())

    def before_1(self) -> None:
        for station in self.stations.values():
            # Where the package was copied to.
            station.machine.check(f"ln -s {MEDIUM}/mediabridge_*.deb /root/")

    def before_4(self) -> None:
        """Hold the ceremony, elsewhere; each station gets a stick with what it published."""
        asked = [
            self.stations[name].machine.check(f"cat {DESK}/{each}.request.json").encode()
            for name, requests in REQUESTS.items()
            for each in requests
        ]
        published = self.bench.folder / "published"
        root = trusted_city.publish(published, asked)
        words = ["tar", "-c", "--no-same-owner", "-C", published, "."]
        packed = subprocess.run(words, check=True, capture_output=True).stdout
        for name, station in self.stations.items():
            self.knows[name].root = root
            stick = self.bench.stick(f"trust-{name}", filesystem="vfat", serial=f"TRUST-{name}")
            self._published.append(stick)
            device = self.devices[name] = station.machine.plug(stick)
            fill = f"mount {device}1 /mnt && tar -x --no-same-owner -C /mnt && umount /mnt"
            station.machine.check(fill, PATIENCE, stdin=packed)

    def after_4(self) -> None:
        for station, stick in zip(self.stations.values(), self._published, strict=True):
            station.machine.unplug(stick)

    def before_5(self) -> None:
        self.carry(LGWAN)

    def after_5(self) -> None:
        self.carry(LGWAN)

    def before_6(self) -> None:
        self.give("day-001/isa_notice.csv")
        self.writes = self.stick.writes

    def after_6(self) -> None:
        self.writes = self.stick.writes - self.writes

    def before_7(self) -> None:
        self.carry(REGISTRY)

    def before_8(self) -> None:
        self.carry(LGWAN)

    def before_9(self) -> None:
        self.carry(None)
        for name, clerk in CLERKS.items():
            self.knows[name].unlocked = [name, clerk]

    def give(self, file: str) -> None:
        """Put a file of notices where the clerk at the LGWAN side has it."""
        put = "cat > /home/aoki/isa_notice.csv && chown aoki: /home/aoki/isa_notice.csv"
        self.stations[LGWAN].machine.check(put, stdin=(self.files / file).read_bytes())

    def carry(self, where: str | None) -> None:
        """Pull the stick out, and plug it in at *where*."""
        for station in self.stations.values():
            if self.stick in station.machine._plugged:
                station.machine.unplug(self.stick)
        if where is not None:
            self.devices[where] = self.stations[where].machine.plug(self.stick)


DAYS: Final = 8
"""For how many days there are notices: the first, and the week that may follow."""


def fresh(bench: StickBench, folder: Path, serial: str) -> FirstDay:
    """Return two machines as they come from the shop, and what lies on the tables beside them."""
    medium = debian_medium(folder)
    first, second = (bench.folder / f"{name}.img" for name in STATIONS)
    begun = Station.on(bench, "shop", medium, Disk.create(first, "1G"))
    begun.switch_on()
    begun.begin(*PEOPLE)
    begun.machine.check("sync", PATIENCE)
    begun.cut_power()
    shutil.copy(first, second)
    disks = dict(zip(STATIONS, (first, second), strict=True))
    stations = {name: Station.on(bench, name, medium, Disk(disks[name])) for name in STATIONS}
    for station in stations.values():
        station.switch_on()
    files = folder / "files"
    words = ["sample", "--residents", "40", "--days", str(DAYS), "--out", str(files)]
    subprocess.run([sys.executable, "-m", "mediabridge", *words], check=True, capture_output=True)
    return FirstDay(bench, stations, files, bench.stick("blue", serial=serial))
