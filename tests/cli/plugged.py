"""A USB bus whose content a test changes between two ticks of a watching command."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
from stations.days import Day
from stations.sticks import Stick

from mediabridge.cli._app import run
from mediabridge.media import detect, watching
from mediabridge.media.detect import UsbBus
from mediabridge.media.device import UsbDevice
from mediabridge.stations.sticks import finding

Step = Callable[[], object]
RESULT = "mediabridge.result/1"


def nothing() -> None:
    """Let a tick pass in which nothing happens."""


@dataclass
class Plugged:
    """What is plugged in at a station of *day*, and what happens at each tick."""

    day: Day
    capsys: pytest.CaptureFixture[str]
    sticks: list[Stick] = field(default_factory=list)
    others: tuple[UsbDevice, ...] = ()
    steps: list[Step] = field(default_factory=list)
    err: str = ""

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take the place of udev and of udisks2."""
        monkeypatch.setattr(detect, "context", lambda: self)
        monkeypatch.setattr(detect, "bus", lambda _udev: self.bus())
        monkeypatch.setattr(watching, "_UdevEvents", lambda _udev: self)
        monkeypatch.setattr(finding, "slots_for", self.slots_for)

    def bus(self) -> UsbBus:
        media = tuple(stick.device for stick in self.sticks if stick.device is not None)
        return UsbBus.of((*media, *self.others))

    def slots_for(self, devices: Iterable[UsbDevice]) -> list[Stick]:
        wanted = list(devices)
        return [stick for stick in self.sticks if stick.device in wanted]

    def wait(self, _seconds: float | None) -> bool:
        """Let the next step happen; after the last one somebody presses Ctrl-C."""
        if not self.steps:
            signal.raise_signal(signal.SIGINT)
        self.steps.pop(0)()
        return False

    def plug(self, *sticks: Stick) -> Step:
        """Return the step that leaves these sticks plugged in, and no others."""
        return lambda: self.sticks.__setitem__(slice(None), sticks)

    def call(self, *words: str, at: str = "lgwan-01", code: int = 0, lang: str = "en") -> str:
        """Carry out a command at a station; return its stdout."""
        home = str(self.day.world.home(at).root)
        assert run(["--home", home, "--lang", lang, *words]) == code
        out, self.err = self.capsys.readouterr()
        assert "Traceback" not in self.err
        return out

    def watch(
        self, *steps: Step, command: str = "watch", at: str = "lgwan-01", code: int = 0
    ) -> list[dict[str, Any]]:
        """Let a watching command run through *steps*; return its objects but the last."""
        self.steps = list(steps)
        out = self.call(*command.split(), "--json", at=at, code=code)
        *events, end = (json.loads(line) for line in out.splitlines())
        reason = "INTERRUPTED" if code else "DONE"
        assert (end["schema"], end["code"], end["reason"]) == (RESULT, code, reason)
        return events


def states(events: list[dict[str, Any]]) -> list[str]:
    """Return the states of media among *events*."""
    return [each["state"] for each in events if each["schema"] == "mediabridge.medium/1"]


def done(events: list[dict[str, Any]]) -> list[str]:
    """Return what was done, among *events*."""
    return [each["event"] for each in events if each["schema"] == "mediabridge.watch/1"]
