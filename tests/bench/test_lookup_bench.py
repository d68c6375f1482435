from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from mediabridge.bench import Figure, Missing, lookup
from tests.apply.conftest import postgres_programs as postgres_programs  # noqa: PLC0414 - a fixture

pytestmark = pytest.mark.in_turns

_IN_MEMORY = "/dev/shm"  # noqa: S108 - a folder of our own is made in it


@pytest.mark.usefixtures("postgres_programs")
def test_every_figure_stands_beside_its_floor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.access(_IN_MEMORY, os.W_OK):
        monkeypatch.setattr(tempfile, "tempdir", _IN_MEMORY)
    told: list[str] = []
    found = list(lookup.run(tmp_path, 1_000, tell=told.append))
    figures = [each for each in found if isinstance(each, Figure)]
    assert figures == found
    assert [figure.unit for figure in figures] == ["ms", "µs"] * 2
    assert all(figure.measured > 0 and figure.floor > 0 for figure in figures)
    assert [figure.bound for figure in figures] == [1.0, None] * 2
    assert [figure.name.rpartition(", ")[2] for figure in figures] == [
        *["SQLite"] * 2, *["PostgreSQL"] * 2
    ]  # fmt: skip
    assert figures[0].floor == lookup.BOUND_MS
    assert told == ["a register of 1000 residents", "200 questions"] * 2


def test_machine_without_a_server_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "server_programs", lambda: None)
    found = list(lookup.run(tmp_path, 1_000, tell=lambda _: None))
    assert found[2:] == [Missing("looking up, PostgreSQL", ("PostgreSQL", "psycopg"))]
