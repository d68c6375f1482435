"""Papers as one page of HTML: without a script, a picture from elsewhere or an address."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

from mediabridge.printed import Code, Mono, Paper, Picture
from mediabridge.report.extra import library
from mediabridge.report.qr import as_svg

if TYPE_CHECKING:
    from markupsafe import Markup


def page(papers: Sequence[Paper]) -> str:
    """Return *papers* as one page of HTML, each of which begins a new sheet in print.

    Raises:
        ReportLibraryError: the library is not installed.
    """
    with library():
        import jinja2  # noqa: PLC0415 - of an extra: who makes no report needs none
    template = (files(__package__) / "templates/paper.html").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    shown = {"cell": _cell, "qr": _qr, "drawn": _drawn}
    return environment.from_string(template).render(papers=papers, **shown)


def _cell(value: str) -> str | Markup:
    from markupsafe import Markup  # noqa: PLC0415 - of the extra

    return Markup("<code>{}</code>").format(value) if isinstance(value, Mono) else value


def _qr(code: Code) -> Markup:
    from markupsafe import Markup  # noqa: PLC0415 - of the extra

    return Markup(as_svg(code.data))  # noqa: S704 - drawn here, of black and white squares


def _drawn(picture: Picture) -> Markup:
    from markupsafe import Markup  # noqa: PLC0415 - of the extra

    return Markup(picture.svg)  # noqa: S704 - drawn here; whoever drew it escaped its texts
