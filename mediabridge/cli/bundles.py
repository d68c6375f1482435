"""``mediabridge bundles list`` and ``mediabridge bundles show``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station
from mediabridge.kinds import Kind
from mediabridge.locale import moment, n_, said, text
from mediabridge.shown.bundles import bundles_table, outcomes_table, result_said, summary_table

if TYPE_CHECKING:
    import typer


def list_(
    context: Context,
    *,
    every: Annotated[
        bool, typer.Option("--all", help=n_("List the answered ones of long ago as well."))
    ] = False,
) -> Result:
    from mediabridge.stations import bundles
    from mediabridge.stations.incoming.parking import kept
    from mediabridge.stations.removed import removed_among

    with open_station(context) as station:
        rows, whole = (station.books.bundles(), True) if every else bundles.listed(station)
        elsewhere, parked = station.books.elsewhere(), kept(station)
        removed = removed_among(station, rows)
    data = [
        {"bundle": row.bundle, "from": row.sender, "to": row.receiver, "seq": row.seq,
         "created": row.created, "records": row.records, "state": row.state,
         "removed": removed.get(row.bundle)}
        for row in rows
    ]  # fmt: skip
    lines: list[str | Table] = [bundles_table(rows, removed)]
    if not whole:
        lines.append(text("Older ones are not listed; --all lists them as well."))
    if elsewhere:
        cells = [[str(each.seq), each.receiver, str(each.records)] for each in elsewhere]
        lines += [
            text("Received by the other station; what they held is not known here any more:"),
            Table([text("no."), text("to"), text("records")], cells, right=frozenset({0, 2})),
        ]
    if parked:
        cells = [[str(each.seq), each.route.sender, each.bundle] for each in parked]
        lines += [
            text("Arrived early, kept until the numbers before them come:"),
            Table([text("no."), text("from"), text("bundle")], cells, right=frozenset({0})),
        ]
    early = [{"bundle": each.bundle, "from": each.route.sender, "seq": each.seq} for each in parked]
    return Result(lines, {"bundles": data, "whole": whole, "elsewhere": elsewhere, "parked": early})


def show(
    context: Context,
    bundle: Annotated[str, typer.Argument(help=n_("The first characters of its id."))],
    *,
    records: Annotated[bool, typer.Option("--records", help=n_("List every record."))] = False,
) -> Result:
    from mediabridge.stations import bundles
    from mediabridge.stations.books import BundleState
    from mediabridge.stations.outgoing.approvals import approved_by
    from mediabridge.stations.outgoing.prepared import sealed_summary
    from mediabridge.stations.removed import removed_among

    with open_station(context) as station:
        row = bundles.chosen(station, bundle, BundleState.SEALED)
        ours = row.direction == "out"
        if ours:
            # Of books that somebody edited, nothing is shown as if it had been approved.
            sealed_summary(station, row)
        approvers = (approved_by if ours else bundles.had_approved)(station, row.bundle)
        removed = removed_among(station, [row])
        outcomes = list(station.books.records_of(row.bundle))
    counts = Counter(result or "open" for _kind, _record, result, _reason in outcomes)
    lines: list[str | Table] = [
        bundles_table([row], removed),
        # Of one that came, what its sender's officers were shown was compared and not kept.
        *([summary_table(row.summary)] if ours else []),
        _approvals_said(approvers, removed.get(row.bundle)),
        outcomes_table(counts),
    ]
    if records:
        cells = [
            [said(Kind(kind)), record, result_said(result), bundles.outcome_said(result, reason)[1]]
            for kind, record, result, reason in outcomes
        ]
        lines.append(Table([text("kind"), text("record"), text("result"), text("reason")], cells))
    data = {
        "bundle": row.bundle,
        "state": row.state,
        "summary": row.summary,
        "approvers": approvers,
        "removed": removed.get(row.bundle),
        "outcomes": dict(counts),
        "records": [
            {"kind": kind, "record": record, "result": result, "reason": reason}
            for kind, record, result, reason in outcomes
        ]
        if records
        else [],
    }
    return Result(lines, data)


def _approvals_said(approvers: list[str], removed: str | None) -> str:
    if removed is None:
        return text("Approved by: {names}", names=", ".join(approvers) or "-")
    return text(
        "The sealed copy was removed by the retention rule ({time}); who approved it stands in the"
        " transfer log.",
        time=moment(removed),
    )
