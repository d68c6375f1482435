from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mediabridge.cli._app import run
from mediabridge.records import codes
from mediabridge.records.names import store as names_store
from mediabridge.stations import who
from mediabridge.stations.home import Home

SHIPPED = Path(codes.__file__).with_name("data")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder that is a station, as far as tables are concerned."""
    config = who.made(
        station="lgwan-01",
        role="lgwan",
        mode="training",
        city="city.example",
        municipality_code="131041",
    )
    root = tmp_path / "station"
    root.mkdir()
    Home(root).write_config(config)
    return root


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Any:
    def asked(home: Path, *words: str) -> tuple[int, dict[str, Any]]:
        code = run(["--home", str(home), "--json", *words])
        return code, json.loads(capsys.readouterr().out)

    return asked


def test_tables_are_listed_without_a_station(ask: Any, tmp_path: Path) -> None:
    code, answer = ask(tmp_path / "none", "codes", "list")
    assert code == 0
    assert [each["id"] for each in answer["data"]["tables"]] == list(codes.tables())
    assert {each["origin"] for each in answer["data"]["tables"]} == {"shipped"}


def test_one_code_is_shown(ask: Any, tmp_path: Path) -> None:
    code, answer = ask(tmp_path, "codes", "show", "status_of_residence", "601")
    assert code == 0
    assert [each["name_ja"] for each in answer["data"]["entries"]] == ["永住者"]


@pytest.mark.parametrize("words", [["other"], ["sex", "7"]])
def test_unknown_table_or_code_is_wrong_usage(ask: Any, words: list[str], tmp_path: Path) -> None:
    code, answer = ask(tmp_path, "codes", "show", *words)
    assert (code, answer["reason"]) == (2, "USAGE")


def test_unofficial_columns_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--home", str(tmp_path), "--lang", "en", "codes", "show", "sex"]) == 0
    assert "Not official, but this project's proposal or from memory: code," in (
        capsys.readouterr().out
    )


def test_own_table_replaces_the_shipped_one(ask: Any, home: Path, tmp_path: Path) -> None:
    own = tmp_path / "sex.tsv"
    text = (SHIPPED / "sex.tsv").read_text(encoding="utf-8")
    own.write_text(text.replace("1\t男\tmale\t\t", "1\t男\tmale\tM1\t"), encoding="utf-8")
    code, answer = ask(home, "codes", "load", str(own))
    assert (code, answer["data"]["table"]["origin"]) == (0, "site")
    _, answer = ask(home, "codes", "show", "sex", "1")
    assert answer["data"]["entries"][0]["juki_code"] == "M1"


def test_every_problem_is_shown(
    ask: Any, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "sex.tsv"
    text = (SHIPPED / "sex.tsv").read_text(encoding="utf-8")
    own.write_text(text.replace("1\t男", "x\t男").replace("2\t女", "y\t女"), encoding="utf-8")
    code, answer = ask(home, "codes", "load", str(own))
    assert (code, answer["reason"]) == (70, "TABLE_REFUSED")
    assert len(answer["data"]["problems"]) == answer["data"]["count"] >= 4
    assert run(["--home", str(home), "--lang", "en", "codes", "load", str(own)]) == 70
    assert "is missing from this table, which is closed." in capsys.readouterr().err
    assert ask(home, "codes", "show", "sex", "1")[0] == 0


def test_table_of_names_is_loaded(ask: Any, home: Path) -> None:
    shipped = Path(names_store.__file__).with_name("data") / "notice582.tsv"
    code, answer = ask(home, "names", "table", "load", str(shipped))
    assert (code, answer["data"]["table"]["origin"]) == (0, "site")
    _, answer = ask(home, "names", "convert", "张")
    assert answer["data"]["table"]["origin"] == "site"
