"""Desks at which nobody sits: ``watch`` as a process of its own, and what is plugged in there.

The process is a real one, which really dies; only USB and the clock are the test's, and a tick
passes when the test says so. Sticks are :class:`simulator.SimulatedStick`, whose content is in a
folder that outlives the process.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

from journeys.death import arm
from simulator import SimulatedStick

from mediabridge.cli._app import run
from mediabridge.clock import SystemClock
from mediabridge.media import detect, watching
from mediabridge.media.detect import UsbBus
from mediabridge.media.device import UsbDevice
from mediabridge.stations.chores import Chores
from mediabridge.stations.sticks import finding

_PROCESSES: Final = multiprocessing.get_context("fork")
_TICK: Final = timedelta(seconds=2)


@dataclass
class Carried:
    """A stick, wherever it is."""

    number: str
    root: Path
    device: UsbDevice

    def plugged(self) -> None:
        """Give its disk a number it never had, as the kernel does at each plugging in."""
        disks = tuple(replace(each, sequence=each.sequence + 1) for each in self.device.disks)
        self.device = replace(self.device, disks=disks)
        for left in self.root.glob("mount-*"):
            # The process that had it mounted was killed; what was written is on it.
            content = self.root / "content"
            if content.exists():
                content.rmdir()
            left.rename(content)


@dataclass(frozen=True)
class Moment:
    """What is so at a desk until the next tick."""

    at: datetime
    """What the machine's clock shows."""
    seconds: float
    """How long the machine has been running."""
    sticks: tuple[tuple[Path, UsbDevice, int | None], ...] = ()
    """Content, device, and at which change it is pulled out."""
    dies: int | None = None
    """How many effects the process survives from here on."""


class _Bus:
    """The machine of one desk, in its own process: its USB and its clock."""

    def __init__(self, pipe: Connection, root: Path) -> None:
        self._pipe, self._root = pipe, root
        self._sticks: list[SimulatedStick] = []
        self.now = Moment(datetime.now(UTC), 0)

    def install(self) -> None:
        detect.context = lambda: self
        detect.bus = lambda _udev: self.bus()
        watching._UdevEvents = lambda _udev: self  # type: ignore[misc, assignment]
        finding.slots_for = self._slots  # type: ignore[assignment]
        SystemClock.now = lambda _self: self.now.at  # type: ignore[method-assign]
        Chores.__init__.__kwdefaults__["seconds"] = lambda: self.now.seconds

    def bus(self) -> UsbBus:
        return UsbBus.of(tuple(each.device for each in self._sticks if each.present))

    def _slots(self, devices: Iterable[UsbDevice]) -> list[SimulatedStick]:
        wanted = list(devices)
        return [each for each in self._sticks if each.device in wanted]

    def wait(self, _seconds: float | None) -> bool:
        """Tell which sticks are still there, and wait for the next tick."""
        self._pipe.send([each.device.path for each in self._sticks if each.present])
        moment: Moment = self._pipe.recv()
        there = {each.device: each for each in self._sticks}
        self._sticks = [
            there.get(device) or SimulatedStick(root, device, pull_at=pull, present=True)
            for root, device, pull in moment.sticks
        ]
        if moment.dies is not None and self.now.dies is None:
            arm(self._root, moment.dies)
        self.now = moment
        return False


def _watch(pipe: Connection, home: Path, root: Path, shown: Path, first: Moment) -> None:
    output = os.open(shown, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    bus = _Bus(pipe, root)
    bus.now = first
    bus.install()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os._exit(run(["--home", str(home), "--lang", "en", "--json", "watch"]))


@dataclass
class Post:
    """The desk of one station, as whoever comes by finds it."""

    side: str
    home: Path
    root: Path
    """Below which everything lies that the process may change."""
    at: datetime
    seconds: float = 0.0
    stick: Carried | None = None
    pull: int | None = None
    """At which of its changes the stick is pulled out."""
    deaths: int = 0
    _process: BaseProcess | None = None
    _pipe: Connection | None = field(default=None, repr=False)

    @property
    def shown(self) -> Path:
        """Where everything goes that the process says."""
        return self.root / f"shown-{self.side}.log"

    @property
    def is_on(self) -> bool:
        """Whether the process is there."""
        return self._process is not None

    def start(self) -> None:
        """Start the machine."""
        self._pipe, theirs = _PROCESSES.Pipe()
        arguments = (theirs, self.home, self.root, self.shown, self._moment(None))
        self._process = _PROCESSES.Process(target=_watch, args=arguments)
        self._process.start()
        theirs.close()
        assert self._heard() is not None, self.shown.read_text()

    def stop(self) -> None:
        """Shut it down, as the system does."""
        if self._process is not None:
            os.kill(self._process.pid or 0, signal.SIGTERM)
            self._process.join()
            assert self._process.exitcode == 0, self.shown.read_text()
            self._process = None

    def plug(self, stick: Carried | None, *, pull: int | None = None) -> None:
        """Leave *stick* plugged in, and no other."""
        if stick is not None:
            stick.plugged()
        self.stick, self.pull = stick, pull

    def tick(self, times: int = 1, *, dies: int | None = None) -> bool:
        """Let so many ticks pass; tell whether a stick is still in use.

        A process that died is started anew.
        """
        there = False
        for _ in range(times):
            if self._process is None:
                self.start()
            assert self._pipe is not None
            self.at, self.seconds = self.at + _TICK, self.seconds + 2
            self._pipe.send(self._moment(dies))
            heard = self._heard()
            if heard is None:
                self._buried()
                dies = None
            there = bool(heard)
        return there

    def _moment(self, dies: int | None) -> Moment:
        sticks = () if self.stick is None else ((self.stick.root, self.stick.device, self.pull),)
        return Moment(self.at, self.seconds, sticks, dies)

    def _heard(self) -> list[str] | None:
        """Return which sticks are there; None where the process is dead."""
        assert self._pipe is not None
        try:
            found: list[str] = self._pipe.recv()
        except (EOFError, ConnectionResetError):
            return None
        return found

    def _buried(self) -> None:
        assert self._process is not None
        self._process.join()
        assert self._process.exitcode == -signal.SIGKILL, self.shown.read_text()[-4000:]
        self.deaths += 1
        self._process = None
        # A clerk pulls out what nothing holds any more, and plugs it in again.
        self.plug(self.stick)
        self.start()
