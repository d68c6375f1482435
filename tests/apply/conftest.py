from collections.abc import Iterator
from pathlib import Path

import pytest

from mediabridge.apply import SqliteRegistry
from tests.apply.people import RESIDENT, registry_of


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[SqliteRegistry]:
    with registry_of(tmp_path / "registry.db", RESIDENT) as registry:
        yield registry
