"""The 媒体管理簿 as a workbook, read back by a reader that shares nothing with its writer."""

import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from report.papers import LABEL, leave, rename
from stations.days import Day

from mediabridge.cli._app import run
from mediabridge.errors import ReportLibraryError
from mediabridge.locale import Language, set_language
from mediabridge.report import ledger, workbook
from mediabridge.report.period import Period
from mediabridge.report.times import Times
from mediabridge.report.workbook import Column, Sheet

pytestmark = pytest.mark.in_turns

MADE = "2026-11-28T09:05:00Z"


def written(*sheets: Sheet) -> bytes:
    file = io.BytesIO()
    workbook.write(file, sheets, title="台帳", made=MADE)
    return file.getvalue()


def read(data: bytes | Path) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data) if isinstance(data, bytes) else data)


def rows_of(sheet: Any) -> list[dict[str, Any]]:
    head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    return [dict(zip(head, row, strict=True)) for row in rows]


def export(day: Day, file: Path, language: str = "en") -> Any:
    home = day.world.home("lgwan-01").root
    assert run(["--home", str(home), "--lang", language, "media", "export", str(file)]) == 0
    return read(file)


def test_each_cell_is_the_text_that_it_was_given() -> None:
    texts = [LABEL, "{=1}", "http://x.example", "mailto:x", "007", "1e5", "'x", "@a", "-1", " x "]
    columns = [Column(str(number), 9) for number, _ in enumerate(texts)]
    data = written(Sheet("A", columns, [texts]))
    cells = read(data)["A"][2]
    assert [cell.value for cell in cells] == texts
    assert {(cell.data_type, cell.hyperlink) for cell in cells} == {("s", None)}
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_text_that_no_cell_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than a cell"):
        written(Sheet("A", [Column("a", 9)], [["x" * 32_768]]))


def test_more_rows_than_a_sheet_has_go_on_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "ROWS_PER_SHEET", 2)
    book = read(written(Sheet("使用簿", [Column("a", 9)], [[n] for n in range(5)])))
    assert book.sheetnames == ["使用簿", "使用簿 (2)", "使用簿 (3)"]
    assert [[row["a"] for row in rows_of(sheet)] for sheet in book] == [[0, 1], [2, 3], [4]]


def test_row_is_as_high_as_its_lines() -> None:
    page = read(
        written(Sheet("A", [Column("a", 4)], [["a\nb"], ["あいうえ"], [None], ["x\n" * 99]]))
    )["A"]
    heights = [page.row_dimensions[row].height for row in range(2, 6)]
    assert heights == [30, 30, None, 408]


def test_register_and_use_stand_in_the_ledger(day: Day, tmp_path: Path) -> None:
    _, first, second = leave(day)
    book = export(day, tmp_path / "ledger.xlsx")
    register, use = book
    (medium,) = rows_of(register)
    assert (medium["medium"], medium["label"]) == ("USB-001", LABEL)
    assert (medium["registered by"], medium["state"], medium["trips"]) == (
        *("officer-1", "in service"),
        1,
    )
    assert isinstance(medium["registered"], datetime)
    (trip,) = rows_of(use)
    assert (trip["taken along by"], trip["from"], trip["to"]) == (
        *("clerk-1", "lgwan-01"),
        "registry-01",
    )
    assert (trip["bundles"], trip["records"]) == (f"{first[:8]}\n{second[:8]}", 3)
    assert trip["permitted by"] == "officer-1"
    assert (trip["returned"], trip["erased"], trip["checked by (seal)"]) == (None, None, None)


def test_what_came_back_and_was_erased_is_closed(day: Day, tmp_path: Path) -> None:
    stick, *_ = leave(day)
    day.serve("registry-01", stick)
    with day.at("registry-01") as station:
        row = station.seal(empty=True)
        station.approve(row.bundle, day.world.key("officer-2"))
    day.go_on("registry-01")
    day.serve("lgwan-01", stick)
    out, *_ = rows_of(export(day, tmp_path / "ledger.xlsx").worksheets[1])
    assert all(isinstance(out[step], datetime) for step in ("arrived", "returned", "erased"))


def test_second_workbook_is_the_same_bytes(day: Day, tmp_path: Path) -> None:
    leave(day)
    files = [tmp_path / "1.xlsx", tmp_path / "2.xlsx"]
    for file in files:
        export(day, file)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_paper_is_a4_with_the_headings_on_each_page(day: Day, tmp_path: Path) -> None:
    leave(day)
    for sheet in export(day, tmp_path / "ledger.xlsx", "ja"):
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert (sheet.print_title_rows, sheet.page_setup.fitToHeight) == ("$1:$1", 0)
        times = [cell for row in sheet.iter_rows() for cell in row if cell.is_date]
        assert times
        assert {cell.number_format for cell in times} == {"[$-411]ge.m.d h:mm"}


def test_use_is_of_the_period(day: Day) -> None:
    leave(day)
    with day.at("lgwan-01") as station:
        for first, last, count in (
            (2020, 2020, 0),
            (2020, 2999, 1),
            # It is still out: its trip goes on.
            (2998, 2999, 1),
        ):
            register, use = ledger.sheets(
                station, Period(date(first, 1, 1), date(last, 12, 31), UTC)
            )
            assert (len(list(use.rows)), len(list(register.rows))) == (count, 1)


def test_very_many_bundles_are_counted() -> None:
    shown = ledger.codes(f"{number:032x}" for number in range(1000)).split("\n")
    assert (len(shown), shown[-1]) == (21, "and 980 more")


def test_time_is_that_of_the_office() -> None:
    times = Times(ZoneInfo("Asia/Tokyo"))
    set_language(Language.JA)
    assert times.written("2026-11-28T16:05:00Z") == "令和8年11月29日 01:05 JST"
    assert times.written("2019-05-01T00:00:00Z") == "令和元年5月1日 09:00 JST"
    assert (times.local("last year"), times.written(None)) == ("last year", "-")


def test_ledger_is_the_same_when_the_screen_shows_utc(day: Day, tmp_path: Path) -> None:
    leave(day)
    export(day, tmp_path / "1.xlsx")
    home = str(day.world.home("lgwan-01").root)
    words = ["--home", home, "--lang", "en", "--json", "media", "export"]
    assert run([*words, str(tmp_path / "2.xlsx")]) == 0
    assert (tmp_path / "1.xlsx").read_bytes() == (tmp_path / "2.xlsx").read_bytes()


def test_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    with pytest.raises(ReportLibraryError) as caught:
        written()
    assert caught.value.facts["name"] == "xlsxwriter"


def test_label_may_say_anything(day: Day, tmp_path: Path) -> None:
    set_language(Language.EN)
    day.stick()
    rename(day, "&A\"'<b>")
    (medium,) = rows_of(export(day, tmp_path / "ledger.xlsx").worksheets[0])
    assert medium["label"] == "&A\"'<b>"
