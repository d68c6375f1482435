"""What a clerk is told by the command, and that it never sends them to set up the station."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from attacks.world import World, make_world, scratch

from mediabridge.cli._app import run
from mediabridge.errors import StationWrongOwnerError
from mediabridge.sqlite import opening
from mediabridge.stations.home import Home
from mediabridge.stations.station import _locked
from tests.storage.machine import open_folder, refused_to_nobody

STORES = [
    ("lgwan-01", "station.db", "BOOKS", 70),
    ("lgwan-01", "log.db", "LOG", 20),
    ("registry-01", "registry.db", "REGISTRY", 50),
]


@pytest.fixture
def world() -> Iterator[World]:
    with scratch() as folder:
        yield make_world(Path(folder))


def status(home: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Return exit code, reason, and what the person reads in both languages."""
    code = run(["--home", str(home), "--json", "status"])
    reason = json.loads(capsys.readouterr().out)["reason"]
    read = ""
    for language in ("en", "ja"):
        assert run(["--home", str(home), "--lang", language, "status"]) == code
        shown = capsys.readouterr()
        read += shown.out + shown.err
    return code, reason, read


@pytest.mark.parametrize(("station", "file", "name", "code"), STORES)
def test_locked_store_is_no_missing_station(
    *,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    station: str,
    file: str,
    name: str,
    code: int,
) -> None:
    monkeypatch.setattr(opening, "DATABASE_WAIT_SECONDS", 0)
    home = world.home(station).root
    with closing(sqlite3.connect(home / file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        told, reason, read = status(home, capsys)
    assert (told, reason) == (code, f"{name}_LOCKED")
    assert "station init" not in read
    assert file in read
    assert status(home, capsys)[0] == 0


@pytest.mark.parametrize(("station", "file", "name", "code"), STORES)
def test_store_of_another_station_is_refused_by_name(
    *,
    world: World,
    capsys: pytest.CaptureFixture[str],
    station: str,
    file: str,
    name: str,
    code: int,
) -> None:
    other, owner = world.home("lgwan-02").root, "lgwan-02/"
    if file == "registry.db":
        with scratch() as folder:
            foreign = make_world(Path(folder), mode="live").home(station).root / file
            (world.home(station).root / file).write_bytes(foreign.read_bytes())
        owner = "/live"
    else:
        (world.home(station).root / file).write_bytes((other / file).read_bytes())
    told, reason, read = status(world.home(station).root, capsys)
    assert (told, reason) == (code, f"{name}_FOREIGN")
    assert owner in read
    assert "station init" not in read


def test_station_of_another_user(world: World) -> None:
    """Its folder is closed to others, so nobody else can even read who it is."""
    with open_folder() as folder:
        home = folder / "home"
        shutil.copytree(world.home("lgwan-01").root, home)
        home.chmod(0o700)
        assert isinstance(refused_to_nobody(Home(home).config), StationWrongOwnerError)
        home.chmod(0o755)
        assert refused_to_nobody(Home(home).config) is None
        told = refused_to_nobody(lambda: _locked(home).__enter__())
        assert isinstance(told, StationWrongOwnerError)
