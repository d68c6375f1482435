from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mediabridge.cli._app import run
from mediabridge.records import names


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def asked(*words: str) -> tuple[int, dict[str, Any]]:
        code = run(["--home", str(tmp_path), "--json", *words])
        return code, json.loads(capsys.readouterr().out)

    return asked


def test_name_is_converted_by_character(ask: Any) -> None:
    code, answer = ask("names", "convert", "张伟")
    assert (code, answer["data"]["converted"]) == (0, "張偉")
    first = answer["data"]["characters"][0]
    assert [first[key] for key in ("source", "result", "rank2", "rule", "reason")] == [
        "张",
        "張",
        "弡",
        "4-1",
        None,
    ]
    assert first["row"] > 0
    assert answer["data"]["table"]["origin"] == "shipped"


def test_second_rank_needs_its_reason(ask: Any) -> None:
    code, answer = ask("names", "convert", "张", "--rank2", "0=resident_record")
    assert (code, answer["data"]["converted"]) == (0, "弡")
    assert answer["data"]["characters"][0]["reason"] == "resident_record"
    code, answer = ask("names", "convert", "张", "--rank2", "0=person_wishes")
    assert (code, answer["reason"]) == (40, "RANK_2_NOT_ALLOWED")


@pytest.mark.parametrize("given", ["0", "=resident_record", "x=resident_record", "0=other"])
def test_malformed_reason_is_wrong_usage(ask: Any, given: str) -> None:
    code, answer = ask("names", "convert", "张", "--rank2", given)
    assert (code, answer["reason"]) == (2, "USAGE")


def test_undecided_name_is_no_success(ask: Any) -> None:
    code, answer = ask("names", "convert", "张\ue000")
    assert (code, answer["ok"], answer["reason"]) == (40, False, "NAME_UNDECIDED")
    assert answer["data"]["converted"] is None
    assert answer["data"]["decisions"] == [1]


def test_check_names_what_is_unfit(ask: Any) -> None:
    code, answer = ask("names", "check", "张偉")
    assert (code, answer["reason"]) == (40, "NAME_UNFIT")
    assert [each["source"] for each in answer["data"]["unfit"]] == ["张"]
    assert ask("names", "check", "張偉")[0] == 0


def test_check_asks_the_vendor_encoding(ask: Any) -> None:
    code, answer = ask("names", "check", "髙吴", "--encoding", "cp932")
    assert (code, answer["reason"]) == (40, "NAME_UNFIT")
    assert answer["data"]["unfit"] == []
    assert answer["data"]["unencodable"] == [{"position": 1, "character": "吴", "code": "U+5434"}]
    assert ask("names", "check", "髙", "--encoding", "cp932")[0] == 0
    assert ask("names", "check", "髙", "--encoding", "none")[0] == 2


def test_people_see_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--home", str(tmp_path), "--lang", "en", "names", "convert", "张\x1b"]) == 0
    shown = capsys.readouterr().out
    assert "Table 4-1 (variants)" in shown
    assert "\x1b" not in shown


def test_table_in_use_is_shown(ask: Any) -> None:
    code, answer = ask("names", "table", "show")
    assert code == 0
    assert answer["data"]["rows"] == {"4-1": 8203, "4-2": 9327, "special": 14}


def test_table_needs_a_station(ask: Any) -> None:
    shipped = Path(names.__file__).with_name("data") / "notice582.tsv"
    code, answer = ask("names", "table", "load", str(shipped))
    assert (code, answer["reason"]) == (70, "STATION_INVALID")
