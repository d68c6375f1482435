"""The report as one page that needs nothing but itself: no script, no address, no other file.

The same report is the same page, byte by byte: what it says of a time is of the logs.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import date
from typing import BinaryIO, Final

from mediabridge.locale import language, text
from mediabridge.report.charts import drawn
from mediabridge.report.extra import library
from mediabridge.report.heading import about, signed, title, training_mark
from mediabridge.report.layout import Cell, is_number, place, shown
from mediabridge.report.model import Ref, Report
from mediabridge.report.sections import sections

_STYLE: Final = "report.css"
_PAGE: Final = "report.html"
_WORD: Final = 24
"""Longer words, such as a hash, are broken where a column ends."""
_PIECES: Final = 64
"""So many pieces of the page are written at once."""


def write(report: Report, file: BinaryIO) -> None:
    """Write *report* to *file* as HTML in UTF-8, in the language in use.

    Raises:
        ReportLibraryError: the library is not installed.
        OSError: it cannot be written.
    """
    with library():
        import jinja2  # noqa: PLC0415 - of an extra: who makes no report needs none
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("mediabridge.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    page = environment.get_template(_PAGE).stream(
        report=report,
        language=language().value,
        style_source=_source_of(environment.get_template(_STYLE).render()),
        title=title(),
        training=training_mark(report),
        about=about(report),
        signed=signed(),
        contents=text("Contents"),
        nothing=text("There is none."),
        more=lambda count: text("{count} more are not listed.", count=count),
        sections=sections(report),
        drawn=drawn,
        anchor=anchor,
        place=place,
        shown=shown,
        links=_is_links,
        number=is_number,
        fixed=_is_fixed,
        long=_is_long,
    )
    page.enable_buffering(_PIECES)
    page.dump(file, encoding="utf-8")


def anchor(ref: Ref) -> str:
    """Return the name of the place in the page where an entry is listed."""
    return f"entry-{ref.station}-{ref.number}"


def _source_of(style: str) -> str:
    """Return by what the page allows this one style, and no other."""
    digest = hashlib.sha256(style.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _is_links(cell: Cell) -> bool:
    return isinstance(cell, tuple)


def _is_fixed(cell: Cell) -> bool:
    """Tell whether *cell* is never broken into two lines: a time, and a short word."""
    if isinstance(cell, str):
        return len(cell) <= _WORD and " " not in cell
    return isinstance(cell, date)


def _is_long(cell: Cell) -> bool:
    """Tell whether *cell* has a word that is broken wherever its column ends."""
    return isinstance(cell, str) and any(len(word) > _WORD for word in cell.split())
