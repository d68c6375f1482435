from __future__ import annotations

from pathlib import Path

import pytest

from tests.storage.stores import KINDS, Kind


@pytest.fixture(params=KINDS, ids=[kind.name for kind in KINDS])
def kind(request: pytest.FixtureRequest) -> Kind:
    chosen: Kind = request.param
    return chosen


@pytest.fixture
def path(kind: Kind, tmp_path: Path) -> Path:
    """A file of this store, made and closed."""
    path = tmp_path / kind.file
    kind.use(path)
    return path
