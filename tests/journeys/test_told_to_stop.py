"""A shutdown, or a closed window, at every effect of a command: it ends like Ctrl-C."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from attacks.world import World
from journeys.conftest import STAGES
from journeys.death import moments

from mediabridge import stopping
from mediabridge.cli._app import run
from mediabridge.errors import AlreadyAppliedError, ExitCode
from mediabridge.translog.events import Event

Before = Callable[[str], World]
LGWAN, REGISTRY = "lgwan-01", "registry-01"


def stopped(before: Before, stage: str, station: str, *words: str) -> Iterator[World]:
    """Stop a command at each of its effects, by turns with either signal; yield the world."""

    def fresh() -> Path:
        world = before(stage)
        path = world.home(station).root / "passphrase.training"
        path.write_text("training\n")
        path.chmod(0o600)
        return world.root

    def command(root: Path) -> None:
        world = World(root)
        medium = [str(world.medium) if word == "MEDIUM" else word for word in words]
        sys.exit(run(["--home", str(world.home(station).root), "--lang", "en", *medium]))

    for root, code in moments(fresh, command, [signal.SIGTERM, signal.SIGHUP]):
        assert code == ExitCode.TERMINATED
        yield World(root)


def interrupted(world: World, station: str) -> list[object]:
    entries = world.log(station)
    return [e.facts["reason"] for e in entries if e.event is Event.JOURNEY_INTERRUPTED]


def test_nothing_decrypted_stays_when_an_import_is_stopped(before: Before) -> None:
    """Claim C54."""
    logged = 0
    for world in stopped(before, "import_", REGISTRY, "import", "--medium", "MEDIUM"):
        left = world.home(REGISTRY).work
        assert not left.exists() or list(left.iterdir()) == []
        logged += interrupted(world, REGISTRY) == ["TERMINATED"]
        with suppress(AlreadyAppliedError):
            STAGES["import_"](world)
        with world.registry() as station:
            assert len(list(station.registry.journal())) == 1
    assert logged > 10


@pytest.mark.parametrize(("stage", "word"), [("seal", "seal"), ("write", "write")])
def test_stopped_at_the_sending_side_the_command_is_repeated(
    before: Before, stage: str, word: str
) -> None:
    """Claim C54."""
    medium = ["--medium", "MEDIUM"] if word == "write" else []
    for world in stopped(before, stage, LGWAN, word, *medium):
        assert interrupted(world, LGWAN) in ([], ["TERMINATED"])
        home = world.home(LGWAN)
        assert not home.work.exists() or list(home.work.iterdir()) == []
        with world.lgwan() as station:
            assert len(station.books.bundles("out")) <= 1


def test_second_signal_does_not_break_off_the_wiping() -> None:
    wiped = []

    def wipe() -> None:
        for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.raise_signal(each)
            wiped.append(each)

    def command() -> None:
        with stopping.heard(), ExitStack() as stack:
            stack.callback(wipe)
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(stopping.Terminated):
        command()
    assert len(wiped) == 3
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_command_started_to_outlive_its_window_outlives_it() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stopping.heard():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
