"""A city whose agency has a station, and a hub between the two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.world import World, copy_of, make_world, scratch
from line.hubs import Served, served
from line.over import Line


@pytest.fixture(scope="session")
def pristine() -> Iterator[World]:
    with scratch() as root:
        yield make_world(Path(root), agency=True)


@pytest.fixture
def world(pristine: World) -> Iterator[World]:
    with scratch() as root:
        yield copy_of(pristine, Path(root) / "world")


@pytest.fixture
def served_hub() -> Iterator[Served]:
    with served() as there:
        yield there


@pytest.fixture
def line(world: World, served_hub: Served) -> Line:
    return Line(world, served_hub)
