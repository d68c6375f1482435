"""A city, and a USB bus at its stations, for the commands that use media."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.world import World, copy_of, make_untyped_world, scratch
from cli.plugged import Plugged
from stations.days import Day
from stations.sticks import Stick


@pytest.fixture(scope="session")
def city() -> Iterator[World]:
    """Give a world whose keys need no typing, as in training."""
    with scratch() as root:
        yield make_untyped_world(Path(root))


@pytest.fixture
def day(city: World) -> Iterator[Day]:
    with scratch() as root:
        yield Day(copy_of(city, Path(root) / "world"))


@pytest.fixture
def stick(day: Day) -> Stick:
    return day.stick()


@pytest.fixture
def plugged(
    day: Day, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Plugged]:
    """Give a bus with nothing plugged in, and a keyboard whose Ctrl-C is heard."""
    made = Plugged(day, capsys)
    made.install(monkeypatch)
    # What a shell starts in the background is born deaf to it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield made
    signal.signal(signal.SIGINT, before)
