"""A station of a training city with a door, and what another system does at it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from attacks.world import World, copy_of, make_world, scratch

from mediabridge.clock import Clock, SystemClock
from mediabridge.errors import MediabridgeError
from mediabridge.stations import settings
from mediabridge.stations.books import BundleRow
from mediabridge.stations.chores import Chores
from mediabridge.stations.desk import Desk
from mediabridge.stations.transport.door import REPORT, Door
from mediabridge.stations.transport.picking import Picked


@dataclass
class Told:
    """What was told, in order."""

    lines: list[str] = field(default_factory=list)

    def picked(self, picked: Picked) -> None:
        self.lines.append(f"failed {picked.error.reason}" if picked.error else "collected")

    def sealed(self, row: BundleRow) -> None:
        self.lines.append(f"sealed {row.seq}")

    def put_out(self, name: str) -> None:
        self.lines.append(f"put out {name}")

    def refused(self, error: MediabridgeError) -> None:
        self.lines.append(f"refused {error.reason}")


@dataclass
class Entrance:
    """A station, its door, and what looks after both."""

    world: World
    name: str = "lgwan-01"
    rules: str = ""
    """Further lines of ``station.toml``."""
    clock: Clock = field(default_factory=SystemClock)
    operator: str | None = None
    told: Told = field(default_factory=Told)
    later: float = 0.0
    """How many seconds have passed, for what waits before it is tried again."""

    def __post_init__(self) -> None:
        self.root.mkdir(exist_ok=True)
        self.open()

    @property
    def root(self) -> Path:
        return self.world.root / f"door-{self.name}"

    @property
    def door(self) -> Door:
        """The door, as somebody finds it who has not looked before."""
        return Door(self.root)

    def open(self) -> None:
        """Start the watching anew, as after a crash."""
        home = self.world.home(self.name)
        home.settings_file.write_text(f'[transport]\nfolder = "{self.root}"\n{self.rules}')
        home.settings_file.chmod(0o600)
        self.chores = Chores(
            home, self.station, self.told, settings.load(home.settings_file),
            clock=self.clock, operator=self.operator, seconds=lambda: self.later,
        )  # fmt: skip

    def station(self) -> Desk:
        return self.world.open(self.name, clock=self.clock)

    def bring(self, name: str, content: bytes) -> None:
        """Leave a file in the way that the page asks for."""
        self.root.joinpath("in").mkdir(exist_ok=True)
        draft = self.door.incoming / f".{name}"
        draft.write_bytes(content)
        draft.rename(self.door.incoming / name)

    def look(self, times: int = 2) -> list[str]:
        """Let so many ticks pass; return what was told in them."""
        before = len(self.told.lines)
        for _ in range(times):
            self.chores.look()
        return self.told.lines[before:]

    def lies(self) -> dict[str, list[str]]:
        """Return what lies where, but for reports."""
        folders = (self.door.incoming, self.door.taken, self.door.done, self.door.failed)
        return {
            folder.name: names
            for folder in folders
            if (names := sorted(p.name for p in folder.iterdir() if not p.name.endswith(REPORT)))
        }

    def report(self, name: str, folder: str = "failed") -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.root / folder / (name + REPORT)).read_text())
        return found


@pytest.fixture(scope="module")
def untouched() -> Iterator[World]:
    with scratch() as root:
        yield make_world(Path(root, "world"))


@pytest.fixture
def world(untouched: World) -> Iterator[World]:
    with scratch() as root:
        yield copy_of(untouched, Path(root, "world"))


@pytest.fixture
def entrance(world: World) -> Entrance:
    return Entrance(world)
