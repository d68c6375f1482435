"""``station init``: a city only where residents have an office, times as the station has them."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mediabridge.cli._app import run

pytestmark = pytest.mark.in_turns


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("010006", "keeps no resident records"),
        ("011002", "keeps no resident records"),
        ("221317", "is not in force on"),
        ("131042", "there is no municipality"),
    ],
    ids=["prefecture", "city as a whole", "closed ward", "wrong check digit"],
)
def test_city_of_no_office_is_refused_and_leaves_nothing(
    code: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city, home = tmp_path / "city", tmp_path / "home"
    words = ["station", "init", "lgwan-01", "--city", str(city), "--municipality", code]
    assert run(["--home", str(home), "--json", *words]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["reason"] == "USAGE"
    assert says in json.dumps(answer)
    assert not city.exists()
    assert not home.exists()


def _init(home: Path, zone: str) -> int:
    words = ["station", "init", "lgwan-01", "--city", str(home.parent / "city")]
    return run(["--home", str(home), *words, "--time-zone", zone])


@pytest.mark.parametrize(("zone", "shown"), [("Asia/Tokyo", " JST"), ("Asia/Kolkata", " IST")])
def test_screens_show_the_stations_zone(
    zone: str, shown: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    assert _init(home, zone) == 0
    assert run(["--home", str(home), "seal", "--empty"]) == 0
    assert shown in capsys.readouterr().out
    assert run(["--home", str(home), "bundles", "list", "--json"]) == 0
    (bundle,) = json.loads(capsys.readouterr().out)["data"]["bundles"]
    assert bundle["created"].endswith("Z")


def test_unknown_zone_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    assert _init(tmp_path / "home", "Asia/Edo") == 2
    assert list(tmp_path.iterdir()) == []


def test_zone_that_this_machine_has_lost_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    assert _init(home, "Asia/Tokyo") == 0
    config = home / "station.json"
    config.write_bytes(config.read_bytes().replace(b"Asia/Tokyo", b"Asia/Edo"))
    assert run(["--home", str(home), "seal", "--empty"]) == 0
    assert "Z " not in capsys.readouterr().out


@pytest.mark.parametrize("make", [lambda path: path, os.mkfifo], ids=["missing", "fifo"])
def test_population_that_cannot_be_read_is_said_before_there_is_a_station(
    make: Callable[[Path], object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A station that was made could not be set up again with the right file."""
    home, residents = tmp_path / "home", tmp_path / "residents.csv"
    make(residents)
    words = ["station", "init", "registry-01", "--city", str(tmp_path / "city")]
    assert run(["--home", str(home), "--json", *words, "--population", str(residents)]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["reason"] in {"FILE_MISSING", "FILE_OF_WRONG_SORT"}
    assert residents.name in answer["message"]
    assert not home.exists()


def test_a_live_station_says_so_before_it_asks_for_a_passphrase(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is no folder yet that says it, and nobody to be asked."""
    home = tmp_path / "lgwan"
    words = ["station", "init", "lgwan-01", "--live", "--city", "city.example.jp"]
    words += ["--municipality", "131041", "--role", "lgwan"]
    assert run(["--home", str(home), "--lang", "en", *words]) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "[live] station lgwan-01"
    assert said.count(said[0]) == 1
    assert not (home / "station.json").exists()
