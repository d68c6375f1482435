"""Days at which nobody sits at the two machines, but for an officer who approves; and accidents."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from first_day import LGWAN, REGISTRY, FirstDay
from harness import PATIENCE, ROOT
from medium import Stick
from running import UNIT, now, until_said

DOOR: Final = "/var/lib/mediabridge-desk/transport"
_SETTINGS: Final = {
    LGWAN: f'[transport]\\nfolder = "{DOOR}"\\n[watch]\\nseal = "sequential"\\n',
    REGISTRY: '[watch]\\nseal = "sequential"\\n',
}
KEYS: Final = {LGWAN: "officer-1.json", REGISTRY: "officer-2.json"}
BUSY: Final = "Another command is working on this station"
TIMES: Final = 10
"""How often somebody comes by who finds the station at work."""
IN_THE_HAND: Final = "^state=SAFE_TO_REMOVE medium=MB-001"
"""Until then somebody stands at the machine."""


def _lines_for_the_door() -> str:
    page = (ROOT / "docs/operations/transport.md").read_text("utf-8")
    return page.partition("## What is where")[2].partition("```sh\n")[2].partition("```")[0]


@dataclass
class Alone:
    """What people still do, and what goes wrong."""

    day: FirstDay
    stranger: Stick
    """One that nobody registered."""
    brought: int = 0
    """How many right files the other system left."""

    def begin(self) -> None:
        """Have root write what the machines do by themselves, and everybody leave."""
        lgwan = self.day.stations[LGWAN].machine
        lgwan.check(f"useradd --create-home asp\n{_lines_for_the_door()}", PATIENCE)
        for name, station in self.day.stations.items():
            write = f"printf '{_SETTINGS[name]}' >> /etc/mediabridge/station.toml"
            station.machine.check(f"{write} && systemctl restart {UNIT}", PATIENCE)
            station.log_out_all()

    def pass_by(self, number: int, accident: str = "") -> None:
        """Let day *number* pass: a file in the morning, and one trip of the stick."""
        for station in self.day.stations.values():
            station.next_day()
        since = now(self.day.stations[LGWAN])
        self.brings(
            f"{number}.csv", (self.day.files / f"day-{number:03}/isa_notice.csv").read_bytes()
        )
        self.brought += 1
        until_said(self.day.stations[LGWAN], since, "^sealed ")
        self.approves(LGWAN)
        self.visits(LGWAN, accident)
        since = now(self.day.stations[REGISTRY])
        self.visits(REGISTRY, accident, "^sealed ")
        self.approves(REGISTRY)
        until_said(self.day.stations[REGISTRY], since, "^written ")
        self.day.carry(None)

    def brings(self, name: str, content: bytes) -> None:
        """Leave a file as the page asks for, as the account of the other system."""
        put = f"umask 0027; cat > {DOOR}/in/.{name} && mv {DOOR}/in/.{name} {DOOR}/in/{name}"
        machine = self.day.stations[LGWAN].machine
        machine.check(f"runuser -u asp -- sh -c '{put}'", PATIENCE, stdin=content)

    def approves(self, name: str) -> None:
        """Have the officer come by, look, approve, and leave."""
        line = f"mediabridge approve --key {KEYS[name]}"
        for _ in range(TIMES):
            done = self.day.tried(name, "baba", line)
            if BUSY not in done.shown:
                break
            # As the hint says: the service is still at the stick, on a processor that is emulated.
        assert done.code == 0, done.shown
        self.day.stations[name].log_out_all()

    def visits(self, name: str, accident: str, until: str = IN_THE_HAND) -> None:
        """Plug the stick in and wait, as whoever carries it does."""
        befalls: Callable[[], None] | None = getattr(self, f"{accident}_at_{_side(name)}", None)
        if befalls is not None:
            befalls()
        since = now(self.day.stations[name])
        self.day.carry(name)
        until_said(self.day.stations[name], since, until)

    def pulled_out_at_lgwan(self) -> None:
        """Pull the stick out in the middle of the writing."""
        stick, machine = self.day.stick, self.day.stations[LGWAN].machine
        machine.plug(stick, wait=False)
        freeze = stick.freeze_at_write(self.day.writes // 2)
        assert freeze.reached.wait(PATIENCE), "the service wrote nothing"
        machine.unplug(stick)
        stick.heal()

    def power_cut_at_registry(self) -> None:
        """Cut the power while the stick is read."""
        station = self.day.stations[REGISTRY]
        since = now(station)
        self.day.carry(REGISTRY)
        until_said(station, since, "^state=READING")
        station.cut_power()
        station.switch_on()

    def switched_off_at_lgwan(self) -> None:
        """Switch the machine off hard while nobody is there."""
        station = self.day.stations[LGWAN]
        station.cut_power()
        station.switch_on()

    def spoilt_file_at_lgwan(self) -> None:
        """Have the other system leave a file with errors."""
        since = now(self.day.stations[LGWAN])
        self.brings("spoilt.csv", b"spoilt\n1\n")
        until_said(self.day.stations[LGWAN], since, "^failed ")

    def strange_stick_at_registry(self) -> None:
        """Have somebody plug in what nobody registered."""
        station = self.day.stations[REGISTRY]
        since = now(station)
        station.machine.plug(self.stranger)
        until_said(station, since, "^state=UNREGISTERED")
        station.machine.unplug(self.stranger)

    def lies(self, folder: str) -> int:
        """Return how many files of the other system lie in a folder of the door."""
        said = self.day.stations[LGWAN].machine.check(f"ls {DOOR}/{folder}")
        return len(re.findall(r"\.csv$", said, re.MULTILINE))


def _side(name: str) -> str:
    return name.partition("-")[0]
