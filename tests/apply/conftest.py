"""The PostgreSQL server of the tests, begun once for each process that tests."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from required import REQUIRE_ALL, missing

from mediabridge.bench.programs import server_programs

if TYPE_CHECKING:
    from tests.apply.postgres.cluster import Cluster


def _problem() -> str:
    """Return why nobody can speak to a server here, or nothing."""
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed"
    try:
        importlib.import_module("psycopg")
    except ImportError:
        return "libpq is not installed"
    return ""


class _OutOfReach(pytest.Module):
    """A file about the server alone, which cannot even be imported without libpq."""

    def collect(self) -> NoReturn:
        pytest.skip(_problem())


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    """Have such a file say why it is skipped; where nothing may be, its import says what fails."""
    if REQUIRE_ALL or module_path.parent.name != "postgres" or not _problem():
        return None
    return _OutOfReach.from_parent(parent, path=module_path)


@pytest.fixture(scope="session")
def postgres_programs() -> Path:
    """Give the folder of the server's programs; without them, or the client's library, skip."""
    if problem := _problem():
        missing(problem)
    found = server_programs()
    if found is None:
        missing("no PostgreSQL server is installed")
    return found


@pytest.fixture(scope="session")
def cluster(postgres_programs: Path) -> Iterator[Cluster]:
    """Give a server that nobody kills."""
    from tests.apply.postgres.cluster import running  # noqa: PLC0415 - needs libpq

    with running(postgres_programs) as started:
        yield started
