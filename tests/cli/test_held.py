"""What waits for a decision, at the desk beside the register: both spellings, side by side."""

import json
from pathlib import Path

import pytest
from apply.people import NEW_CARD, OLD_CARD, RESIDENT, apply, notice
from attacks.world import World
from stations.days import Day

from mediabridge.cli._app import run
from mediabridge.cli._context import Context
from mediabridge.cli._station import open_station
from mediabridge.stations.registry import RegistryStation

LGWAN, REGISTRY = "lgwan-01", "registry-01"
OTHER = notice(notice_id="N-0007", name_roman="EXAMPLE BEATRICE")
UNKNOWN_CARDS = {"prior_card_number": "QQ00000009CD", "card_number": "QQ00000008CD"}
NOBODY = notice(notice_id="N-0008", name_roman="EXAMPLE NOBODY", **UNKNOWN_CARDS)


@pytest.fixture
def home(day: Day) -> Path:
    """Give a registry that holds one resident, and two notices that it held back."""
    root = day.world.home(REGISTRY).root
    for path in root.glob("registry.db*"):
        path.unlink()
    with open_station(Context(root)) as station:
        assert isinstance(station, RegistryStation)
        station.registry.load_population([RESIDENT])
        apply(station.registry, OTHER, NOBODY)
    return root


def shown(home: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(["--home", str(home), *words]) == 0
    return capsys.readouterr().out


def test_both_spellings_stand_side_by_side(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(home, capsys, "held", "show", "N-0007").splitlines()
    (name,) = [line for line in lines if line.startswith("name in Roman")]
    assert "EXAMPLE BEATRICE" in name
    assert "EXAMPLE ALICE" in name
    assert name.endswith("DIFFERENT")
    (born,) = [line for line in lines if line.startswith("date of birth")]
    assert "DIFFERENT" not in born
    assert "The name is another one" in lines[1]
    assert lines[1].endswith("(NAME_DIFFERS)")


def test_nobody_found_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = shown(home, capsys, "--lang", "ja", "held", "show", "N-0008")
    assert "住民記録にありません" in out
    assert "相違あり" not in out
    assert "EXAMPLE NOBODY" in out  # in the notice; the register has nothing to put beside it


def test_list_says_why_in_words(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = shown(home, capsys, "--lang", "ja", "held", "list")
    assert "N-0007" in out
    assert "別の氏名" in out or "氏名" in out
    assert "NAME_DIFFERS" not in out
    data = json.loads(shown(home, capsys, "held", "list", "--json"))["data"]["held"]
    assert [(each["record"], each["reason"]) for each in data] == [
        ("N-0007", "NAME_DIFFERS"),
        ("N-0008", "NO_MATCH"),
    ]
    assert data[0]["held_at"].endswith("Z")
    # A list of reasons is for any program; what is personal is asked for by number.
    assert "EXAMPLE" not in json.dumps(data)


def test_looking_changes_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    databases = [home / "registry.db", home / "log.db"]
    # The first command of a day puts right what an interrupted one left.
    shown(home, capsys, "status")
    before = [path.read_bytes() for path in databases]
    shown(home, capsys, "held", "list")
    shown(home, capsys, "held", "show", "N-0007")
    assert [path.read_bytes() for path in databases] == before


def test_no_name_reaches_the_log(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown(home, capsys, "held", "show", "N-0007")
    for path in (home / "log.db", home / "station.db"):
        data = path.read_bytes()
        assert not any(each.encode() in data for each in ("BEATRICE", OLD_CARD, NEW_CARD))


def test_unknown_number_names_the_next_step(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--home", str(home), "held", "show", "N-9999"]) == 2
    assert "mediabridge held list" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["list"], ["show", "N-0001"], ["resolve"]], ids=" ".join)
def test_the_other_station_has_no_register(
    city: World, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--json", "--home", str(city.home(LGWAN).root), "held", *words]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["reason"] == "NO_REGISTER_HERE"
    assert "registry station" in answer["hint"]


@pytest.mark.parametrize("width", [60, 80])
def test_a_screen_shows_all_of_it(
    home: Path, width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    out = shown(home, capsys, "held", "show", "N-0007")
    table = out[out.index("\nitem") :].splitlines()
    assert max(map(len, table[:-1])) <= width
    assert all(each in out for each in ("BEATRICE", "ALICE", "DIFFERENT"))
