"""``station tidy``: says what goes, asks, removes, and says what was removed."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from attacks.world import World
from stations.days import Day

from mediabridge.cli._app import run
from mediabridge.config import RETENTION_AT_A_TIME
from mediabridge.translog.events import Event

DAY = 24 * 3600


@pytest.fixture
def world(day: Day) -> World:
    return day.world


def refused(world: World, count: int, *, days: int) -> list[Path]:
    """Leave files as they are left when they are refused, so many days ago."""
    paths = [world.home("lgwan-01").refused / f"{number:064x}.csv" for number in range(count)]
    for path in paths:
        path.write_text("refused")
        then = time.time() - days * DAY
        os.utime(path, (then, then))
    return paths


def tidied(world: World, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert (
        run(["--home", str(world.home("lgwan-01").root), "--json", "station", "tidy", *words]) == 0
    )
    data: dict[str, Any] = json.loads(capsys.readouterr().out)["data"]
    return data


def entries(world: World) -> list[dict[str, object]]:
    return [dict(each.facts) for each in world.log("lgwan-01") if each.event is Event.KEPT_REMOVED]


def test_dry_run_says_it_and_changes_nothing(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = refused(world, 1, days=91)
    before = world.log_bytes("lgwan-01")
    data = tidied(world, capsys, "--dry-run")
    assert [(each["reason"], each["days"]) for each in data["over"]] == [("REFUSED_FILE_OVER", 90)]
    assert (data["removed"], path.exists()) == (0, True)
    assert world.log_bytes("lgwan-01") == before


def test_what_is_over_goes_and_is_logged(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    (path,) = refused(world, 1, days=91)
    assert (tidied(world, capsys, "--yes")["removed"], path.exists()) == (1, False)
    assert [each["file_sha256"] for each in entries(world)] == ["0" * 64]
    assert tidied(world, capsys, "--yes")["removed"] == 0
    assert len(entries(world)) == 1


def test_rule_of_the_settings_is_followed(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    (path,) = refused(world, 1, days=89)
    assert (tidied(world, capsys, "--yes")["removed"], path.exists()) == (0, True)
    settings = world.home("lgwan-01").settings_file
    settings.write_text("[retention]\nrefused = 30\n")
    settings.chmod(0o600)
    assert (tidied(world, capsys, "--yes")["removed"], path.exists()) == (1, False)
    assert [each["days"] for each in entries(world)] == [30]


def test_nobody_to_ask_means_nothing_is_removed(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = refused(world, 1, days=91)
    assert run(["--home", str(world.home("lgwan-01").root), "--json", "station", "tidy"]) == 2
    assert json.loads(capsys.readouterr().out)["reason"] == "NOT_INTERACTIVE"
    assert (path.exists(), entries(world)) == (True, [])


def test_so_many_at_a_time(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    refused(world, RETENTION_AT_A_TIME + 2, days=91)
    first = tidied(world, capsys, "--yes")
    assert (first["removed"], first["later"]) == (RETENTION_AT_A_TIME, 2)
    assert tidied(world, capsys, "--yes")["removed"] == 2


def test_table_says_how_many_and_which_rule(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    refused(world, 3, days=100)
    command = ["--home", str(world.home("lgwan-01").root), "--lang", "ja", "station", "tidy"]
    assert run([*command, "--yes"]) == 0
    shown = capsys.readouterr()
    assert "3" in shown.out
    assert "0" * 64 not in shown.out + shown.err
