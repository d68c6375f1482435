from __future__ import annotations

import json
from pathlib import Path

import pytest
from records.rows import ISA, csv_of, load, present, raw_csv
from records_xml.documents import xml_of

from mediabridge.cli._app import run
from mediabridge.kinds import Kind
from mediabridge.records.encoding import CALLED, Encoding, meant_by

RIGHT = load(Kind.ISA_NOTICE, ISA)


def test_csv_becomes_xml_without_a_station(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.xml"
    source.write_bytes(csv_of(RIGHT))
    home = ["--home", str(tmp_path / "none"), "--lang", "en"]
    assert run([*home, "convert", str(source), str(target)]) == 0
    written, tables = capsys.readouterr().out.splitlines()
    assert written == "out.xml: written; records: 1."
    assert "nationality_region 2026-11-23 (shipped with the program)" in tables
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
        {"row": 2, "field": "name_roman", "code": "MEANT_OTHERWISE"}
    ]
    assert not target.exists()


def test_unknown_kind_or_file_is_wrong_usage(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(csv_of(RIGHT))
    out = str(tmp_path / "out.xml")
    assert run(["convert", str(source), out, "--kind", "other"]) == 2
    assert run(["convert", str(tmp_path / "none.csv"), out]) == 2
    assert run(["convert", str(source), out, "--encoding", "latin-1"]) == 2


def test_what_was_accepted_and_is_worth_a_look_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.xml"
    source.write_bytes(raw_csv({**present(ISA), "remarks": "\u2ed1野 "}) + b"\r\n\x1a")
    home = ["--home", str(tmp_path / "none"), "--lang", "en"]
    assert run([*home, "convert", str(source), str(target)]) == 0
    assert capsys.readouterr().out.splitlines()[:-1] == [
        "out.xml: written; records: 1.",
        "  Accepted; please look at (places: 4):",
        "- remarks begins or ends with a space.",
        "    row 2",
        (
            "- remarks: character 1 is U+2ED1 (\u2ed1), a radical that looks like a kanji;"
            " U+9577 (長) was probably meant."
        ),
        "    row 2",
        "- After the last record stand blank lines (1). They were left out.",
        "    row 3",
        "- The file ends with an old end-of-file mark (Ctrl-Z). It was left out.",
        "    row 3",
    ]
    target.unlink()
    assert run([*home, "--json", "convert", str(source), str(target)]) == 0
    assert json.loads(capsys.readouterr().out)["data"]["notices"] == {
        "count": 4,
        "first": [
            {"row": 2, "field": "remarks", "code": "SPACE_AT_EDGE"},
            {"row": 2, "field": "remarks", "code": "LOOKS_LIKE_KANJI"},
            {"row": 3, "field": "", "code": "BLANK_LINES_AT_END"},
            {"row": 3, "field": "", "code": "CTRL_Z_AT_END"},
        ],
    }


@pytest.mark.parametrize("separator", [b"\t", b";"])
def test_other_separator_is_said_without_naming_a_kind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], separator: bytes
) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(csv_of(RIGHT).replace(b",", separator))
    home = ["--home", str(tmp_path / "none"), "--lang", "en"]
    assert run([*home, "convert", str(source), str(tmp_path / "out.xml")]) == 40
    assert "Save the file as CSV, with commas." in capsys.readouterr().err


def test_no_plural_of_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(raw_csv({**ISA, "sex": "x"}))
    home = ["--home", str(tmp_path / "none"), "--lang", "en"]
    assert run([*home, "convert", str(source), str(tmp_path / "out.xml")]) == 40
    assert capsys.readouterr().err.splitlines()[0] == "The file in.csv was refused. Errors: 1."


@pytest.mark.parametrize(
    "name", ["MS932", "Windows-31J", "Shift_JIS", "sjis", "x-sjis", "csWindows31J", "ANSI", "cp932"]
)
def test_vendors_name_is_taken_as_what_it_means(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "isa_notice.csv"
    source.write_bytes(csv_of(RIGHT).decode("utf-8-sig").encode("cp932"))
    target = str(tmp_path / "out.xml")
    assert run(["--lang", "en", "convert", str(source), target, "--encoding", name]) == 0
    said = f"The encoding {name} is taken as cp932."
    assert (said in capsys.readouterr().err) is (name != "cp932")


def test_every_encoding_is_called_by_its_own_name() -> None:
    assert [meant_by(each.value) for each in Encoding] == list(Encoding)
    names = [name for each in CALLED.values() for name in each]
    assert len(names) == len(set(names))
