"""What was refused, and what somebody should look at."""

from __future__ import annotations

from collections import Counter

from mediabridge.locale import text, translate
from mediabridge.report import words
from mediabridge.report.layout import Bars, Grid, Section
from mediabridge.report.model import Anomaly, AnomalyKind, Report, Roles
from mediabridge.report.parts.shared import time


def refusals(report: Report) -> Section:
    """Return what was refused or failed, by reason."""
    counts = Counter[str]()
    for each in report.refusals:
        counts[each.reason or each.event] += each.count
    bars = (
        Bars(
            text("Refusals and failures by reason"),
            text("{count} in all.", count=counts.total()),
            tuple(counts.most_common()),
        ),
    )
    return Section(
        "refusals",
        text("Refusals and failures by reason"),
        (
            text(
                "What a reason means, and what is to be done, stands in docs/reasons.md. A refusal"
                " is no fault of the station that refused: nothing was taken."
            ),
        ),
        bars if counts else (),
        (
            Grid(
                text("By reason"),
                (
                    text("station"),
                    text("log event"),
                    text("reason"),
                    text("count"),
                    text("entries"),
                ),
                tuple(
                    (each.station, words.event(each.event), each.reason, each.count, each.refs)
                    for each in report.refusals
                ),
            ),
        ),
    )


def anomalies(report: Report) -> Section:
    """Return what somebody should look at, kind by kind."""
    grids = tuple(_anomalies_of(report, kind) for kind in AnomalyKind)
    more = report.more.get("anomalies", 0)
    lines = (
        text(
            "Things to look at and to ask about, found by fixed measures. But for alarms, none of"
            " them proves a fault, and what is not listed is not proved to be right."
        ),
        *((text("{count} more are not listed.", count=more),) if more else ()),
    )
    return Section("anomalies", text("Things to look at"), lines, (), grids)


def _anomalies_of(report: Report, kind: AnomalyKind) -> Grid:
    rows = tuple(
        (time(report, each.time), each.station, each.actor, _what(each), each.count, each.refs)
        for each in report.anomalies
        if each.kind is kind
    )
    headings = (
        text("first at"),
        text("station"),
        text("who"),
        text("what happened"),
        text("entries"),
        text("the first of them"),
    )
    return Grid(translate(kind.sentence), headings, rows)


def _what(each: Anomaly) -> str:
    if each.kind is AnomalyKind.SAME_PERSON:
        return translate(Roles.of(each.what).sentence)
    if each.usual:
        fewest, most = each.usual
        return text(
            "records: {count}; usual are {fewest} to {most}",
            count=each.what,
            fewest=fewest,
            most=most,
        )
    return words.event(each.what)
