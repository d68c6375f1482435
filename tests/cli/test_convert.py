from __future__ import annotations

import json
from pathlib import Path

import pytest
from records.rows import ISA, csv_of, load, raw_csv
from records_xml.documents import xml_of

from mediabridge.cli._app import run
from mediabridge.kinds import Kind

RIGHT = load(Kind.ISA_NOTICE, ISA)


def test_csv_becomes_xml_without_a_station(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.xml"
    source.write_bytes(csv_of(RIGHT))
    home = ["--home", str(tmp_path / "none"), "--lang", "en"]
    assert run([*home, "convert", str(source), str(target)]) == 0
    written, tables = capsys.readouterr().out.splitlines()
    assert written == "out.xml: 1 records written."
    assert "nationality_region 2026-11-23 (shipped)" in tables
    assert target.read_bytes() == xml_of(RIGHT)


def test_errors_are_shown_but_not_to_programs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.xml"
    source.write_bytes(raw_csv({**ISA, "name_roman": "secret"}))
    home = ["--home", str(tmp_path / "none"), "--lang", "en"]
    assert run([*home, "convert", str(source), str(target)]) == 40
    assert "secret" in capsys.readouterr().err
    assert run([*home, "--json", "convert", str(source), str(target)]) == 40
    shown = capsys.readouterr()
    assert "secret" not in shown.out + shown.err
    answer = json.loads(shown.out)
    assert answer["reason"] == "RECORDS_REFUSED"
    assert answer["data"]["errors"] == [
        {"row": 2, "field": "name_roman", "code": "NOT_ROMAN_LETTERS"}
    ]
    assert not target.exists()


def test_unknown_kind_or_file_is_wrong_usage(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(csv_of(RIGHT))
    out = str(tmp_path / "out.xml")
    assert run(["convert", str(source), out, "--kind", "other"]) == 2
    assert run(["convert", str(tmp_path / "none.csv"), out]) == 2
    assert run(["convert", str(source), out, "--encoding", "latin-1"]) == 2
