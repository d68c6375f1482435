"""Each command, with each of its system calls failing in turn; then the same command again.

One run plays a few of the some fifteen thousand points, others for each commit;
``make test-crash`` plays all of them. How many there were is printed, for each command and all.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path

import drawing
import pytest
from attacks.world import World, copy_of, scratch
from conftest import PLAYED
from journeys.commands import COMMANDS, SEEN, Stage
from journeys.conftest import Before
from journeys.happenings import LGWAN, REGISTRY, seen
from journeys.settled import settled
from journeys.strace import FAULTS, NoTraceError, Point, disturbed, points, undisturbed

from mediabridge.cli._app import run
from mediabridge.errors import ExitCode

POINTS = os.environ.get("MEDIABRIDGE_CRASH", drawing.COMMIT)
"""Which of them to play: those of this commit, of any other word, or all."""

AT_A_TIME, EACH = 2, 150
"""Of each command and fault, as many are played for one commit; one more for each so many."""


@dataclass(frozen=True)
class Command:
    """One command of the day, in a world of its own each time."""

    name: str
    folder: Path
    before: World
    words: list[str]
    numbers: Iterator[int]

    @property
    def stage(self) -> Stage:
        return COMMANDS[self.name]

    def fresh(self) -> World:
        """Return the world as it is before the command."""
        return copy_of(self.before, self.folder / str(next(self.numbers)))

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
        world = self.fresh()
        found = points(self.in_(world), world.root, self.folder)
        assert self.said()["reason"] == self.stage.says, self.said()
        return found, settled(world)


@pytest.fixture(scope="module", params=COMMANDS)
def command(request: pytest.FixtureRequest, day: Before) -> Iterator[Command]:
    stage = COMMANDS[request.param]
    with scratch() as folder:
        ready = copy_of(day(stage.follows or request.param), Path(folder, "before"))
        stage.happens(ready)
        words = [seen(ready) if word == SEEN else word for word in stage.words]
        for keys in (ready.city.folder, *(ready.home(name).root for name in (LGWAN, REGISTRY))):
            path = keys / "passphrase.training"
            path.write_text("training\n")
            path.chmod(0o600)
        yield Command(request.param, Path(folder), ready, words, count())


def played(command: Command, fault: str, found: list[Point]) -> list[Point]:
    """Return those of *found* that this commit plays."""
    names = {f"{command.name} {fault} {point}": point for point in found}
    seed = drawing.seed_of(POINTS, Path(__file__).parent)
    share = AT_A_TIME + len(names) // EACH
    family = drawing.Family(drawing.Fraction(share, len(names)), set(names))
    return [names[name] for name in sorted(family.drawn(seed))]


@pytest.mark.heavy
@pytest.mark.parametrize("fault", FAULTS)
def test_same_command_again_completes_it(
    command: Command,
    fault: str,
    require_tool: Callable[[str], str],
    record_property: Callable[[str, object], None],
) -> None:
    """Claim C77. Books, registry, log, outbox and stick agree, as if nothing had happened."""
    require_tool("strace")
    try:
        found, after = command.undisturbed
    except NoTraceError as error:
        pytest.fail(f"strace cannot look at a process of this user: {error}")
    chosen = played(command, fault, found)
    assert chosen
    stopped = sum(_disturbed_at(command, fault, point, after) for point in chosen)
    played_here = f"{command.name}: {fault} at {len(chosen)} of {len(found)} calls"
    sys.stdout.write(f"{played_here}, {stopped} of them ended it\n")
    record_property(PLAYED, [len(chosen), len(found), stopped])
    # A broken disk does not end a command wherever something is only tidied up.
    assert stopped or (fault != "killed" and len(chosen) < len(found))


def _disturbed_at(command: Command, fault: str, point: Point, after: dict[str, object]) -> bool:
    """Disturb, repeat, compare; tell whether the command was stopped by it."""
    world = command.fresh()
    given = command.in_(world)
    where = f"{command.name} {fault} {point}"
    code = disturbed(given, point, fault, command.folder)
    told = command.said()
    undisturbed_says = told.get("reason") == command.stage.says
    if fault == "killed":
        assert code == -signal.SIGKILL or undisturbed_says, where
    else:
        assert code != ExitCode.INTERNAL, (where, told)
        assert code == ExitCode.DONE or told.get("reason"), (where, told)
    again = undisturbed(given, command.folder)
    said = command.said()
    reasons = {command.stage.says, command.stage.done_before}
    assert again == ExitCode.DONE or said.get("reason") in reasons, (where, told, said)
    assert settled(world) == after, (where, told)
    return code == -signal.SIGKILL or not undisturbed_says
