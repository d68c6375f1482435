"""``mediabridge media slip``."""

from __future__ import annotations

from mediabridge.cli._context import Context
from mediabridge.cli._papers import Fonts, Html, Pdf, lay_out, require_files
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station
from mediabridge.cli.media import Number
from mediabridge.locale import text


def slip(
    context: Context, number: Number, *, html: Html = None, pdf: Pdf = None, fonts: Fonts = None
) -> Result:
    from mediabridge.report import slip as slips

    require_files(html, pdf)
    with open_station(context) as station:
        made = slips.slip_of(station, number)
    lines: list[str | Table] = [*lay_out([slips.paper(made)], html, pdf, fonts)]
    lines.append(text("Print it; it goes with the medium and is kept where it arrives."))
    return Result(lines, {**made.as_dict(), "html": html, "pdf": pdf})
