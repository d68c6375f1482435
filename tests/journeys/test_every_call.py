"""Each command, with each of its system calls failing in turn; then the same command again.

One run plays a few of the more than three thousand points, others for each commit;
``make test-crash`` plays all of them and prints how many there were.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path

import drawing
import pytest
from attacks.world import World, as_medium, copy_of, scratch
from journeys.conftest import Before
from journeys.settled import settled
from journeys.strace import FAULTS, NoTraceError, Point, disturbed, points, undisturbed
from stations.test_backups import save
from stations.test_continuing import told
from stations.test_setback import clear_stick, morning, set_back

from mediabridge.cli._app import run
from mediabridge.errors import ExitCode

POINTS = os.environ.get("MEDIABRIDGE_CRASH", drawing.COMMIT)
"""Which of them to play: those of this commit, of any other word, or all."""

AT_A_TIME = 6
"""Of each command and fault, as many are played for one commit."""

LGWAN, REGISTRY = "lgwan-01", "registry-01"
MEDIUM = as_medium(Path("@medium"))
OFFICER = ("--key", "@city/keys/officer-1.json", "--yes")

COMMANDS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "seal": (LGWAN, ("seal",), "NOTHING_TO_SEAL"),
    "approve": (LGWAN, ("approve", *OFFICER), "NO_BUNDLE_WAITING"),
    "write": (LGWAN, ("write", *MEDIUM), "NO_BUNDLE_WAITING"),
    "import_": (REGISTRY, ("import", *MEDIUM), "ALREADY_APPLIED"),
    "seal_answer": (REGISTRY, ("seal",), "NOTHING_TO_SEAL"),
    "import_answer": (LGWAN, ("import", *MEDIUM), "ALREADY_APPLIED"),
    "reissue": (LGWAN, ("bundles", "reissue", "1", *OFFICER), "NOT_VOIDABLE"),
    "continue_": (LGWAN, ("station", "continue", *OFFICER), "NOT_VOIDABLE"),
}
"""Of each stage: who gives the command, its words, and what it says when all was done before."""


def lose_the_stick(world: World) -> None:
    """Take away the stick with the first bundle."""
    shutil.rmtree(world.bundles)


def come_from_a_backup(world: World) -> None:
    """Set the LGWAN station back, and let its peer tell which number it lacks."""
    save(world, LGWAN, "lgwan-backup")
    clear_stick(world)
    morning(world, 4)
    set_back(world)
    told(world)


ASIDE: dict[str, tuple[str, Callable[[World], None]]] = {
    "reissue": ("import_", lose_the_stick),
    "continue_": ("end", come_from_a_backup),
}
"""Of each stage that is none of an ordinary day: which one it follows, and what happened."""


@dataclass(frozen=True)
class Command:
    """One command of the day, in a world of its own each time."""

    stage: str
    folder: Path
    before: World
    numbers: Iterator[int]

    @property
    def done_before(self) -> str:
        return COMMANDS[self.stage][2]

    def fresh(self) -> World:
        """Return the world as it is before the command."""
        return copy_of(self.before, self.folder / str(next(self.numbers)))

    def in_(self, world: World) -> Callable[[], int]:
        """Return what gives the command in *world*; what it says is one JSON object."""
        station, words, _reason = COMMANDS[self.stage]
        home = str(world.home(station).root)
        given = [word.replace("@", f"{world.root}/", 1) for word in words]
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
        found = list(points(self.in_(world), world.root, self.folder))
        return found, settled(world)


@pytest.fixture(params=COMMANDS)
def command(request: pytest.FixtureRequest, day: Before) -> Iterator[Command]:
    stage, happens = ASIDE.get(request.param, (request.param, lambda _world: None))
    with scratch() as folder:
        ready = copy_of(day(stage), Path(folder, "before"))
        happens(ready)
        for keys in (ready.city.folder, *(ready.home(name).root for name in (LGWAN, REGISTRY))):
            path = keys / "passphrase.training"
            path.write_text("training\n")
            path.chmod(0o600)
        yield Command(request.param, Path(folder), ready, count())


def played(command: Command, fault: str, found: list[Point]) -> list[Point]:
    """Return those of *found* that this commit plays."""
    names = {f"{command.stage} {fault} {point}": point for point in found}
    seed = drawing.seed_of(POINTS, Path(__file__).parent)
    family = drawing.Family(drawing.Fraction(AT_A_TIME, len(names)), set(names))
    return [names[name] for name in sorted(family.drawn(seed))]


@pytest.mark.heavy
@pytest.mark.parametrize("fault", FAULTS)
def test_same_command_again_completes_it(
    command: Command, fault: str, require_tool: Callable[[str], str]
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
    played_here = f"{command.stage}: {fault} at {len(chosen)} of {len(found)} calls"
    sys.stdout.write(f"{played_here}, {stopped} of them ended it\n")
    assert stopped


def _disturbed_at(command: Command, fault: str, point: Point, after: dict[str, object]) -> bool:
    """Disturb, repeat, compare; tell whether the command was stopped by it."""
    world = command.fresh()
    given = command.in_(world)
    where = f"{command.stage} {fault} {point}"
    code = disturbed(given, point, fault, command.folder)
    told = command.said()
    if fault == "killed":
        assert code in {-signal.SIGKILL, ExitCode.DONE}, where
    else:
        assert code != ExitCode.INTERNAL, (where, told)
        assert code == ExitCode.DONE or told.get("reason"), (where, told)
    again = undisturbed(given, command.folder)
    said = command.said()
    assert again == ExitCode.DONE or said.get("reason") == command.done_before, (where, told, said)
    assert settled(world) == after, (where, told)
    return code != ExitCode.DONE
