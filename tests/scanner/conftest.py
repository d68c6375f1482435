from collections.abc import Iterator

import clamav
import pytest


@pytest.fixture(scope="module")
def daemon(clamd: str) -> Iterator[clamav.Daemon]:
    with clamav.running(clamd) as running:
        yield running
