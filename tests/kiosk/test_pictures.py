"""The pictures of the manuals are what the screen shows today."""

from __future__ import annotations

import re

import pytest
from kiosk.scenes import FOLDER, drawn

pytestmark = pytest.mark.in_turns


def test_pictures_of_the_manuals_are_what_stands_there_now() -> None:
    """``make pictures`` draws them anew; look at each before it goes in."""
    kept = {path.stem: path.read_text("utf-8") for path in FOLDER.glob("*.svg")}
    found = drawn()
    assert {name for name in {*found, *kept} if found.get(name) != kept.get(name)} == set()


def test_each_picture_stands_in_a_manual() -> None:
    pages = "".join(page.read_text("utf-8") for page in FOLDER.parents[1].rglob("*.md"))
    shown = set(re.findall(r"\(\S*pictures/(\S+)\.svg\)", pages))
    assert shown == {path.stem for path in FOLDER.glob("*.svg")}
