"""The paper form on which a fingerprint goes from one room to another, and its QR code.

One page to print, with blank lines for names, dates and signatures that are filled in by hand:
nothing personal is in the file. It needs no network, no script and no font of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Final

import segno

from mediabridge.locale import Language, language, text
from mediabridge.trust.fingerprint import Fingerprint

_QUIET: Final = 4
"""Light modules around the code, as ISO/IEC 18004 asks."""

_STYLE: Final = """
@page { size: A4; margin: 18mm }
body { font-family: "Noto Sans JP", "Noto Sans CJK JP", "Yu Gothic", sans-serif; max-width: 174mm;
  margin: 0 auto; color: #000; background: #fff }
h1 { font-size: 18pt; margin: 0 0 4mm } h2 { font-size: 12pt; margin: 6mm 0 2mm }
.mode { float: right; border: 0.7mm solid #000; padding: 1mm 4mm; font-weight: bold }
.live { background: #1a3fb0; color: #fff } .training { background: #ffe94d }
ol { columns: 3; list-style-position: inside; padding: 0; margin: 0; font-size: 14pt }
li { padding: 1mm 0; break-inside: avoid }
code { font-size: 9pt; overflow-wrap: anywhere } svg { width: 42mm; height: 42mm }
table { border-collapse: collapse; width: 100% }
td, th { border: 0.3mm solid #000; height: 11mm; padding: 1mm 2mm; text-align: left }
th { width: 34mm } td.check { width: 8mm }
@media print { .mode { print-color-adjust: exact; -webkit-print-color-adjust: exact } }
"""


@dataclass(frozen=True)
class Form:
    """What a form is about."""

    title: str
    about: tuple[tuple[str, str], ...]
    """Lines such as the city and the station: what it is called, and what it is."""
    mode: str | None
    """Live or training; None for a bare root, which does not say."""
    fingerprint: Fingerprint
    steps: tuple[str, ...]
    """What the two people do, in order."""


def code_lines(fingerprint: Fingerprint) -> list[str]:
    """Return the QR code as lines for a dark terminal, two modules in the height of a character."""
    code = segno.make_qr(fingerprint.hex.upper(), error="m")
    rows = [list(row) for row in code.matrix_iter(border=_QUIET)]
    rows += [[0] * len(rows[0])] * (len(rows) % 2)
    blocks = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
    return [
        "".join(blocks[bool(above), bool(below)] for above, below in zip(*pair, strict=True))
        for pair in zip(rows[::2], rows[1::2], strict=True)
    ]


def page(form: Form) -> str:
    """Return *form* as one page of HTML, in the language in use, with the words of both lists."""
    return "".join(_page(form))


def _page(form: Form) -> Iterator[str]:
    yield f'<!DOCTYPE html>\n<html lang="{language()}">\n<head><meta charset="utf-8">\n'
    yield f"<title>{escape(form.title)}</title>\n<style>{_STYLE}</style></head>\n<body>\n"
    if form.mode is not None:
        mode = {"live": text("LIVE"), "training": text("TRAINING")}[form.mode]
        yield f'<p class="mode {form.mode}">{escape(mode)}</p>\n'
    yield f"<h1>{escape(form.title)}</h1>\n"
    yield _table(form.about)
    yield f"<h2>{escape(text('Fingerprint in words'))}</h2>\n"
    for each in sorted(Language, key=lambda one: one is not language()):
        words = "".join(f"<li>{escape(word)}</li>" for word in form.fingerprint.words(each))
        yield f'<ol lang="{each}">{words}</ol>\n'
    yield f"<h2>{escape(text('Fingerprint for a camera (SHA-256)'))}</h2>\n"
    code = segno.make_qr(form.fingerprint.hex.upper(), error="m")
    yield code.svg_inline(border=_QUIET, scale=1, omitsize=True)
    yield f"\n<p><code>{form.fingerprint.hex}</code></p>\n"
    yield f"<h2>{escape(text('What to do'))}</h2>\n<table>\n"
    for step in form.steps:
        yield f'<tr><td class="check"></td><td>{escape(step)}</td></tr>\n'
    yield f"</table>\n<h2>{escape(text('To be filled in by hand'))}</h2>\n"
    yield _table(tuple((label, "") for label in _blanks()))
    yield "</body>\n</html>\n"


def _table(rows: tuple[tuple[str, str], ...]) -> str:
    cells = "".join(
        f"<tr><th>{escape(label)}</th><td>{escape(value)}</td></tr>\n" for label, value in rows
    )
    return f"<table>\n{cells}</table>\n"


def _blanks() -> tuple[str, ...]:
    return (
        text("Made on (date)"),
        text("Made by (name, signature)"),
        text("Compared on (date)"),
        text("Compared by (name, signature)"),
        text("Witness (name, signature)"),
        text("Remarks"),
    )
