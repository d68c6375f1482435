"""``sync --all``: each of the agency's stations, in one folder, at the hub itself."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from attacks.records import csv_of
from attacks.world import passphrase_for
from line.offices import NOTICES, OFFICES
from required import require_library

from mediabridge.cli._app import run
from mediabridge.clock import SystemClock
from mediabridge.errors import ExitCode
from mediabridge.kinds import Kind
from mediabridge.line.client import Client
from mediabridge.progress import NullProgress
from mediabridge.stations.agency import AgencyStation
from mediabridge.stations.desk import Desk
from mediabridge.stations.home import Home
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.line.connecting import connect
from mediabridge.stations.line.syncing import sync
from mediabridge.stations.offices.folder import offices_in
from mediabridge.stations.offices.syncing import OfficeSynced, sync_offices

require_library("fastapi")
require_library("psycopg_pool")

from tests.hub.processes import SETTINGS, Process  # noqa: E402 - needs them
from tests.hub.town import hub_certificate  # noqa: E402

pytestmark = pytest.mark.in_turns

OPENING: dict[str, Any] = {"clock": SystemClock(), "passphrases": passphrase_for}


@pytest.fixture
def settings(folder: Path) -> Path:
    """Give the settings of a hub, on SQLite, that knows all three cities."""
    root = folder.parent
    for office in OFFICES:
        served = root / "hub/cities" / office
        served.mkdir(parents=True)
        shutil.copyfile(root / "cities" / office / "root.json", served / "root.json")
        (served / "trust").symlink_to(root / "cities" / office / "repository")
    shown, key = hub_certificate(root / "hub")
    database = f'adapter = "sqlite"\npath = "{root}/hub/hub.db"'
    path = root / "hub/hub.toml"
    cities = root / "hub/cities"
    path.write_text(
        SETTINGS.format(cities=cities, certificate=shown, key=key, database=database, more="")
    )
    return path


@pytest.fixture
def hub(settings: Path, folder: Path) -> Iterator[Process]:
    process = Process(settings)
    connect_to(folder, process.port)
    yield process
    process.kill()


def connect_to(folder: Path, port: int) -> None:
    ca = folder.parent / "hub/hub.pem"
    for place in ("stations", "lgwan"):
        for office in OFFICES:
            path = Home(folder.parent / place / office).settings_file
            path.write_text(f'[line]\nhub = "https://localhost:{port}"\nca = "{ca}"\n')
            path.chmod(0o600)


def collected(folder: Path) -> None:
    path = folder.parent / "notices.csv"
    path.write_bytes(csv_of(Kind.ISA_NOTICE, NOTICES))
    assert run(["agency", "collect", str(path), "--to", str(folder)]) == ExitCode.DONE


def asked(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    words = ["--home", str(folder.parent / "none"), "--json", "sync", "--all", str(folder)]
    code = run(words)
    return code, json.loads(capsys.readouterr().out)["data"]


def counts(told: dict[str, Any], of: str) -> list[int]:
    return [len(each["synced"][of]) if each["synced"] else -1 for each in told["offices"]]


def at_lgwan(folder: Path) -> list[int]:
    """Have each station on LGWAN speak to the hub; return how many records it has now."""
    found = []
    for office in OFFICES:
        opened = partial(LgwanStation, folder.parent / "lgwan" / office, **OPENING)
        assert sync(opened).problems == []
        with opened() as station:
            found.append(sum(station.waiting_kinds().values()))
    return found


def without_waiting(station: Desk) -> Client:
    client = connect(station)
    client.wait = lambda _: None
    return client


def by_hand(folder: Path) -> list[OfficeSynced]:
    """Do what the command does, without the time between two attempts."""
    opened = partial(AgencyStation, **OPENING)
    return sync_offices(
        offices_in(folder), opened, connected=without_waiting, progress=NullProgress()
    )


def test_every_office_is_served_and_its_receipts_come_back(
    folder: Path, hub: Process, capsys: pytest.CaptureFixture[str]
) -> None:
    collected(folder)
    code, told = asked(folder, capsys)
    assert (code, told["trouble"], counts(told, "written")) == (ExitCode.DONE, 0, [1, 1, 1])
    assert at_lgwan(folder) == [2, 1, 1]
    code, told = asked(folder, capsys)
    assert (code, counts(told, "taken")) == (ExitCode.DONE, [1, 1, 1])
    for office in OFFICES:
        with AgencyStation(folder / office, **OPENING) as station:
            assert station.books.outcome_counts() == {"applied": 2 if office == OFFICES[0] else 1}
    assert hub.stop() == 0


def test_one_offices_trouble_stops_no_other_and_is_said(
    folder: Path, hub: Process, capsys: pytest.CaptureFixture[str]
) -> None:
    collected(folder)
    config = folder / OFFICES[0] / "station.json"
    right = config.read_bytes()
    config.write_bytes(b"{}")
    code, told = asked(folder, capsys)
    assert (code, told["trouble"]) == (ExitCode.CONFIGURATION, 1)
    assert counts(told, "written") == [-1, 1, 1]
    config.write_bytes(right)
    assert run(["--lang", "en", "sync", "--all", str(folder)]) == ExitCode.DONE
    said = capsys.readouterr().out
    assert "nothing waited and nothing was due: 2." in said
    assert "Offices: 3, with trouble: 0. Bundles that came: 0, handed over: 1," in said
    assert hub.stop() == 0


def test_office_that_the_hub_does_not_know_is_not_taken_for_a_hub_that_is_gone(
    folder: Path, settings: Path
) -> None:
    collected(folder)
    shutil.rmtree(settings.parent / "cities" / OFFICES[0])
    process = Process(settings)
    connect_to(folder, process.port)
    done = by_hand(folder)
    assert [[each.exit_code for each in office.problems] for office in done] == [
        *([ExitCode.MEDIUM], [], []),
    ]
    process.kill()


def test_hub_that_is_gone_is_waited_for_once(folder: Path, settings: Path) -> None:
    collected(folder)
    process = Process(settings)
    connect_to(folder, process.port)
    process.kill()
    done = by_hand(folder)
    assert [each.problems[0].reason for each in done] == ["LINE_DOWN"] * 3
    assert [each.synced is None for each in done] == [False, True, True]
    second = Process(settings)
    connect_to(folder, second.port)
    assert [len(each.synced.sent.written) for each in by_hand(folder) if each.synced] == [1, 1, 1]
    second.kill()
