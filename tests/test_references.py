"""What the code and the documents refer to is there for every reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("mediabridge", "tests", "tools", "docs", "findings", "keys", "system", ".ci")
KINDS = frozenset({".py", ".md", ".toml", ".sh", ".bash", ".rules"})
NAMES = frozenset({"Makefile", "run"})

UNPUBLISHED = re.compile(
    r"\bblueprint\b|\blessons\b|\bissue (?:no\. )?#?[0-9]|``domain``"
    r"|\b(?:facts|domain|style|helpers)\.md\b",
    re.IGNORECASE,
)
"""The papers with which this project was begun; whoever inherits it has none of them."""

SECTION = re.compile(r"(format 1|[a-z-]+\.md\)?), section (\d+)")
PAGE = re.compile(r"\bdocs/[a-z0-9/-]+\.(?:md|xsd)\b")
DECISION = re.compile(r"\bADR (\d{4})\b")


def files() -> Iterator[Path]:
    yield from (path for path in ROOT.iterdir() if path.is_file())
    for folder in FOLDERS:
        yield from (path for path in (ROOT / folder).rglob("*") if path.is_file())


@cache
def texts() -> dict[str, str]:
    """Return what people have written, by its place; data is left out, and so is this file."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in files()
        if (path.suffix in KINDS or path.name in NAMES) and path != Path(__file__)
    }


def found(pattern: re.Pattern[str]) -> Iterator[tuple[str, re.Match[str]]]:
    for place, text in texts().items():
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{place}:{line}", match


def test_no_paper_is_cited_that_nobody_has() -> None:
    assert [f"{place}: {match[0]}" for place, match in found(UNPUBLISHED)] == []


@pytest.mark.parametrize(
    "cited",
    ["(blueprint section 6)", "lessons, no. 3", "(issue 2)", "``domain`` section 2.1"],
)
def test_such_a_paper_would_be_found(cited: str) -> None:
    assert UNPUBLISHED.search(cited)


def test_every_page_that_is_cited_is_there() -> None:
    cited = {(place, match[0]) for place, match in found(PAGE)}
    assert len(cited) > 10
    assert [each for each in cited if not (ROOT / each[1]).is_file()] == []


def test_every_decision_that_is_cited_is_there() -> None:
    there = {path.name[:4] for path in (ROOT / "docs" / "adr").glob("[0-9]*.md")}
    cited = {(place, match[1]) for place, match in found(DECISION)}
    assert cited
    assert [each for each in cited if each[1] not in there] == []


def test_every_section_that_is_cited_is_there() -> None:
    cited = {
        (place, "bundle.md" if match[1] == "format 1" else match[1].rstrip(")"), match[2])
        for place, match in found(SECTION)
    }
    assert len(cited) > 20
    wrong = []
    for place, page, number in cited:
        text = (ROOT / "docs" / "format" / page).read_text(encoding="utf-8")
        if f"\n## {number}. " not in text:
            wrong.append(f"{place}: {page}, section {number}")
    assert wrong == []
