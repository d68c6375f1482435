"""A week at which nobody sits at the two desks, but for one officer a day; and its accidents."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

from attacks.records import csv_of
from journeys.balance import LGWAN, PEER, REGISTRY, SIDES, Collected, Office
from journeys.desks import Carried, Post
from journeys.months import _MAKES, RESIDENTS, UNKNOWN, decide
from journeys.resting import open_at
from simulator import SimulatedStick
from stations.sticks import SIZE, SPEED, other, usb
from storage.machine import Disk

from mediabridge.media.register import ServiceState
from mediabridge.stations.desk import Desk
from mediabridge.stations.sticks import enrolling, losing
from mediabridge.stations.transport.door import REPORT, Door

AT: Final = "16:30"
"""When the registry station seals; the LGWAN station does as soon as something waits."""

RULES: Final = {
    LGWAN: '[watch]\nseal = "sequential"\n',
    REGISTRY: f'[watch]\nseal = "daily"\nat = "{AT}"\n',
}


@dataclass
class Stopped:
    """The time, which goes on when the week does."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@dataclass
class Week(Office):
    """Two desks with a ``watch`` each, their doors, and sticks that are carried between them."""

    seed: str = ""
    disks: dict[str, Disk] = field(default_factory=dict)
    """The disks of the stations' folders, which can be full."""
    carried: list[Carried] = field(default_factory=list)
    spoilt: dict[str, int] = field(default_factory=dict)
    brought: dict[str, int] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    gone: Carried | None = None
    """The stick that was lost last."""

    def __post_init__(self) -> None:
        self.lot = random.Random(self.seed)  # noqa: S311 - a test that can be repeated
        begin = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self.clock = Stopped(begin + timedelta(days=1))  # type: ignore[assignment]
        self.files = count(1)
        for side in SIDES:
            self.door(side).root.mkdir()
            self.set_scanner(side, there=True)
            home = self.world.home(side)
            home.write_config(replace(home.config(), time_zone="UTC"))
            self.posts[side] = Post(side, home.root, self.world.root, self.clock.now())
            self.spoilt[side] = self.brought[side] = 0
        self.carried = [self.new_carried() for _ in range(2)]
        self.day = None  # type: ignore[assignment]

    def at(self, side: str) -> Desk:
        return self.world.open(side, clock=self.clock)

    def door(self, side: str) -> Door:
        return Door(self.world.root / f"door-{side}")

    def set_scanner(self, side: str, *, there: bool) -> None:
        """Write the settings: without a scanner, or with one that does not answer."""
        settings = self.world.home(side).settings_file
        down = "" if there else '[scanner]\nsocket = "/nowhere/clamd.ctl"\n'
        lines = f'[transport]\nfolder = "{self.door(side).root}"\n{RULES[side]}{down}'
        settings.write_text(lines)
        settings.chmod(0o600)

    def new_carried(self) -> Carried:
        """Return a new stick that an officer registered."""
        number = f"USB-{next(self.numbers):03}"
        root = self.world.root / f"stick-{number}"
        device = other(usb(f"S-{number}", uuid=f"ABCD-{number[-3:]}0"), path=f"/sys/{number}")
        stick = SimulatedStick(root, device)
        with self.at(LGWAN) as station:
            enrolling.register_medium(
                station, stick.plug(), number, "1", self.world.key("officer-1"),
                capacity=SIZE, write_speed=SPEED, read_speed=SPEED, probe="full",
            )  # fmt: skip
        return Carried(number, root, stick.device)

    # --- time -------------------------------------------------------------------------

    def becomes(self, hour: int, minute: int = 0) -> None:
        """Let it be so late; the watches that run have not been looking for longer than a tick."""
        now = self.clock.now()
        at = now.replace(hour=hour, minute=minute, second=0)
        self.clock.at = max(at, now)  # type: ignore[attr-defined]
        for post in self.posts.values():
            post.seconds += 3600
            post.at = self.clock.now()

    def next_day(self) -> None:
        at = self.clock.now().replace(hour=0, minute=0, second=0) + timedelta(days=1)
        self.clock.at = at  # type: ignore[attr-defined]
        self.becomes(8)

    def happened(self, what: str) -> None:
        self.tally.happened[what] += 1

    # --- files ------------------------------------------------------------------------

    def content(self, side: str) -> tuple[str, bytes]:
        """Return a file of two records that has to end with an outcome for each."""
        kind, make = _MAKES[side]
        number = next(self.files)
        who = (1 + number % RESIDENTS, UNKNOWN + number % RESIDENTS)
        rows = [make(next(self.numbers) + 1000, each) for each in who]
        file = Collected(Path(), frozenset(row["notice_id"] for row in rows))
        self.sides[side].files.append(file)
        self.brought[side] += 1
        return f"{side}-{number}.csv", csv_of(kind, rows)

    def brings(self, side: str) -> None:
        """The other system leaves a file as the page asks for."""
        name, content = self.content(side)
        self._rename_in(side, name, content)

    def _rename_in(self, side: str, name: str, content: bytes) -> None:
        folder = self.door(side).incoming
        folder.mkdir(exist_ok=True)
        (folder / f".{name}").write_bytes(content)
        (folder / f".{name}").rename(folder / name)

    def half_written(self, side: str) -> None:
        """It writes under the final name, in pieces; each look finds more."""
        name, content = self.content(side)
        folder = self.door(side).incoming
        folder.mkdir(exist_ok=True)
        with (folder / name).open("wb") as file:
            for piece in (content[:80], content[80:-30], content[-30:]):
                file.write(piece)
                file.flush()
                self.posts[side].tick()

    def unfinished(self, side: str) -> None:
        """It dies while it writes: what lies there is nobody's file."""
        folder = self.door(side).incoming
        folder.mkdir(exist_ok=True)
        (folder / f"{next(self.files)}.csv.part").write_bytes(b"notice_id,")

    def spoils(self, side: str) -> None:
        """It leaves a file with errors."""
        self._rename_in(side, f"spoilt-{next(self.files)}.csv", b"spoilt\n1\n")
        self.spoilt[side] += 1

    def scanner_down(self, side: str) -> None:
        """The scanner does not answer for an hour; what comes meanwhile waits."""
        self.set_scanner(side, there=False)
        self.brings(side)
        self.posts[side].tick(3)
        self.set_scanner(side, there=True)
        self.becomes(self.clock.now().hour, 59)

    def full_disk(self, side: str) -> None:
        """The station's disk is full for an hour while files come."""
        self.brings(side)
        self.disks[side].fill(leave=self.lot.randrange(12) * 4096)
        self.posts[side].tick(3)
        self.disks[side].make_room()
        self.becomes(self.clock.now().hour, 59)

    def killed(self, side: str) -> None:
        """The process is killed while it takes a file in."""
        self.brings(side)
        before = self.posts[side].deaths
        self.posts[side].tick(3, dies=self.lot.randrange(1, 40))
        self.tally.happened["killed at the door"] += self.posts[side].deaths - before

    def clock_jumps(self, side: str) -> None:
        """The machine's clock is wrong for a while."""
        post = self.posts[side]
        right, days = post.at, self.lot.choice([3, 400, -3, -400])
        post.at = right + timedelta(days=days)
        self.brings(side)
        post.tick(3)
        post.at = right

    # --- sticks -----------------------------------------------------------------------

    def visits(self, side: str, stick: Carried) -> bool:
        """Plug a stick in and wait, as a clerk does, until it may be pulled out; or give up."""
        self.tally.hand_overs += 1
        post = self.posts[side]
        fault = self.lot.choice(["", "", "pulled", "killed"])
        pull = self.lot.randrange(1, 60) if fault == "pulled" else None
        dies = self.lot.randrange(1, 120) if fault == "killed" else None
        post.plug(stick, pull=pull)
        before = post.deaths
        there = post.tick(1, dies=dies)
        self.tally.happened["killed at a stick"] += post.deaths - before
        if fault == "pulled" and not there:
            self.happened("pulled out, or let go")
            post.plug(None)
            post.tick()
            post.plug(stick)
        return post.tick(2)

    def pulls(self, side: str) -> None:
        """Somebody takes the stick, whatever the screen says."""
        self.posts[side].plug(None)
        self.posts[side].tick()

    def trip(self, stick: Carried) -> None:
        """There with the notices, and back with the answer."""
        self.visits(LGWAN, stick)
        self.pulls(LGWAN)
        if self.lot.random() < 0.15:
            self.loses(stick)
            return
        self.becomes(14)
        self.visits(REGISTRY, stick)
        self.becomes(16, 31)
        self.posts[REGISTRY].tick(2)
        self.approves(REGISTRY)
        self.posts[REGISTRY].tick(2)
        self.pulls(REGISTRY)
        self.becomes(18)
        self.visits(LGWAN, stick)
        self.pulls(LGWAN)

    def loses(self, stick: Carried) -> None:
        """It is lost on the way and reported; another one takes its place."""
        with self.at(LGWAN) as station:
            row = station.books.media.row(stick.number)
            assert row is not None
            if row.state is not ServiceState.LOST:
                losing.report_lost(station, stick.number)
        self.happened("stick lost")
        self.gone = stick
        self.carried[self.carried.index(stick)] = self.new_carried()

    def turns_up(self, side: str) -> None:
        """A stick that was lost is found and plugged in."""
        if self.gone is not None:
            self.happened("lost stick plugged in")
            self.posts[side].plug(self.gone)
            self.posts[side].tick(2)
            self.pulls(side)

    def repeats(self, side: str) -> None:
        """A stick has what it had days ago: an old copy."""
        stick = self.lot.choice(self.carried)
        image = self.world.root / f"image-{stick.number}"
        content = stick.root / "content"
        if image.exists():
            self.happened("old copy plugged in")
            shutil.rmtree(content)
            shutil.copytree(image, content)
            self.visits(side, stick)
            self.pulls(side)
        else:
            shutil.copytree(content, image)

    # --- people -----------------------------------------------------------------------

    def approves(self, side: str) -> None:
        """The officer of the day comes by and approves what waits."""
        self.given(side, lambda: self.approve(side))

    def day_passes(self, accidents: int) -> None:
        """One day: files in the morning, some accidents, one trip, the decisions."""
        self.next_day()
        for side in SIDES:
            self.brings(side)
            self.posts[side].tick(2)
        for _ in range(accidents):
            name = self.lot.choice(ACCIDENTS)
            side = self.lot.choice(SIDES)
            self.happened(name)
            accident: Callable[[str], None] = getattr(self, name)
            accident(side)
        for side in SIDES:
            self.posts[side].tick(3)
        self.becomes(10)
        self.approves(LGWAN)
        self.trip(self.lot.choice(self.carried))
        if self.lot.random() < 0.3:
            # The machine is off in the night, and at the time of the next day's sealing.
            self.happened("machine switched off")
            self.posts[PEER[LGWAN]].stop()
        while decide(self, 0):
            pass

    def lies(self, side: str) -> dict[str, int]:
        """Return how many files of the other system lie where."""
        door = self.door(side)
        folders = (door.incoming, door.taken, door.done, door.failed)
        return {
            folder.name: sum(
                not (path.name.endswith((REPORT, ".part")) or path.name.startswith("."))
                for path in folder.iterdir()
            )
            for folder in folders
        }

    def comes_to_rest(self) -> None:
        """Go on without accidents until nothing is left to do."""
        self.lot = _NoAccidents(self.seed)
        for _day in range(QUIET_DAYS):
            self.next_day()
            for side in SIDES:
                self.posts[side].tick(3)
            self.approves(LGWAN)
            for stick in tuple(self.carried):
                self.trip(stick)
            while decide(self, 0):
                pass
            if not open_at(self):
                return


class _NoAccidents(random.Random):
    """A lot that draws nothing bad."""

    def choice(self, options: Sequence[Any]) -> Any:  # type: ignore[override]
        return options[0]

    def random(self) -> float:
        return 1.0


ACCIDENTS: Final = (
    "half_written", "unfinished", "spoils", "scanner_down", "full_disk", "killed", "clock_jumps",
    "turns_up", "repeats",
)  # fmt: skip

QUIET_DAYS: Final = 6
"""Within so many days without accidents everything must have come to rest."""
