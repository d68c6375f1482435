"""An office for months: two stations, a few sticks, and those who carry them.

Real stations with real cryptography; only the sticks are folders. Every command finds its
station closed and opens it from the disk, as a process of its own would. What is drawn by lot is
in :mod:`journeys.months`; what people do when a screen names a next step, in
:mod:`journeys.resting`; how the books of both sides are compared, in :mod:`journeys.ledger`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from journeys.death import killed_at
from stations.days import Day
from stations.sticks import Stick

from mediabridge.clock import SystemClock
from mediabridge.errors import (
    MediabridgeError,
    NothingToSealError,
    ReportedLostError,
)
from mediabridge.media.register import ServiceState
from mediabridge.stations.books import BundleState

if TYPE_CHECKING:
    from attacks.world import World

    from mediabridge.stations.desk import Desk

LGWAN, REGISTRY = "lgwan-01", "registry-01"
SIDES = (LGWAN, REGISTRY)
PEER = {LGWAN: REGISTRY, REGISTRY: LGWAN}
STICKS = 3
"""How many are in use at a time."""


@dataclass
class Ahead:
    """The machine's clock, put forward whenever two moments have to be told apart."""

    seconds: int = 0

    def now(self) -> datetime:
        return SystemClock().now() + timedelta(seconds=self.seconds)


@dataclass
class Tally:
    """What happened, for whoever reads how the months went."""

    hand_overs: int = 0
    records: int = 0
    happened: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    next_steps: dict[str, str] = field(default_factory=dict)
    """By reason; empty where a refusal left whoever saw it without one."""

    def refuse(self, refused: MediabridgeError) -> None:
        self.refused[refused.reason] += 1
        self.next_steps[refused.reason] = refused.hint

    def told(self, runs: int, seed: str) -> str:
        """Return it for whoever reads the output of a test."""
        lines = [f"{runs} runs (seed {seed}), {self.hand_overs} hand-overs, {self.records} records"]
        lines += [f"  {what}: {times}" for what, times in self.happened.most_common()]
        lines += [
            f"  refused {times} times, {reason}; next step: {self.next_steps[reason]}"
            for reason, times in self.refused.most_common()
        ]
        return "\n".join([*lines, ""])

    def add(self, other: Tally) -> None:
        self.hand_overs += other.hand_overs
        self.records += other.records
        self.happened += other.happened
        self.refused += other.refused
        self.next_steps |= other.next_steps


@dataclass
class Collected:
    """A file that came in, as it lies with whoever made it."""

    path: Path
    records: frozenset[str]
    digest: str = ""
    """What the station calls it."""


@dataclass
class Side:
    """What the people at one station know beside its books."""

    files: list[Collected] = field(default_factory=list)
    sent_back: list[Collected] = field(default_factory=list)
    """Files that came back from an officer, and that nobody collected anew."""
    told: dict[str, MediabridgeError] = field(default_factory=dict)
    """What its screens said since somebody last did something about it, by reason."""
    backup: str = ""
    """Where its newest backup is."""

    @property
    def sent(self) -> set[str]:
        """The records that have to end somewhere."""
        return {record for file in self.files for record in file.records}

    @property
    def withdrawn(self) -> set[str]:
        """The records that are to end nowhere."""
        return {record for file in self.sent_back for record in file.records}


@dataclass
class Office:
    """Two stations, three sticks in use, and whatever else of them lies about."""

    world: World
    sticks: list[Stick] = field(default_factory=list)
    lost: list[Stick] = field(default_factory=list)
    """Reported, replaced by another one, and not gone from this world."""
    images: list[tuple[int, Path]] = field(default_factory=list)
    """What was on a stick one day: such a copy may turn up again."""
    sides: dict[str, Side] = field(default_factory=lambda: {side: Side() for side in SIDES})
    tally: Tally = field(default_factory=Tally)
    clock: Ahead = field(default_factory=Ahead)
    numbers: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.day = Day(self.world, clock=self.clock)
        self.sticks = [self.new_stick() for _number in range(STICKS)]

    def new_stick(self) -> Stick:
        return self.day.stick(next(self.numbers))

    def at(self, side: str) -> Desk:
        """Return the station, to be used with ``with``."""
        return self.day.at(side)

    def officer(self, side: str) -> str:
        return {LGWAN: "officer-1", REGISTRY: "officer-2"}[side]

    # --- commands -------------------------------------------------------------------

    def given(self, side: str, command: Callable[[], object]) -> bool:
        """Give a command at *side*; a refusal is noted, with the next step that it names.

        Returns whether it was not refused.
        """
        try:
            command()
        except NothingToSealError:
            pass
        except MediabridgeError as refused:
            self.tally.refuse(refused)
            self.sides[side].told[refused.reason] = refused
            return False
        return True

    def killed(self, side: str, command: Callable[[], object], moment: int) -> None:
        """Let the process of a command at *side* die at the *moment*-th change that it makes."""
        if killed_at(self.world.root, lambda _root: self.given(side, command), moment):
            self.tally.happened["process killed"] += 1

    def collect(self, side: str, file: Collected) -> None:
        with self.at(side) as station:
            file.digest = station.collect(file.path).file

    def seal(self, side: str, *, empty: bool = False) -> None:
        with self.at(side) as station:
            station.seal(empty=empty)

    def approve(self, side: str) -> None:
        """Approve whatever waits for an officer."""
        with self.at(side) as station:
            for row in station.books.bundles_in(BundleState.SEALED):
                station.approve(row.bundle, self.world.key(self.officer(side)))

    def pack(self, side: str, *, empty: bool = False) -> None:
        """Seal what waits at *side*, and approve whatever waits for that."""
        self.given(side, lambda: self.seal(side, empty=empty))
        self.given(side, lambda: self.approve(side))

    def carry(self, side: str, stick: Stick) -> None:
        """Plug *stick* in at *side*, and let the station do what it came for."""
        self.tally.hand_overs += 1
        reported, told = self._is_reported(side, stick), self.sides[side].told
        told.pop(ReportedLostError.reason, None)
        self.given(side, lambda: self.day.serve(side, stick))
        assert reported == (ReportedLostError.reason in told)

    def _is_reported(self, side: str, stick: Stick) -> bool:
        assert stick.device is not None
        with self.at(side) as station:
            row = station.books.media.by_device(stick.device.sha256)
        return row is not None and row.state is ServiceState.LOST
