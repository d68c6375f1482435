"""The form of a lost medium as a page and as PDF/A: what the log says, and room for the rest."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from report.papers import leave
from report.reading import facts_of, require_fonts, standard_of, text_of
from stations.days import Day

from mediabridge.cli._app import run
from mediabridge.report import fonts

pytestmark = pytest.mark.in_turns

Tool = Callable[[str], str]


def lost(day: Day, capsys: pytest.CaptureFixture[str], form: Path) -> None:
    home = str(day.world.home("lgwan-01").root)
    words = ["--home", home, "--json", "media", "lost", "USB-001", "--form", str(form)]
    capsys.readouterr()
    assert run(words) == 0
    assert json.loads(capsys.readouterr().out)["data"]["form"] == str(form)


def test_page_holds_both_languages_and_all_facts(
    day: Day, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, first, second = leave(day)
    lost(day, capsys, tmp_path / "form.html")
    page = (tmp_path / "form.html").read_text(encoding="utf-8")
    japanese, english = page.split('<article lang="en">')
    for half in (japanese, english):
        for said in (first, second, "USB-001", "clerk-1", "registry-01", "escrow"):
            assert said in half
        assert half.count('class="boxes"') == half.count('class="blanks"') == 1
    assert "法務省通知: 3" in japanese
    assert "<script" not in page


def test_pdf_holds_both_languages(
    day: Day, tmp_path: Path, capsys: pytest.CaptureFixture[str], require_tool: Tool
) -> None:
    require_tool("pdftotext")
    require_fonts(require_tool)
    _, first, _ = leave(day)
    lost(day, capsys, tmp_path / "form.pdf")
    said = text_of(require_tool, tmp_path / "form.pdf")
    assert said.count(first) == 2
    assert "媒体の紛失に関する報告書" in said
    assert "Reportofalostmedium" in said
    assert standard_of(require_tool, tmp_path / "form.pdf") == "2U"
    assert facts_of(require_tool, tmp_path / "form.pdf")["Pages"] == "4"


def test_loss_is_reported_though_the_form_cannot_be_made(
    day: Day, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the form can be asked for again."""
    leave(day)
    monkeypatch.setattr(fonts, "FOLDERS", ())
    home = str(day.world.home("lgwan-01").root)
    words = ["--home", home, "media", "lost", "USB-001", "--form"]
    assert run([*words, str(tmp_path / "form.pdf")]) == 70
    assert day.health().state == "lost"
    assert run([*words, str(tmp_path / "form.md")]) == 0
