"""A municipality with nothing sent yet, and one with a bundle on the stick."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.world import World, copy_of, make_sent_world, make_world, scratch
from stations.days import Day
from stations.sticks import Stick, Town, town


@pytest.fixture(scope="session")
def quiet() -> Iterator[World]:
    with scratch() as root:
        yield make_world(Path(root))


@pytest.fixture(scope="session")
def sent() -> Iterator[World]:
    with scratch() as root:
        yield make_sent_world(Path(root))


@pytest.fixture
def world(quiet: World) -> Iterator[World]:
    with scratch() as root:
        yield copy_of(quiet, Path(root) / "world")


@pytest.fixture
def sent_world(sent: World) -> Iterator[World]:
    with scratch() as root:
        yield copy_of(sent, Path(root) / "world")


@pytest.fixture
def here() -> Iterator[Town]:
    with town() as made:
        yield made


@pytest.fixture
def stick(tmp_path: Path) -> Stick:
    return Stick(tmp_path)


@pytest.fixture
def day(world: World) -> Day:
    return Day(world)


@pytest.fixture
def usb_stick(day: Day) -> Stick:
    """Give a stick that is registered in this day's world."""
    return day.stick()
