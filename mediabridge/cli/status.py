"""``mediabridge status``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediabridge.bundle.header import Mode
from mediabridge.cli._context import Context
from mediabridge.cli._result import Result, Table
from mediabridge.cli._sent_back import sent_back_lines
from mediabridge.cli._show import bundles_table, outcomes_table
from mediabridge.cli._station import open_station
from mediabridge.locale import moment, text

if TYPE_CHECKING:
    from mediabridge.stations.expiry import Expiring
    from mediabridge.stations.witnessed import Witnessed


def status(context: Context) -> Result:
    from mediabridge.stations.expiry import urgent_of

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
    if seen.to_compare:
        peers = ", ".join(seen.to_compare)
        lines.append(
            text("RESTORED from a backup; still to be compared with: {peers}", peers=peers)
        )
    lines += map(_witnessed, seen.witnessed)
    lines.append(text("Recipient keys that open what comes in: {count}", count=seen.recipient_keys))
    if seen.escrow_drill:
        lines.append(text("Last drill of the escrow key: {time}", time=moment(seen.escrow_drill)))
    if seen.done:
        lines.append(text("Nothing is left to carry."))
    lines += [text("Own records:"), outcomes_table(seen.outcomes)]
    if seen.expiring:
        lines += [text("Runs out soon:"), _expiring_table(seen.expiring)]
    urgent = urgent_of(seen.expiring)
    if urgent is not None:
        return Result(lines, seen.as_dict(), urgent.exit_code, urgent.reason)
    return Result(lines, seen.as_dict())


def _witnessed(one: Witnessed) -> str:
    if one.time is None:
        return text("{peer} has not witnessed our transfer log yet", peer=one.peer)
    return text(
        "{peer} has witnessed our transfer log; entries: {seen} of {entries}, at {time}",
        peer=one.peer,
        seen=one.seen,
        entries=one.entries,
        time=moment(one.time),
    )


def _expiring_table(found: list[Expiring]) -> Table:
    from mediabridge.stations.expiry import KINDS

    rows = [
        [text(KINDS[each.kind], name=each.name), moment(each.until), str(each.days)]
        for each in found
    ]
    return Table([text("what"), text("until"), text("days left")], rows, right=frozenset({2}))
