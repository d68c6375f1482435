"""A city of training, a port that a test plugs sticks into, and no library missing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.world import World, copy_of, make_untyped_world, scratch
from kiosk.seat import Port
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
def port(monkeypatch: pytest.MonkeyPatch) -> Port:
    made = Port()
    made.install(monkeypatch)
    return made
