"""The report as the copy that is signed off, and as sheets: the same lists as on the page."""

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from report.office import NAMES, Office
from report.reading import facts_of, fonts_of, require_fonts, standard_of, text_of

from mediabridge.locale import Language, set_language
from mediabridge.report import ledger, sheets, signed, workbook
from mediabridge.report.model import Report
from mediabridge.report.pdf import pdf
from mediabridge.report.sections import sections

Tool = Callable[[str], str]


@pytest.fixture
def _japanese(_english: None) -> None:
    set_language(Language.JA)


@pytest.fixture
def _fonts(require_tool: Tool) -> None:
    require_fonts(require_tool)


@pytest.mark.usefixtures("_japanese", "_fonts")
def test_signed_copy_has_each_list_and_each_name_of_a_medium(
    thousand: Report, tmp_path: Path, require_tool: Tool
) -> None:
    require_tool("pdftotext")
    file = tmp_path / "report.pdf"
    content = pdf([signed.paper(thousand)])
    file.write_bytes(content)
    assert content == pdf([signed.paper(thousand)])
    said = text_of(require_tool, file)
    for section in sections(thousand):
        assert section.title.replace(" ", "") in said
    for name in filter(None, NAMES):
        assert name.replace(" ", "") in said
    assert "令和12年4月1日" in said
    assert standard_of(require_tool, file) == "2U"
    assert {tuple(each[1:]) for each in fonts_of(require_tool, file)} == {("yes", "yes", "yes")}
    assert int(facts_of(require_tool, file)["Pages"]) > 5


def book_of(thousand: Report, grown: Office) -> bytes:
    file = io.BytesIO()
    found = [*sheets.of(thousand), *ledger.sheets(grown.lgwan, thousand.period)]
    workbook.write(file, found, title="報告書", made=thousand.as_of)
    return file.getvalue()


@pytest.mark.usefixtures("_japanese")
def test_workbook_has_each_list_and_the_ledger(thousand: Report, grown: Office) -> None:
    content = book_of(thousand, grown)
    assert content == book_of(thousand, grown)
    book = openpyxl.load_workbook(io.BytesIO(content))
    lists = [grid for section in sections(thousand) for grid in section.grids]
    assert len(book.sheetnames) == 1 + len(lists) + 2
    assert book.sheetnames[-2:] == ["媒体登録簿", "媒体使用簿"]
    for sheet, grid in zip(book.worksheets[1:-2], lists, strict=True):
        head, *rows = ([cell.value for cell in row] for row in sheet.iter_rows())
        assert head == list(grid.headings)
        assert len(rows) == len(grid.rows) + bool(grid.more)
    labels: set[Any] = {row[2].value for row in book["媒体登録簿"].iter_rows(min_row=2)}
    assert set(filter(None, NAMES)) <= labels


@pytest.mark.usefixtures("_japanese")
def test_days_are_days_and_nothing_is_a_formula(thousand: Report, grown: Office) -> None:
    book = openpyxl.load_workbook(io.BytesIO(book_of(thousand, grown)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    days = next(sheet for sheet in book if sheet["A1"].value == "日")
    assert isinstance(days["A2"].value, datetime)
