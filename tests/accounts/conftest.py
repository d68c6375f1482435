"""A training station with separate accounts, a clerk, an officer, and a medium."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from accounts.desk import Desk, desk_on
from accounts.machine import machine_at
from required import missing


def _is_for_everybody(program: str) -> bool:
    """Tell whether any account may run *program*: no folder on its way keeps others out."""
    path = Path(os.path.realpath(program))
    return all(each.stat().st_mode & 0o001 for each in (path, *path.parents))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    if not _is_for_everybody(sys.executable):
        missing("this interpreter lies where other accounts may not enter")
    folder: Path = tmp_path_factory.mktemp("machine")
    with machine_at(folder) as machine:
        yield desk_on(machine)
