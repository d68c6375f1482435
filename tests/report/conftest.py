"""An office of which nothing has happened yet, and one with a thousand bundles behind it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.world import World, copy_of, make_untyped_world, scratch
from report.office import MONDAY, Office, make_office, working_days, year_of
from stations.days import Day

from mediabridge.report.model import Report


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty") / "office"
    make_office(folder)
    return folder


@pytest.fixture
def office(empty: Path, tmp_path: Path) -> Iterator[Office]:
    with Office(Path(shutil.copytree(empty, tmp_path / "office", symlinks=True))) as opened:
        yield opened


@pytest.fixture(scope="session")
def grown(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Give an office with a thousand bundles, written; its stations are open."""
    folder = tmp_path_factory.mktemp("grown") / "office"
    with Office(Path(shutil.copytree(empty, folder, symlinks=True))) as opened:
        days = year_of(opened, 1000)
        opened.write(days[-1])
        yield opened


@pytest.fixture(scope="session")
def thousand(grown: Office) -> Report:
    """Give the report over all of it."""
    days = working_days(MONDAY, 200)
    return grown.report(days[0], days[-1])


@pytest.fixture(scope="session")
def quiet() -> Iterator[World]:
    with scratch() as root:
        yield make_untyped_world(Path(root))


@pytest.fixture
def day(quiet: World) -> Iterator[Day]:
    with scratch() as root:
        yield Day(copy_of(quiet, Path(root) / "world"))
