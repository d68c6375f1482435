from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mediabridge.apply.dropfolder import DropFolderRegistry
from mediabridge.apply.places import DropFolderPlace
from tests.apply.contract.adapters import OWNER

EXAMPLES = Path(__file__).parents[3] / "docs" / "operations"
Open = Callable[[], DropFolderRegistry]


@pytest.fixture
def place(tmp_path: Path) -> DropFolderPlace:
    """A vendor's folders, with the profile of the first example."""
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
    return DropFolderPlace(
        adapter="dropfolder",
        folder=tmp_path / "in",
        profile=EXAMPLES / "dropfolder-csv.toml",
        results=tmp_path / "out",
    )


@pytest.fixture
def opened(place: DropFolderPlace, tmp_path: Path) -> Iterator[Open]:
    with ExitStack() as stack:
        yield lambda: stack.enter_context(
            DropFolderRegistry(tmp_path / "registry.db", OWNER, place)
        )


@pytest.fixture
def registry(opened: Open) -> DropFolderRegistry:
    return opened()
