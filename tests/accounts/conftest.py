"""A training station with separate accounts, a clerk, an officer, and a medium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from accounts.desk import Desk, desk_on
from accounts.machine import machine_at


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("machine")
    with machine_at(folder) as machine:
        yield desk_on(machine)
