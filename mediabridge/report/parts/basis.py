"""What a report was made of, what it goes by, and the whole of it in a few figures."""

from __future__ import annotations

from mediabridge.config import (
    REPORT_CLOSES,
    REPORT_FAILURES,
    REPORT_OPENS,
    USUAL_BUNDLES,
    USUAL_ENOUGH,
    USUAL_FACTOR,
)
from mediabridge.locale import text
from mediabridge.report.layout import Cell, Grid, Section
from mediabridge.report.model import Absence, Report
from mediabridge.report.parts.shared import all_of, time


def basis(report: Report) -> Section:
    """Return which logs the report was made of, and by what measures."""
    own, copy = text("this station's own"), text("copy of the peer's")
    logs = tuple(
        (each.station, own if each.own else copy, each.size, each.root, time(report, each.last))
        for each in report.logs
    )
    headings = (
        text("station"),
        text("log"),
        text("entries"),
        text("root of the log"),
        text("newest entry"),
    )
    lines = (
        text(
            "Made of nothing but these logs and this station's register of media, which stands"
            " outside the logs. The roots were computed again of the entries that were read;"
            " compare them with those that the verifier of a pack of the same visit shows."
        ),
        text(
            "A log shows what was written down, in its order. It does not show that all was"
            " written down, and times are those of the stations' clocks."
        ),
    )
    grids = (
        Grid(text("Logs"), headings, logs),
        Grid(text("What this report goes by"), (text("measure"), text("value")), _measures(report)),
    )
    return Section("basis", text("What this report was made of"), lines, (), grids)


def summary(report: Report) -> Section:
    """Return the period in a few figures."""
    unexplained = sum(each.absence is Absence.UNEXPLAINED for each in report.gaps)
    rows: tuple[tuple[Cell, ...], ...] = (
        (text("bundles sealed"), sum(each.sealed for each in report.days)),
        (text("records in them"), sum(each.records for each in report.days)),
        (text("bundles answered by a receipt"), sum(each.answered for each in report.days)),
        (text("refusals and failures"), sum(each.count for each in report.refusals)),
        (text("bundles overdue"), all_of(report, "overdue", report.overdue)),
        (text("trips longer than planned"), all_of(report, "long_trips", report.long_trips)),
        (text("one person in two roles"), all_of(report, "not_separated", report.not_separated)),
        (text("missing numbers without an explanation"), unexplained),
        (text("things to look at"), all_of(report, "anomalies", report.anomalies)),
    )
    grid = Grid(text("The period in figures"), (text("figure"), text("count")), rows)
    return Section("summary", text("Summary"), (), (), (grid,))


def _measures(report: Report) -> tuple[tuple[Cell, ...], ...]:
    overdue = ", ".join(
        text("to {station}: {count} d", count=days, station=station)
        for station, days in report.overdue_days.items()
    )
    return (
        (text("times"), text("on the clock of the office ({zone})", zone=zone_of(report))),
        (
            text("office hours"),
            text(
                "Monday to Friday, {opens}:00 to {closes}:00; holidays are not known",
                opens=REPORT_OPENS,
                closes=REPORT_CLOSES,
            ),
        ),
        (text("a bundle without a receipt is overdue after"), overdue),
        (
            text("an unusual number of records"),
            text(
                "more than {factor} times the most, or less than 1/{factor} of the fewest, of those"
                " before it with records (number: {count}; at least: {enough})",
                factor=USUAL_FACTOR,
                count=USUAL_BUNDLES,
                enough=USUAL_ENOUGH,
            ),
        ),
        (
            text("a failure is repeated"),
            text("if it happened so often on one day: {count}", count=REPORT_FAILURES),
        ),
    )


def zone_of(report: Report) -> str:
    """Return what the clock of the office is called."""
    return report.period.local(report.as_of).tzname() or ""
