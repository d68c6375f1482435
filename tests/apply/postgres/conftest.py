from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mediabridge.apply.places import PostgresPlace
from tests.apply.contract.adapters import OWNER
from tests.apply.people import RESIDENT

if TYPE_CHECKING:
    from mediabridge.apply.postgres import PostgresRegistry
    from tests.apply.postgres.cluster import Cluster


@pytest.fixture
def place(cluster: Cluster, tmp_path: Path) -> PostgresPlace:
    """Where the registry of this test is, which nobody has made yet."""
    return cluster.place(tmp_path)


@pytest.fixture
def registry(place: PostgresPlace) -> Iterator[PostgresRegistry]:
    from mediabridge.apply.postgres import PostgresRegistry  # noqa: PLC0415 - needs libpq

    with PostgresRegistry(place, OWNER) as registry:
        registry.load_population([RESIDENT])
        yield registry
