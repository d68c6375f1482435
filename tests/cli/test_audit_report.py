"""``audit report``: files of a period, whole or not at all, and nothing in the place of another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from attacks.world import World

from mediabridge.cli._app import run
from mediabridge.config import REPORT_DAYS


@pytest.fixture
def words(city: World) -> list[str]:
    home = str(city.home("lgwan-01").root)
    return ["--lang", "en", "--home", home, "audit", "report"]


DAYS = ["--from", "2026-11-01", "--to", "2035-12-31"]


def test_report_is_written_and_says_of_what_it_was_made(
    words: list[str], city: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "report.html"
    before = len(city.log_bytes("lgwan-01"))
    assert run(["--json", *words, *DAYS, "--html", str(file)]) == 0
    said = json.loads(capsys.readouterr().out)["data"]
    page = file.read_text("utf-8")
    (log,) = said["logs"]
    assert (log["station"], log["size"]) == ("lgwan-01", before)
    assert log["root"] in page.replace("&#43;", "+")
    assert len(city.log_bytes("lgwan-01")) == before


def test_report_replaces_no_file(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, other = tmp_path / "report.html", tmp_path / "report.xlsx"
    file.write_text("signed off")
    code = run(["--json", *words, *DAYS, "--html", str(file), "--xlsx", str(other)])
    said = json.loads(capsys.readouterr().out)
    assert (code, said["reason"]) == (2, "REPORT_EXISTS")
    assert file.read_text() == "signed off"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    "days",
    [
        ["--from", "2026-11-02", "--to", "2026-11-01"],
        ["--from", "20261101", "--to", "2026-11-02"],
        ["--from", "2026-02-30", "--to", "2026-11-02"],
        ["--from", "2026-11-01", "--to", f"{2027 + REPORT_DAYS // 365}-11-01"],
        ["--from", "2026-11-01", "--to", "9999-12-31"],
    ],
)
def test_days_have_to_be_days_in_their_order(
    words: list[str], days: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    assert run([*words, *days, "--html", str(file)]) == 2
    assert not file.exists()


@pytest.mark.parametrize("files", [[], ["--html", "same", "--pdf", "same"]])
def test_each_form_has_a_file_of_its_own(
    words: list[str], files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run([*words, *DAYS, *files]) == 2
    assert not Path("same").exists()
