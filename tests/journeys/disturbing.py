"""One command in a world of its own each time: with one call failing, and then once more."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, partial
from itertools import count
from pathlib import Path

import drawing
from attacks.world import World, copy_of
from conftest import PLAYED
from journeys.commands import COMMANDS, SEEN, Stage
from journeys.happenings import LGWAN, REGISTRY
from journeys.settled import settled
from journeys.strace import Point, disturbed, points, undisturbed

from mediabridge.cli._app import run
from mediabridge.errors import ExitCode

POINTS = os.environ.get("MEDIABRIDGE_CRASH", drawing.COMMIT)
"""Which points to play: those of this commit, of any other word, or all."""

SHARE = Fraction(1, 3)
"""So many of the commands are played for one commit."""

AT_A_TIME, EACH = 1, 150
"""Of each of them and each fault as many points, and one more for each so many."""

KILLED = -signal.SIGKILL


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command of :data:`COMMANDS`."""

    name: str
    folder: Path
    before: World
    words: tuple[str, ...]
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def stage(self) -> Stage:
        """What stands about it in the list."""
        return COMMANDS[self.name]

    @contextmanager
    def fresh(self) -> Iterator[World]:
        """Give the world as it is before the command; it is taken away afterwards."""
        world = copy_of(self.before, self.folder / str(next(self._numbers)))
        try:
            yield world
        finally:
            shutil.rmtree(world.root)

    def in_(self, world: World) -> Callable[[], int]:
        """Return what gives the command in *world*; what it says is one JSON object."""
        home = str(world.home(self.stage.station).root)
        given = [word.replace("@", f"{world.root}/", 1) for word in self.words]
        return lambda: run(["--home", home, "--lang", "en", "--json", *given])

    def said(self) -> dict[str, object]:
        """Return what the command said last."""
        text = (self.folder / "said").read_text(encoding="utf-8")
        lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        return dict(lines[-1]) if lines else {}

    @cached_property
    def undisturbed(self) -> tuple[list[Point], dict[str, object]]:
        """The calls that the command makes, and what is there after it."""
        with self.fresh() as world:
            found = points(self.in_(world), world.root, self.folder)
            assert self.said()["reason"] == self.stage.says, self.said()
            return found, settled(world)


def whose_turn(commands: Collection[str]) -> list[str]:
    """Return those of *commands* that this commit plays."""
    family = drawing.Family(SHARE, set(commands))
    drawn = family.drawn(drawing.seed_of(POINTS, Path(__file__).parent))
    return [name for name in commands if name in drawn]


def ready(world: World, stage: Stage) -> tuple[str, ...]:
    """Let happen in *world* what comes before *stage*; return the words of its command."""
    stage.happens(world)
    for keys in (world.city.folder, *(world.home(name).root for name in (LGWAN, REGISTRY))):
        path = keys / "passphrase.training"
        path.write_text("training\n")
        path.chmod(0o600)
    return tuple(stage.look(world) if word == SEEN else word for word in stage.words)


def play(command: Command, fault: str, tell: Callable[[str, object], None]) -> None:
    """Disturb *command* by *fault* at each point that this commit plays."""
    found = [point for point in command.undisturbed[0] if point.can_end_with(fault)]
    play_each(f"{command.name}: {fault}", found, partial(_ends_at, command, fault), tell)


def play_each(
    what: str,
    found: Sequence[Point],
    ends_at: Callable[[Point], bool],
    tell: Callable[[str, object], None],
) -> None:
    """Play those of the points *found* whose turn it is; print, and tell, how many."""
    assert found, f"{what}: it makes no such call"
    chosen = drawn(what, found)
    ended = sum(map(ends_at, chosen))
    played = f"{what} at {len(chosen)} of {len(found)} calls"
    sys.stdout.write(f"{played}, {ended} of them ended it\n")
    tell(PLAYED, [len(chosen), len(found), ended])
    # A broken disk does not end a command wherever something is only tidied up.
    assert ended or len(chosen) < len(found)


def drawn(what: str, found: Sequence[Point]) -> list[Point]:
    """Return the points that this commit plays."""
    names = {f"{what} {point}": point for point in found}
    seed = drawing.seed_of(POINTS, Path(__file__).parent)
    times = AT_A_TIME + len(names) // EACH
    family = drawing.Family(Fraction(times, len(names)), set(names))
    return [names[name] for name in sorted(family.drawn(seed))]


def _ends_at(command: Command, fault: str, point: Point) -> bool:
    """Disturb, repeat, compare; tell whether the command was ended by it."""
    with command.fresh() as world:
        code = disturbed(command.in_(world), point, fault, command.folder)
        told = command.said()
        where = (command.name, fault, str(point), told)
        as_ever = told.get("reason") == command.stage.says
        if fault == "killed":
            assert code == KILLED or as_ever, where
        else:
            assert code != ExitCode.INTERNAL, where
            assert code == ExitCode.DONE or told.get("reason"), where
        complete(command, world, where)
        return code == KILLED or not as_ever


def complete(command: Command, world: World, where: tuple[object, ...]) -> None:
    """Give the same command again; then all is as if nothing had disturbed it."""
    code = undisturbed(command.in_(world), command.folder)
    said = command.said()
    reasons = {command.stage.says, command.stage.done_before}
    assert code == ExitCode.DONE or said.get("reason") in reasons, (where, said)
    assert settled(world) == command.undisturbed[1], where
