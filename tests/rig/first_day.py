"""The page of the first day, typed at two machines: who answers what, and what is carried."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Final

import manual
import trusted_city
from harness import PATIENCE
from installed_desk import MEDIUM, Answers, Station, Typed
from manual import STATIONS
from medium import Stick
from rig import StickBench

from mediabridge.locale import Language
from mediabridge.trust.fingerprint import Fingerprint

LGWAN, REGISTRY = STATIONS
PEOPLE: Final = ("aoki", "baba")
DESK: Final = "/var/lib/mediabridge-desk"
REQUESTS: Final = {
    LGWAN: ("out/lgwan-01", "out/clerk-1", "officer/out/officer-1"),
    REGISTRY: ("out/registry-01", "out/clerk-2", "officer/out/officer-2"),
}
CLERKS: Final = {LGWAN: "clerk-1", REGISTRY: "clerk-2"}


def passphrase_of(key: str) -> str:
    """Return what the owner of *key* types."""
    return f"correct horse of {key} 77"


@dataclass
class Answering:
    """What the people at one station know and type when they are asked."""

    station: str
    root: bytes = b""
    """The city's first root, whose words are on paper."""
    key: str = ""
    unlocked: list[str] = field(default_factory=list)
    """Whose passphrases systemd asks for, in this order."""

    def answers(self) -> Answers:
        return (
            (r"New passphrase of the key (\S+): \Z", self._of_key),
            (r"The same once more: \Z", lambda _: passphrase_of(self.key)),
            (r"Passphrase of the key (\S+): \Z", self._of_key),
            (r"the words ([0-9, ]+) of the paper form: \Z", self._words),
            (r"\[y = yes / n = no\] \Z", lambda _: "y"),
            (r"Do you want to continue\? \[Y/n\] \Z", lambda _: "y"),
            (r"Password: (\(press TAB for no echo\) )?\Z", self._unlocked),
        )

    def _of_key(self, found: re.Match[str]) -> str:
        # The four keys of a station have one passphrase.
        self.key = self.station if found[1].startswith(self.station) else found[1]
        return passphrase_of(self.key)

    def _words(self, found: re.Match[str]) -> str:
        words = Fingerprint.of(self.root).words(Language.EN)
        return " ".join(words[int(number) - 1] for number in found[1].split(","))

    def _unlocked(self, _found: re.Match[str]) -> str:
        return passphrase_of(self.unlocked.pop(0))


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
    seconds: dict[int, dict[str, float]] = field(default_factory=dict)
    _published: list[Stick] = field(default_factory=list)

    def play(self, first: int = 1, last: int = 99) -> None:
        """Have typed what the manual has typed, and do between its steps what it says to do."""
        for step, lines in groupby(manual.typed(), key=lambda typed: typed.step):
            if first <= step <= last:
                self._around("before", step)
                self._step(step, list(lines))
                self._around("after", step)

    def _around(self, when: str, step: int) -> None:
        todo: Callable[[], None] | None = getattr(self, f"{when}_{step}", None)
        if todo is not None:
            todo()

    def _step(self, step: int, typed: list[manual.Typed]) -> None:
        """Let both sides work at the same time."""

        def side(station: str) -> float:
            return sum(
                self.type(station, each.account, each.line)
                for each in typed
                if each.station == station
            )

        sides = sorted({each.station for each in typed})
        with ThreadPoolExecutor(len(STATIONS)) as pool:
            self.seconds[step] = dict(zip(sides, pool.map(side, sides), strict=True))

    def type(self, station: str, account: str, line: str) -> float:
        """Have *line* typed where it has to succeed; return the seconds that it took there."""
        done = self.tried(station, account, line)
        assert done.code == 0, done.shown
        return done.seconds

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

    def told(self) -> str:
        """Say how long the commands took."""
        lines = [
            f"step {step}: " + ", ".join(f"{name} {spent:.0f} s" for name, spent in each.items())
            for step, each in sorted(self.seconds.items())
        ]
        total = sum(spent for each in self.seconds.values() for spent in each.values())
        longest = sum(max(each.values()) for each in self.seconds.values())
        return "\n".join([*lines, f"all commands {total:.0f} s, side by side {longest:.0f} s"])
