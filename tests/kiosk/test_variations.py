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
