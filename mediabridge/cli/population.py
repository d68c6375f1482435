"""``mediabridge population list`` and ``mediabridge population show``: reading only."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._population import came_data, shown_data, write_csv
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station
from mediabridge.errors import UsageError
from mediabridge.locale import n_, text
from mediabridge.shown.population import (
    asked_line,
    came_table,
    heading_line,
    newer_line,
    shown_lines,
    two_line,
)
from mediabridge.stations.population.looking import FindingKind

if TYPE_CHECKING:
    from mediabridge.stations.population.looking import Shown
    from mediabridge.stations.station import OpenStation

_PAGE: Final = 10
"""Findings on one page of a screen."""

Number = Annotated[
    int | None,
    typer.Argument(help=n_("The population's bundle number; otherwise the one that is open.")),
]
Kind = Annotated[FindingKind | None, typer.Option(help=n_("Only findings of this kind."))]
FindingNumber = Annotated[
    int | None, typer.Option("--finding", help=n_("Only the finding of this number."))
]


def list_(context: Context) -> Result:
    from mediabridge.stations.population import looking

    with open_station(context) as station:
        found = looking.came(station)
    data = {"populations": [came_data(each) for each in found]}
    if not found:
        return Result([text("No population has come.")], data)
    more = text("To look at what was found: mediabridge population show NUMBER")
    return Result([came_table(found), more], data)


def show(
    context: Context,
    number: Number = None,
    *,
    kind: Kind = None,
    finding: FindingNumber = None,
    after: Annotated[int, typer.Option(help=n_("Go on after the finding of this number."))] = 0,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", help=n_("Write all of them to this file instead."), dir_okay=False),
    ] = None,
) -> Result:
    from mediabridge.stations.population import deciding, looking

    if finding is not None and (kind is not None or after or csv is not None):
        raise UsageError(detail=text("--finding is about one finding; leave the rest out"))
    with open_station(context) as station:
        chosen = looking.named(station, number)
        found = looking.report(station, chosen, kind, after, whole=csv is not None)
        if csv is not None:
            return _written(context, station, csv, found)
        heading = heading_line(chosen.seq, chosen.extract.extract_id, chosen.extract.moment)
        lines: list[str | Table] = [heading]
        if finding is None:
            page = list(islice(found, _PAGE + 1))
        else:
            page = [looking.one(station, chosen, finding)]
        if not page:
            return Result([heading, text("Nothing waits for a decision.")], {"findings": []})
        seen: dict[str, Any] = {}
        if kind is not None or finding is not None:
            asked = deciding.asked(station, chosen, kind, finding)
            lines.append(asked_line(asked))
            if asked.newer is not None:
                lines.append(newer_line(asked.newer))
            elif asked.two:
                lines.append(two_line())
            seen = {"version": asked.seen.version, "count": asked.seen.count}
    shown, further = page[:_PAGE], page[_PAGE:]
    lines += [line for each in shown for line in shown_lines(each, context.lang)]
    lines += _more(chosen.seq, shown, further)
    data = {
        "seq": chosen.seq,
        "findings": [shown_data(each) for each in shown],
        "more": bool(further),
        **seen,
    }
    return Result(lines, data)


def _more(seq: int, shown: list[Shown], further: list[Shown]) -> list[str]:
    more = [
        text(
            "To decide on all of one kind: mediabridge population apply {seq} --kind KIND; on one:"
            " --finding NUMBER",
            seq=str(seq),
        ),
        text(
            "To leave the register as it is: mediabridge population reject {seq} --because WHY,"
            " with --kind or --finding, too",
            seq=str(seq),
        ),
    ]
    if further:
        last = str(shown[-1].number)
        more.insert(0, text("There are more. To go on: --after {number}", number=last))
    return more


def _written(context: Context, station: OpenStation, file: Path, found: Any) -> Result:
    from mediabridge.durable import appearing, require_plain
    from mediabridge.stations.population import looking

    require_plain(file.absolute())
    looking.check_report_file(station, file)
    with appearing(file.absolute()) as output:
        count = write_csv(output, found, context.lang)
    lines = [
        text("Findings written: {count}", count=str(count)),
        text("The file has residents' data: it stays on this machine. Delete it when it is done."),
    ]
    return Result(lines, {"findings": count, "file": str(file)})
