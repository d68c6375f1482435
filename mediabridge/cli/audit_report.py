"""``mediabridge audit report``: what the transfer logs say of a period, as files to be kept."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._papers import Fonts, Html, Pdf
from mediabridge.cli._result import Result
from mediabridge.cli._station import open_station
from mediabridge.config import REPORT_DAYS
from mediabridge.errors import ReportExistsError, UsageError
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from mediabridge.report.model import Report
    from mediabridge.report.period import Period
    from mediabridge.stations.station import OpenStation

Writer = Callable[["Report", "OpenStation", BinaryIO], object]
"""Writes a report of a station that is open to a file."""


def report(
    context: Context,
    first: Annotated[str, typer.Option("--from", metavar="DAY", help=n_("The first day."))],
    last: Annotated[str, typer.Option("--to", metavar="DAY", help=n_("The last day, included."))],
    *,
    html: Html = None,
    pdf: Pdf = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", help=n_("The Excel file to write."), dir_okay=False)
    ] = None,
    fonts: Fonts = None,
) -> Result:
    period = _period(context, first, last)
    wanted: dict[str, tuple[Path | None, Writer]] = {
        "html": (html, _html),
        "pdf": (pdf, lambda made, _, file: file.write(_pdf(made, fonts or ()))),
        "xlsx": (xlsx, _xlsx),
    }
    files = {name: (path.absolute(), how) for name, (path, how) in wanted.items() if path}
    _require_new([path for path, _ in files.values()])
    with open_station(context) as station:
        made = _made(station, period, files.values())
    return _told(made, {name: path for name, (path, _) in files.items()})


def _made(station: OpenStation, period: Period, files: Any) -> Report:
    """Make the report and all of its files; none has its name before each of them is whole."""
    from mediabridge.durable import appearing
    from mediabridge.report.reading import make

    made = make(station, period)
    with ExitStack() as appear:
        for path, write in files:
            write(made, station, appear.enter_context(appearing(path, mode=0o644)))
    return made


def _period(context: Context, first: str, last: str) -> Period:
    from mediabridge.report.period import Period
    from mediabridge.stations.home import Home, zone_of_screens

    begin, end = _day("--from", first), _day("--to", last)
    if begin > end:
        raise UsageError(detail=text("the last day is before the first"))
    if (end - begin).days >= REPORT_DAYS:
        raise UsageError(
            detail=text("the longest period of a report in days: {days}", days=REPORT_DAYS)
        )
    return Period(begin, end, zone_of_screens(Home(context.home)))


def _day(option: str, given: str) -> date:
    try:
        day = date.fromisoformat(given)
    except ValueError:
        day = None
    # Other forms that Python takes are not what anybody means here.
    if day is None or day.isoformat() != given or not 1970 < day.year < 9999:  # noqa: PLR2004
        raise UsageError(detail=text("{option} is a day, written YYYY-MM-DD", option=option))
    return day


def _require_new(files: list[Path]) -> None:
    """Refuse to write nothing, or in the place of anything that is there.

    Raises:
        UsageError: no file is given, or one twice.
        ReportExistsError, OSError: there is a file of that name, or what is none.
    """
    from mediabridge.durable import require_plain

    if not files:
        raise UsageError(detail=text("--html, --pdf or --xlsx is needed"))
    if len(set(files)) < len(files):
        raise UsageError(detail=text("each file needs a name of its own"))
    for file in files:
        require_plain(file)
        if file.exists():
            raise ReportExistsError(name=file.name)


def _html(made: Report, _: OpenStation, file: BinaryIO) -> None:
    from mediabridge.report import html

    html.write(made, file)


def _pdf(made: Report, fonts: Any) -> bytes:
    from mediabridge.report import pdf, signed

    return pdf.pdf([signed.paper(made)], fonts)


def _xlsx(made: Report, station: OpenStation, file: BinaryIO) -> None:
    from mediabridge.report import heading, ledger, sheets, workbook

    found = [*sheets.of(made), *ledger.sheets(station, made.period)]
    workbook.write(file, found, title=heading.title(), made=made.as_of)


def _told(made: Report, files: dict[str, Path]) -> Result:
    from mediabridge.report import heading

    looked = len(made.anomalies) + made.more["anomalies"]
    lines = [
        *(text("{title}: {file}", title=heading.title(), file=path) for path in files.values()),
        text("Things to look at: {count}", count=looked),
        text("Made of the log entries: {logs}", logs=", ".join(map(_log, made.logs))),
    ]
    logs = [{"station": each.station, "size": each.size, "root": each.root} for each in made.logs]
    named = {name: str(path) for name, path in files.items()}
    return Result(lines, {"files": named, "anomalies": looked, "logs": logs})


def _log(read: Any) -> str:
    return f"{read.station} {read.size} ({read.root})"
