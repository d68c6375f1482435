"""The slip that goes with a medium: what is on it, and the log as the station signed it."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from report.papers import LABEL, leave
from report.reading import facts_of, fonts_of, require_fonts, standard_of, text_of
from stations.days import Day

from mediabridge.bundle import layout
from mediabridge.cli._app import run
from mediabridge.locale import Language, set_language
from mediabridge.printed import Facts, Table
from mediabridge.report import slip as slips
from mediabridge.stations import auditing
from mediabridge.stations.books import BundleState
from mediabridge.translog import checkpoint, note
from mediabridge.trust.trust_data import RouteRule

pytestmark = pytest.mark.in_turns

Tool = Callable[[str], str]


def slip(
    day: Day, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0, language: str = "en"
) -> Any:
    home = ("--home", str(day.world.home("lgwan-01").root), "--lang", language, "--json")
    capsys.readouterr()
    assert run([*home, "media", "slip", "USB-001", *words]) == code
    return json.loads(capsys.readouterr().out)


def made(day: Day) -> slips.Slip:
    with day.at("lgwan-01") as station:
        return slips.slip_of(station, "USB-001")


def test_size_and_root_are_those_of_the_signed_checkpoint(day: Day, tmp_path: Path) -> None:
    """An auditor finds them in the pack, under the size that the slip says."""
    leave(day)
    slip = made(day)
    with day.at("lgwan-01") as station:
        auditing.export(station, tmp_path / "pack")
        key = next(each.log_key for each in station.trust.stations if each.id == "lgwan-01")
    signed = (tmp_path / f"pack/logs/lgwan-01/checkpoints/{slip.log.size}").read_bytes()
    assert slip.log == checkpoint.open_checkpoint(signed, note.Vkey.parse(key))
    origin, size, root = signed.decode().splitlines()[:3]
    set_language(Language.EN)
    facts = [row for block in slips.paper(slip).blocks for row in getattr(block, "rows", ())]
    assert {("log", origin), ("signed entries", size), ("root", root)} <= set(facts)


def test_counts_that_somebody_edited_in_the_books_are_not_printed(
    day: Day, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _, first, _ = leave(day)
    path = day.world.home("lgwan-01").root / "station.db"
    with closing(sqlite3.connect(path)) as books, books:
        edited = "UPDATE bundles SET summary = json_set(summary, '$.records.isa_notice', 99)"
        books.execute(edited + " WHERE bundle = ?", [first])
    page = tmp_path / "slip.html"
    refused = slip(day, capsys, "--html", str(page), code=10)
    assert refused["reason"] == "SUMMARY_MISMATCH"
    assert not page.exists()


def test_code_says_what_the_slip_says_and_no_more(day: Day) -> None:
    _, first, second = leave(day)
    slip = made(day)
    origin, size, root = slip.log.text().splitlines()
    assert slip.code.splitlines() == [
        "MEDIABRIDGE SLIP 1",
        "USB-001 lgwan-01 registry-01",
        "2 3",
        f"1 {first[:8]} 3",
        f"2 {second[:8]} 0",
        *(origin, size, root),
    ]


def test_page_shows_bundles_people_and_label_as_text(
    day: Day, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, first, second = leave(day)
    data = slip(day, capsys, "--html", str(tmp_path / "slip.html"))["data"]
    assert [each["bundle"] for each in data["bundles"]] == [first, second]
    assert (data["holder"], data["bundles"][0]["approvers"]) == ("clerk-1", ["officer-1"])
    page = (tmp_path / "slip.html").read_text(encoding="utf-8")
    for said in (LABEL, "USB-001", first[:8], second[:8], data["log"]["root"], "clerk-1"):
        assert said in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org", "")


def leave_for_two(day: Day) -> tuple[str, ...]:
    """Let a stick leave with a bundle for each of two stations, both number 1 of their routes."""
    there = RouteRule(sender="lgwan-01", receiver="lgwan-02", approvals=0, kinds=("isa_notice",))
    routes = tuple(each.model_copy(update={"approvals": 0}) for each in day.world.city.trust.routes)
    day.world.publish(routes=(*routes, there))
    stick, bundles = day.stick(), []
    with day.at("lgwan-01") as station:
        station.accept_trust(layout.trust_folder(day.world.medium))
        for receiver in ("registry-01", "lgwan-02"):
            row = station.seal(empty=True, receiver=receiver)
            station.write(row, stick)
            bundles.append(row.bundle)
    return tuple(bundles)


def test_each_bundle_of_several_receivers_names_its_own(
    day: Day, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to_registry, to_other = leave_for_two(day)
    data = slip(day, capsys, "--html", str(tmp_path / "slip.html"))["data"]
    assert data["to"] == ["lgwan-02", "registry-01"]
    told = [(each["to"], each["seq"], each["bundle"]) for each in data["bundles"]]
    assert told == [("lgwan-02", 1, to_other), ("registry-01", 1, to_registry)]
    code = made(day).code.splitlines()
    assert code[1:5] == [
        "USB-001 lgwan-01 lgwan-02,registry-01",
        "2 0",
        f"1 {to_other[:8]} 0 lgwan-02",
        f"1 {to_registry[:8]} 0 registry-01",
    ]
    set_language(Language.EN)
    blocks = slips.paper(made(day)).blocks
    (table,) = [each for each in blocks if isinstance(each, Table)]
    assert table.headings[:2] == ("to", "no.")
    assert [row[:2] for row in table.rows] == [("lgwan-02", "1"), ("registry-01", "1")]
    assert ("to", "lgwan-02, registry-01") in [
        row for block in blocks if isinstance(block, Facts) for row in block.rows
    ]


def test_pdf_is_an_archive_copy_that_gives_its_text_back(
    day: Day, tmp_path: Path, capsys: pytest.CaptureFixture[str], require_tool: Tool
) -> None:
    require_tool("pdftotext")
    require_fonts(require_tool)
    _, first, _ = leave(day)
    files = [tmp_path / "1.pdf", tmp_path / "2.pdf"]
    for file in files:
        data = slip(day, capsys, "--pdf", str(file), language="ja")["data"]
    assert files[0].read_bytes() == files[1].read_bytes()
    said = text_of(require_tool, files[0])
    for each in (LABEL, "搬送票", "USB-001", first[:8], data["log"]["root"], "clerk-1"):
        assert each.replace(" ", "") in said
    assert standard_of(require_tool, files[0]) == "2U"
    facts = facts_of(require_tool, files[0])
    assert (facts["Title"], facts["JavaScript"], facts["Pages"]) == ("搬送票", "no", "1")
    fonts = fonts_of(require_tool, files[0])
    assert {tuple(each[1:]) for each in fonts} == {("yes", "yes", "yes")}
    assert "IPAmjMincho" in {each[0] for each in fonts}


def test_what_is_answered_is_on_no_slip(day: Day, capsys: pytest.CaptureFixture[str]) -> None:
    stick, *_ = leave(day)
    with day.at("lgwan-01") as station, station.books.transaction():
        for row in station.books.bundles("out"):
            station.books.set_state(row.bundle, BundleState.DELIVERED)
    assert stick.present
    found = slip(day, capsys, "--html", "x.html", code=2)
    assert found["reason"] == "NO_BUNDLE_WAITING"


def test_slip_to_nowhere_is_refused(day: Day, capsys: pytest.CaptureFixture[str]) -> None:
    assert slip(day, capsys, code=2)["reason"] == "USAGE"
