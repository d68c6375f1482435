"""The page of the first day: the same lines in both languages, and those of the other manuals."""

import re
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"


def lines_of(page: str) -> list[str]:
    """Return all lines that *page* gives to a shell."""
    text = (DOCS / page).read_text("utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def test_both_languages_have_the_same_lines() -> None:
    english = lines_of("operations/first-day.md")
    assert english == lines_of("ja/first-day.md") != []


def test_the_watch_begins_as_the_manual_of_installing_has_it() -> None:
    last = lines_of("operations/first-day.md")[-4:]
    assert "systemctl enable --now mediabridge-watch.service" in last
    assert set(last) <= set(lines_of("operations/install.md"))
