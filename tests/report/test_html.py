"""The page: whole by itself, the same each time, and what a browser makes of it."""

import io
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import browser
import pytest
from report.office import NAMES

from mediabridge.locale import Language, set_language
from mediabridge.report import html
from mediabridge.report.charts import drawn
from mediabridge.report.layout import Bars
from mediabridge.report.model import Report
from mediabridge.report.sections import sections

pytestmark = pytest.mark.in_turns

VOID = {"meta"}
LANGUAGES = pytest.mark.parametrize("speaking", Language)


class Page(HTMLParser):
    """What a reader of HTML finds in the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.texts.append(data)

    def values(self, name: str) -> list[str]:
        return [value for _, attrs in self.tags if (value := attrs.get(name))]


def page_of(report: Report, speaking: Language = Language.JA) -> str:
    set_language(speaking)
    file = io.BytesIO()
    html.write(report, file)
    return file.getvalue().decode()


@LANGUAGES
def test_page_is_the_same_each_time(thousand: Report, speaking: Language) -> None:
    first = page_of(thousand, speaking)
    assert first == page_of(thousand, speaking)
    assert f'<html lang="{speaking}">' in first


@LANGUAGES
def test_page_needs_nothing_but_itself(thousand: Report, speaking: Language) -> None:
    page = Page(page_of(thousand, speaking))
    assert page.open == []
    used = {tag for tag, _ in page.tags}
    assert used & {"script", "link", "img", "iframe", "object", "embed", "form", "use"} == set()
    attributes = {name for _, attrs in page.tags for name in attrs}
    assert not any(name.startswith("on") or name in {"src", "style"} for name in attributes)
    assert all(link.startswith("#") for link in page.values("href"))
    (policy,) = [each for each in page.values("content") if "default-src" in each]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


@LANGUAGES
def test_every_link_leads_somewhere_in_the_page(thousand: Report, speaking: Language) -> None:
    page = Page(page_of(thousand, speaking))
    places = page.values("id")
    assert len(places) == len(set(places))
    links = {link.removeprefix("#") for link in page.values("href")}
    assert links <= set(places)
    assert {html.anchor(each.ref) for each in thousand.entries} <= links


@LANGUAGES
def test_names_of_media_are_as_they_are(thousand: Report, speaking: Language) -> None:
    texts = Page(page_of(thousand, speaking)).texts
    assert {name for name in NAMES if name} <= set(texts)


def test_what_would_steer_a_reader_is_shown(thousand: Report) -> None:
    hostile = replace(thousand.media[0], label='\u202e"><script>\x1b')
    text = page_of(replace(thousand, media=(hostile,)))
    assert "\\u202e&#34;&gt;&lt;script&gt;\\x1b" in text
    assert not {"\u202e", "\x1b"} & set(text)


@LANGUAGES
def test_every_list_stands_in_the_page(thousand: Report, speaking: Language) -> None:
    texts = set(Page(page_of(thousand, speaking)).texts)
    for section in sections(thousand):
        assert {grid.caption for grid in section.grids} <= texts
        for grid in section.grids:
            assert set(grid.headings) <= texts or not grid.rows
            assert all(len(row) == len(grid.headings) for row in grid.rows)


def test_size_and_root_of_each_log_stand_before_anything_else(thousand: Report) -> None:
    first, _, rest = page_of(thousand, Language.EN).partition('id="summary"')
    assert rest
    for log in thousand.logs:
        assert f"{log.size:,}" in first
        assert log.root.replace("+", "&#43;") in first or log.root in first


def test_every_drawing_has_a_title_and_says_what_it_shows(thousand: Report) -> None:
    page = Page(page_of(thousand))
    drawings = [attrs for tag, attrs in page.tags if tag == "svg"]
    assert drawings
    ids = set(page.values("id"))
    for attrs in drawings:
        assert attrs["role"] == "img"
        assert set(str(attrs["aria-labelledby"]).split()) <= ids


@pytest.mark.parametrize("count", [1, 7, 8, 62])
def test_bars_are_as_long_as_their_counts_and_inside(count: int) -> None:
    bars = Bars("", "", tuple((str(n), 3 * n) for n in range(count)))
    chart = drawn(bars)
    lengths = [each.height if count > 7 else each.width for each in chart.bars]
    assert len(lengths) == count - 1
    assert all(
        abs(length * (count - 1) - max(lengths) * n) < count for n, length in enumerate(lengths, 1)
    )
    assert all(
        each.x >= 0 and each.x + each.width <= chart.width and each.y >= 0
        and each.y + each.height <= chart.height
        for each in chart.bars
    )  # fmt: skip
    assert all(0 <= each.x <= chart.width and each.y <= chart.height for each in chart.labels)


def test_training_is_written_at_the_top(thousand: Report) -> None:
    assert 'class="training"' in page_of(thousand)
    assert 'class="training"' not in page_of(replace(thousand, training=False))


@pytest.mark.heavy
def test_browser_shows_it_without_an_error_or_a_request(
    thousand: Report, tmp_path: Path, require_tool: Callable[[str], str]
) -> None:
    file = tmp_path / "r.html"
    file.write_text(page_of(thousand), "utf-8")
    seen = browser.look(require_tool("chromium"), file.as_uri(), tmp_path)
    assert seen.console == ()
    assert seen.size == (794, 1123)
    # A blank page of that size takes a few kilobytes.
    assert len(seen.picture) > 30_000
    assert [each for each in seen.asked if not each.startswith("file:")] == []
