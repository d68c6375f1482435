"""``mediabridge held list`` and ``mediabridge held show``: reading only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from mediabridge.cli._context import Context
from mediabridge.cli._held import held_data, looked_data
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station
from mediabridge.locale import n_, said, text
from mediabridge.shown.held import looked_lines

if TYPE_CHECKING:
    import typer


def list_(context: Context) -> Result:
    from mediabridge.stations import held

    with open_station(context) as station:
        found = list(held.listed(station))
        findings = held.require_register(station).findings()
    data: dict[str, Any] = {"held": [held_data(each) for each in found], "findings": findings}
    compared = [_compared(findings)] if findings else []
    if not found:
        return Result([*compared] or [text("Nothing waits for a decision.")], data)
    headings = [text("notice number"), text("event"), text("why")]
    rows = [[each.record, each.event, said(each.reason)] for each in found]
    more = [
        text("To go through them one after the other: mediabridge held resolve"),
        text("To look at one of them: mediabridge held show NOTICE-NUMBER"),
    ]
    return Result([Table(headings, rows), *more, *compared], data)


def _compared(findings: int) -> str:
    return text(
        "Findings of populations that wait besides: {count}. To look at them: mediabridge"
        " population list",
        count=str(findings),
    )


def show(
    context: Context,
    record: Annotated[str, typer.Argument(help=n_("The notice's number; see: held list."))],
) -> Result:
    from mediabridge.stations import held

    with open_station(context) as station:
        found = held.chosen(station, record)
    more = text("To decide: mediabridge held resolve {record}", record=found.held.record)
    lines = [*looked_lines(found, context.lang), *([] if found.decided else [more])]
    return Result(lines, looked_data(found))
