"""What every test shares: a fixed language, and what may be skipped where."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, settings

from mediabridge.locale import Language, set_language

REQUIRE_ALL = os.environ.get("MEDIABRIDGE_REQUIRE") == "all"

# No test says anything about time: on a busy machine an example may take as long as it takes.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if REQUIRE_ALL:
        return
    skip = pytest.mark.skip(reason="heavy: runs with MEDIABRIDGE_REQUIRE=all")
    for item in items:
        if "heavy" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    set_language(Language.EN)
    yield
    set_language(Language.EN)


@pytest.fixture(scope="session")
def require_tool() -> Callable[[str], str]:
    """Give the path of a tool; without it skip, or fail where nothing may be skipped."""

    def path_of(name: str) -> str:
        path = shutil.which(name)
        if path is not None:
            return path
        reason = f"{name} is not installed"
        if REQUIRE_ALL:
            pytest.fail(f"{reason}, but MEDIABRIDGE_REQUIRE=all")
        pytest.skip(reason)

    return path_of
