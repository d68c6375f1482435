"""A city in which a bundle was sent, and whose escrow key is in several hands."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.world import World, copy_of, make_sent_world, scratch
from stations.recovery.emergency import split_city_key


@pytest.fixture(scope="session")
def pristine() -> Iterator[World]:
    with scratch() as root:
        world = make_sent_world(Path(root))
        split_city_key(world)
        yield world


@pytest.fixture
def world(pristine: World) -> Iterator[World]:
    with scratch() as root:
        yield copy_of(pristine, Path(root) / "world")
