"""``mediabridge status``."""

from __future__ import annotations

from mediabridge.bundle.header import Mode
from mediabridge.cli._context import Context
from mediabridge.cli._result import Result, Table
from mediabridge.cli._sent_back import sent_back_lines
from mediabridge.cli._show import bundles_table, outcomes_table
from mediabridge.cli._station import open_station
from mediabridge.locale import text


def status(context: Context) -> Result:
    with open_station(context) as station:
        seen = station.status()
    lines: list[str | Table] = [
        text("Station {station}, {mode}", station=seen.station, mode=Mode.of(seen.mode)),
        text("Collected, not yet sealed; records: {count}", count=seen.waiting_records),
        text("Receipts to carry: {count}", count=seen.due_receipts),
        text("Held for a decision: {count}", count=seen.held),
    ]
    lines += sent_back_lines(seen.sent_back)
    if seen.under_way:
        lines += [text("On their way:"), bundles_table(seen.under_way)]
    if seen.overdue:
        lines += [text("OVERDUE, no receipt yet:"), bundles_table(seen.overdue)]
    if seen.done:
        lines.append(text("Nothing is left to carry."))
    lines += [text("Own records:"), outcomes_table(seen.outcomes)]
    return Result(lines, seen.as_dict())
