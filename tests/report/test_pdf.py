"""Pages as PDF/A: data stays data, and a character that no font has is named."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from report.reading import fonts_of, require_fonts, text_of

from mediabridge.errors import FontMissingError, GlyphMissingError
from mediabridge.printed import Blanks, Block, Code, Facts, Heading, Lines, Mono, Paper, Table, Text
from mediabridge.report import fonts
from mediabridge.report.page import page
from mediabridge.report.pdf import pdf

Tool = Callable[[str], str]
PAPER = Paper("題", "ja", "training", "研修", "端末", "2026-11-28T00:00:00Z", ())
IPAMJ_ONLY = "葛\U000e0102"
"""A variation that IPAmj Mincho has, and BIZ UD Gothic has not."""
BIZUD_ONLY = "葛\U000e0100"
"""The other way round."""


@pytest.fixture(autouse=True)
def _fonts(require_tool: Tool) -> None:
    require_tool("pdftotext")
    require_fonts(require_tool)


def printed(tmp_path: Path, *blocks: Block) -> Path:
    file = tmp_path / "paper.pdf"
    file.write_bytes(pdf([replace(PAPER, blocks=blocks)]))
    return file


def test_text_is_data_and_never_markup(tmp_path: Path, require_tool: Tool) -> None:
    given = "#s[a]$c$`d`<f>"
    blocks = (
        *(Heading(given), Text(given), Facts(((given, given),)), Blanks((given,))),
        *(Table((given,), ((given,), (Mono(given),))), Code("x", given)),
    )
    said = text_of(require_tool, printed(tmp_path, *blocks))
    assert said.count(given.replace(" ", "")) == 9
    assert page([replace(PAPER, blocks=blocks)]).count("&lt;f&gt;") == 9


@pytest.mark.parametrize(
    "word", ["RECORDS_REFUSED", "MEDIUM_WRONG_MEMORY", "USB-001", "2026-11-28"]
)
def test_no_word_stands_across_the_border_of_its_column(
    word: str, tmp_path: Path, require_tool: Tool
) -> None:
    """Capitals are wider than what sentences are made of."""
    filling = " ".join(["text"] * 60)
    file = printed(tmp_path, Table(tuple("12345"), ((word, "next", *[filling] * 3),)))
    done = subprocess.run(
        [require_tool("pdftotext"), "-bbox", file, "-"], capture_output=True, check=True
    )
    ends, begins = (
        float(re.search(rf'{side}="([0-9.]+)"[^>]*>{each}<', done.stdout.decode())[1])
        for side, each in (("xMax", word), ("xMin", "next"))
    )
    # The next word begins two millimetres behind the border.
    assert begins - ends >= 2 * 72 / 25.4


@pytest.mark.parametrize(("words", "whole"), [(50, True), (3000, False)])
def test_row_is_torn_by_no_page_that_it_fits_on(
    words: int, tmp_path: Path, require_tool: Tool, *, whole: bool
) -> None:
    """What is longer than a page goes on on the next one, and nothing of it is lost."""
    count = 90 if whole else 2
    rows = [(f"{row}", " ".join(["a", *["word"] * words, "z"])) for row in range(count)]
    file = printed(tmp_path, Table(("1", "2"), rows))
    done = subprocess.run(
        [require_tool("pdftotext"), "-layout", file, "-"], capture_output=True, check=True
    )
    pages = done.stdout.decode().split("\f")
    ends = [[page.split().count(each) for each in "az"] for page in pages]
    assert len(pages) > 2
    assert [sum(each) for each in zip(*ends, strict=True)] == [count, count]
    assert all(begun == ended for begun, ended in ends) == whole
    assert done.stdout.decode().split().count("word") == words * count


@pytest.mark.parametrize("name", ["𠮷野", "髙橋", IPAMJ_ONLY, BIZUD_ONLY])
def test_each_character_is_drawn_by_a_font_that_has_it(
    name: str, tmp_path: Path, require_tool: Tool
) -> None:
    assert name in text_of(require_tool, printed(tmp_path, Text(f"名 {name}")))


def test_variation_is_never_drawn_as_the_plain_shape() -> None:
    faces = {face.family: face for face in fonts.found()}
    assert not faces["BIZ UDPGothic"].has(*IPAMJ_ONLY)
    found = fonts.runs(f"a{IPAMJ_ONLY}{BIZUD_ONLY}", list(faces.values()))
    assert found == [
        ("BIZ UDPGothic", "a"),
        ("IPAmjMincho", IPAMJ_ONLY),
        ("BIZ UDPGothic", BIZUD_ONLY),
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("🐟", "U+1F41F"),
        ("邉\U000e01ef", "U+9089 U+E01EF"),
        ("a\U000e0100", "U+0061 U+E0100"),
        ("\ue000", "U+E000"),
    ],
)
@pytest.mark.parametrize("block", [Text, Heading, lambda text: Lines((text,))])
def test_missing_character_is_named_with_what_to_install(
    text: str, named: str, block: Callable[[str], Block], tmp_path: Path
) -> None:
    with pytest.raises(GlyphMissingError) as caught:
        printed(tmp_path, block(f"魚{text}。"))
    assert caught.value.facts["characters"] == named
    assert "fonts-ipamj-mincho" in str(caught.value.facts["packages"])
    assert list(tmp_path.iterdir()) == []


def test_machine_without_fonts_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "FOLDERS", (tmp_path,))
    with pytest.raises(FontMissingError):
        pdf([PAPER])


def test_folder_of_fonts_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, require_tool: Tool
) -> None:
    """Also when a file in it has a name that nobody here knows."""
    there = {face.family: face for face in fonts.found()}["IPAmjMincho"].files[0]
    folder = tmp_path / "fonts"
    folder.mkdir()
    (folder / "mine.ttf").symlink_to(there)
    monkeypatch.setattr(fonts, "FOLDERS", ())
    file = tmp_path / "paper.pdf"
    file.write_bytes(pdf([replace(PAPER, blocks=(Text("𠮷野"), Text(IPAMJ_ONLY)))], [folder]))
    assert [each[0] for each in fonts_of(require_tool, file)] == ["IPAmjMincho"]
