"""The contract: these tests run once for every adapter, and know it by its ports only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mediabridge.apply import Registry
from tests.apply.contract.adapters import ADAPTERS, Adapter
from tests.apply.people import RESIDENT

Make = Callable[..., Registry]


@pytest.fixture(
    scope="session", params=[name for name, kind in ADAPTERS.items() if kind.keeps_people]
)
def adapter(request: pytest.FixtureRequest) -> Adapter:
    return ADAPTERS[request.param].adapter(request)


@pytest.fixture(scope="session", params=ADAPTERS)
def any_adapter(request: pytest.FixtureRequest) -> Adapter:
    """Every adapter, also one that keeps no people."""
    return ADAPTERS[request.param].adapter(request)


@pytest.fixture
def any_registry(any_adapter: Adapter, tmp_path: Path) -> Iterator[Registry]:
    with any_adapter.open(tmp_path) as registry:
        if registry.keeps_people:
            registry.load_population([RESIDENT])
        yield registry


@pytest.fixture
def registry_of(adapter: Adapter, tmp_path: Path) -> Iterator[Make]:
    """Make a registry that holds the given rows; a test makes one."""
    with ExitStack() as opened:

        def make(*rows: dict[str, str]) -> Registry:
            registry = opened.enter_context(adapter.open(tmp_path))
            registry.load_population(rows)
            return registry

        yield make


@pytest.fixture
def registry(registry_of: Make) -> Registry:
    return registry_of(RESIDENT)
