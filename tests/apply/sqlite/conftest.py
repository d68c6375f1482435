from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mediabridge.apply.sqlite import SqliteRegistry
from tests.apply.contract.adapters import OWNER
from tests.apply.people import RESIDENT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "registry.db"


@pytest.fixture
def registry(path: Path) -> Iterator[SqliteRegistry]:
    with SqliteRegistry(path, OWNER) as registry:
        registry.load_population([RESIDENT])
        yield registry
