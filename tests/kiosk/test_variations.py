"""Kanji with a variation are sent as slanted type, for which the own screen has a font."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from mediabridge.kiosk.widgets import plain

ROOT = Path(__file__).resolve().parents[2]
SLANTED = re.compile("\x1b\\[3m(.*?)\x1b\\[0m")


def sent(lines: str) -> str:
    out = StringIO()
    Console(file=out, force_terminal=True, color_system="standard", width=80).print(plain(lines))
    return out.getvalue()


@pytest.mark.parametrize("selector", ["\U000e0101", "\U000e0102", "\U000e01ef"])
def test_variation_is_slanted_with_its_kanji_and_nothing_else(selector: str) -> None:
    said = sent(f"渡辺{selector}一郎\n邉{selector}")
    assert SLANTED.findall(said) == [f"辺{selector}", f"邉{selector}"]
    assert re.sub("\x1b\\[[0-9]*m", "", said) == f"渡辺{selector}一郎\n邉{selector}\n"


@pytest.mark.parametrize("name", ["渡辺一郎", "葛\U000e0100", "神\ufe00戸", "", " \U000e0102"])
def test_what_the_upright_font_has_stays_upright(name: str) -> None:
    assert SLANTED.findall(sent(name)) == []


def test_slanted_type_of_the_own_screen_is_the_font_with_the_variations() -> None:
    script = (ROOT / "system/screen/screen").read_text(encoding="utf-8")
    fonts = dict(re.findall(r'--override="main\.(font[a-z-]*)=\$(\w+)', script))
    assert fonts == {"font": "gothic", "font-italic": "mincho", "font-bold-italic": "mincho"}
    assert 'mincho="IPAmjMincho:' in script


def test_a_character_that_no_japanese_font_has_is_drawn_by_another() -> None:
    script = (ROOT / "system/screen/screen").read_text(encoding="utf-8")
    given = re.findall(r'--override="main\.font[a-z-]*=(.*)"', script)
    assert [each.split(",")[-1].split(":")[0] for each in given] == ["$other"] * 3
    (family,) = re.findall(r'other="([^:]*):', script)
    assert f",{family}\n" in (ROOT / "system/screen/foot.ini").read_text(encoding="utf-8")
    assert "fonts-droid-fallback" in (ROOT / "packaging/debian/control").read_text("utf-8")
