"""``mediabridge outcomes``: what has to be sent elsewhere, or otherwise, by whoever sent it."""

from __future__ import annotations

from dataclasses import asdict

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station
from mediabridge.locale import moment, text, translate
from mediabridge.shown.bundles import outcomes_table, result_said


def outcomes(context: Context) -> Result:
    from mediabridge.stations.bundles import outcome_said
    from mediabridge.stations.rerouting import returned

    with open_station(context) as station:
        counts = station.books.outcome_counts()
        found = list(returned(station))
    data = {
        "outcomes": counts,
        "returned": [
            {**asdict(each.own), "next_step": each.next_step} for each in found
        ],
    }  # fmt: skip
    lines: list[str | Table] = [outcomes_table(counts)]
    if not found:
        return Result([*lines, text("Nothing has to be sent elsewhere or otherwise.")], data)
    headings = [text("record"), text("result"), text("reason"), text("moved to"),
                text("decided"), text("next step")]  # fmt: skip
    rows = [
        [
            each.own.record,
            result_said(each.own.result),
            outcome_said(each.own.result, each.own.reason)[1],
            each.own.next_municipality or "",
            moment(each.own.decided_at) if each.own.decided_at else "",
            translate(each.next_step),
        ]
        for each in found
    ]
    lines += [text("To be sent elsewhere or otherwise:"), Table(headings, rows)]
    return Result(lines, data)
