"""The bench of applying: the floor leaves the same rows, in every database that is there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from mediabridge.apply.texts import NoticeTexts
from mediabridge.bench import Figure, Missing, apply
from mediabridge.bench.grounds import Rows, SqliteGround, opened
from mediabridge.bench.office import apply_day, office
from mediabridge.records.model import Result
from tests.apply.conftest import postgres_programs as postgres_programs  # noqa: PLC0414 - a fixture

pytestmark = pytest.mark.in_turns

RESIDENTS = 1_000
_IN_MEMORY = "/dev/shm"  # noqa: S108 - a folder of our own is made in it


@pytest.fixture(autouse=True)
def _as_little_as_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    """One turn, and a server that waits for no disk."""
    monkeypatch.setattr(apply, "_TURNS", 1)
    if os.access(_IN_MEMORY, os.W_OK):
        monkeypatch.setattr(tempfile, "tempdir", _IN_MEMORY)


@pytest.fixture
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "server_programs", lambda: None)


@pytest.mark.usefixtures("no_server")
def test_machine_without_a_server_says_so_and_measures_the_rest(tmp_path: Path) -> None:
    told: list[str] = []
    *found, missing = apply.run(tmp_path, RESIDENTS, 1, tell=told.append)
    assert missing == Missing("applying and comparing, PostgreSQL", ("PostgreSQL", "psycopg"))
    figures = [each for each in found if isinstance(each, Figure)]
    assert [figure.unit for figure in figures] == ["µs/record", "µs/record", "MiB"]
    assert all(figure.measured > 0 and figure.floor > 0 for figure in figures)
    assert all((figure.bound is None) is (figure.unit == "MiB") for figure in figures)
    assert told == ["SQLite: 1000 residents, 50 notices"]


@pytest.mark.usefixtures("postgres_programs")
def test_server_is_measured_beside_copy(tmp_path: Path) -> None:
    found = list(apply.run(tmp_path, RESIDENTS, 1, tell=lambda _: None))
    figures = [each for each in found if isinstance(each, Figure)]
    assert figures == found
    assert [figure.floor_name for figure in figures] == [
        "executemany", "executemany", "at 5", "COPY", "COPY", "at 5"
    ]  # fmt: skip
    assert all(figure.measured > 0 and figure.floor > 0 for figure in figures)


@pytest.mark.usefixtures("no_server")
@pytest.mark.parametrize(("tick", "promised"), [(1e-9, True), (60.0, False)])
def test_floor_of_a_few_ticks_of_its_clock_holds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tick: float, promised: bool
) -> None:
    monkeypatch.setattr(SqliteGround, "tick", tick)
    found = list(apply.run(tmp_path, RESIDENTS, 1, tell=lambda _: None))
    bounds = [each.bound for each in found if isinstance(each, Figure) and each.unit != "MiB"]
    assert [bound is not None for bound in bounds] == [promised, promised]


@pytest.mark.usefixtures("no_server")
def test_floor_that_leaves_other_rows_is_no_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def less(self: SqliteGround) -> Rows:
        return {**written(self), "history": []}

    written = SqliteGround.written
    monkeypatch.setattr(SqliteGround, "written", less)
    with pytest.raises(RuntimeError, match="other rows"):
        list(apply.run(tmp_path, RESIDENTS, 1, tell=lambda _: None))


def test_day_has_the_notices_that_cannot_simply_be_applied(tmp_path: Path) -> None:
    invented, ground = office(RESIDENTS, 1), SqliteGround(tmp_path)
    ground.fill(invented.people())
    ground.begin()
    with opened(ground) as registry:
        counts = apply_day(registry, map(NoticeTexts.of, invented.day))
    assert counts.records == len(invented.day) == RESIDENTS // 20
    assert counts[Result.APPLIED] > counts[Result.HELD] > 0
    assert counts[Result.MOVED_OUT] > 0
