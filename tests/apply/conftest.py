"""The PostgreSQL server of the tests, begun once for each process that tests."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from conftest import REQUIRE_ALL

if TYPE_CHECKING:
    from tests.apply.postgres.cluster import Cluster


def _missing(reason: str) -> NoReturn:
    if REQUIRE_ALL:
        pytest.fail(f"{reason}, but MEDIABRIDGE_REQUIRE=all")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres_programs() -> Path:
    """Give the folder of the server's programs; without them, or the client's library, skip."""
    if importlib.util.find_spec("psycopg") is None:
        _missing("psycopg is not installed")
    try:
        from tests.apply.postgres.cluster import programs  # noqa: PLC0415 - needs libpq
    except ImportError:
        _missing("libpq is not installed")
    found = programs()
    if found is None:
        _missing("no PostgreSQL server is installed")
    return found


@pytest.fixture(scope="session")
def cluster(postgres_programs: Path) -> Iterator[Cluster]:
    """Give a server that nobody kills."""
    from tests.apply.postgres.cluster import running  # noqa: PLC0415 - needs libpq

    with running(postgres_programs) as started:
        yield started
