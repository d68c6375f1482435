"""A picture of what stands on the screen, to be read without a network and with any font.

Textual has one of its own. It fetches its font from the network, and takes every character for as
wide as a Latin one, so that Japanese is squeezed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final
from xml.sax.saxutils import escape

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import DEFAULT_TERMINAL_THEME as THEME

from mediabridge.kiosk.app import Kiosk

_COLUMN: Final = 8
_LINE: Final = 18
_BASE: Final = 14
"""Pixels: how wide a column is, how high a line, and where in it characters stand."""
_DIGEST: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]{8,64}(?![0-9a-f])")
_HEAD: Final = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" \
height="{height}" font-size="15" \
font-family="'BIZ UDGothic', 'Noto Sans Mono CJK JP', 'MS Gothic', monospace">
<rect width="{width}" height="{height}" fill="{colour}"/>
"""


def picture(app: Kiosk) -> str:
    """Return an SVG of the screen of *app*; of digests, others each time, only the length."""
    strips = app.screen._compositor.render_strips()
    width, height = app.size.width * _COLUMN, app.size.height * _LINE
    base = app.screen.styles.background.hex.lower()
    parts = [_HEAD.format(width=width, height=height, colour=base)]
    for row, strip in enumerate(strips):
        column = 0
        for text, style, _ in Segment.simplify(strip):
            parts += _run(_DIGEST.sub(_zeros, text), style or Style(), column, row, base)
            column += cell_len(text)
    return "".join([*parts, "</svg>\n"])


def _zeros(digest: re.Match[str]) -> str:
    return "0" * len(digest[0])


def _run(text: str, style: Style, column: int, row: int, base: str) -> Iterator[str]:
    """Yield what is drawn of *text*, of one *style*, from *column* of *row* on, over *base*."""
    ink, paper = (
        colour.get_truecolor(THEME, foreground=front).hex if colour else None
        for colour, front in ((style.color, True), (style.bgcolor, False))
    )
    if style.reverse:
        ink, paper = paper, ink
    if paper and paper != base:
        x, y, width = column * _COLUMN, row * _LINE, cell_len(text) * _COLUMN
        yield f'<rect x="{x}" y="{y}" width="{width}" height="{_LINE}" fill="{paper}"/>\n'
    weight = ' font-weight="bold"' if style.bold else ""
    for said, at, wide in _words(text):
        x, y, width = (column + at) * _COLUMN, row * _LINE + _BASE, wide * _COLUMN
        yield (
            f'<text x="{x}" y="{y}" textLength="{width}" fill="{ink}"{weight}>'
            f"{escape(said)}</text>\n"
        )


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each word of *text* of characters as wide as each other, its column and its width."""
    at = 0
    for _, found in groupby(_clusters(text), key=lambda each: (cell_len(each) > 1, each == " ")):
        said = "".join(found)
        if said.strip(" "):
            yield said, at, cell_len(said)
        at += cell_len(said)


def _clusters(text: str) -> Iterator[str]:
    """Yield each character with what takes no column of its own, such as a variation selector."""
    cluster = ""
    for each in text:
        if cluster and cell_len(each):
            yield cluster
            cluster = ""
        cluster += each
    if cluster:
        yield cluster
