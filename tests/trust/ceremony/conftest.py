"""A ceremony that begins, and one whose first version was published; each test has its own copy."""

import shutil
from pathlib import Path

import pytest
from trust.ceremony.office import Ceremony, Office


@pytest.fixture(scope="session")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Ceremony:
    ceremony = Ceremony(Office(), tmp_path_factory.mktemp("ceremony") / "folder")
    ceremony.first_version()
    return ceremony


@pytest.fixture
def ceremony(published_once: Ceremony, tmp_path: Path) -> Ceremony:
    shutil.copytree(published_once.path, tmp_path / "folder")
    return Ceremony(published_once.office, tmp_path / "folder")


@pytest.fixture
def fresh(published_once: Ceremony, tmp_path: Path) -> Ceremony:
    """A folder without anything, for the same people."""
    return Ceremony(published_once.office, tmp_path / "fresh")
