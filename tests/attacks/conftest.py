"""The world under attack, pristine for every test, and the forger who owns every key in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.forge import Forge
from attacks.world import World, copy_of, make_sent_world, scratch


@pytest.fixture(scope="session")
def pristine() -> Iterator[World]:
    with scratch() as root:
        yield make_sent_world(Path(root))


@pytest.fixture
def world(pristine: World) -> Iterator[World]:
    with scratch() as root:
        yield copy_of(pristine, Path(root) / "world")


@pytest.fixture
def forge(world: World) -> Forge:
    return Forge(world)


@pytest.fixture(scope="session")
def pristine_live() -> Iterator[World]:
    with scratch() as root:
        yield make_sent_world(Path(root), mode="live")


@pytest.fixture
def live_world(pristine_live: World) -> Iterator[World]:
    with scratch() as root:
        yield copy_of(pristine_live, Path(root) / "live")
