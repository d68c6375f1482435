"""A city whose agency has a station, and a hub between the two."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.world import World, copy_of, make_world, scratch
from line.hubs import Served, served
from line.offices import make_offices
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


@pytest.fixture(scope="session")
def pristine_offices() -> Iterator[Path]:
    with scratch() as root:
        make_offices(Path(root))
        yield Path(root)


@pytest.fixture
def folder(pristine_offices: Path) -> Iterator[Path]:
    """Give the agency's folder, beside those of the cities and their stations on LGWAN."""
    with scratch() as root:
        shutil.copytree(pristine_offices, Path(root) / "all", symlinks=True)
        yield Path(root) / "all/stations"
