"""What is overdue or missing, how far the peers have seen, and the entries that were linked."""

from __future__ import annotations

from mediabridge.locale import text, translate
from mediabridge.report import words
from mediabridge.report.layout import Grid, Section, place
from mediabridge.report.model import Report
from mediabridge.report.parts.shared import bundle_headings, time
from mediabridge.report.period import short_moment


def overdue(report: Report) -> Section:
    """Return the bundles without a receipt, and the trips that took longer than planned."""
    bundles = tuple(
        (
            *words.bundle(each.about),
            time(report, each.sealed),
            each.days,
            text("has left") if each.left else text("has not left"),
            each.refs,
        )
        for each in report.overdue
    )
    trips = tuple(
        (
            each.medium,
            words.route(each.route),
            each.trip,
            each.holder,
            time(report, each.issued),
            time(report, each.returned) or text("under way"),
            each.planned,
            each.took,
            each.refs,
        )
        for each in report.long_trips
    )
    return Section(
        "overdue",
        text("Overdue: bundles without a receipt, and long trips"),
        (text("As it was on {when}.", when=_written(report)),),
        (),
        (
            Grid(
                text("Bundles without a receipt for too long"),
                (*bundle_headings(), text("sealed"), text("days"), text("state"), text("entries")),
                bundles,
                report.more.get("overdue", 0),
            ),
            Grid(
                text("Trips that took longer than planned"),
                (
                    text("medium"),
                    text("route"),
                    text("trip"),
                    text("with"),
                    text("issued"),
                    text("returned"),
                    text("planned (min)"),
                    text("took (min)"),
                    text("entries"),
                ),
                trips,
                report.more.get("long_trips", 0),
            ),
        ),
    )


def gaps(report: Report) -> Section:
    """Return the numbers that are missing in a log."""
    rows = tuple(
        (
            each.station,
            words.route(each.route),
            each.first,
            each.last,
            translate(each.absence.sentence),
            each.refs,
        )
        for each in report.gaps
    )
    headings = (
        text("log of"),
        text("route"),
        text("first number"),
        text("last number"),
        text("explanation"),
        text("entries"),
    )
    lines = (text("Over the whole of the logs up to the end of the period, not the period alone."),)
    grid = Grid(text("Missing numbers"), headings, rows)
    return Section("gaps", text("Gaps in the numbers"), lines, (), (grid,))


def entries(report: Report) -> Section:
    """Return the entries that the other parts are linked to, for whoever looks them up."""
    rows = tuple(
        (
            place(each.ref),
            time(report, each.time),
            each.event,
            each.actor,
            ", ".join(f"{name}={_said(fact)}" for name, fact in sorted(each.facts.items())),
        )
        for each in report.entries
    )
    headings = text("log entry"), text("time"), text("log event"), text("who"), text("facts")
    lines = (
        text(
            "As they stand in the logs, without their signatures. What an event and a fact are is"
            " told in docs/format/transfer-log.md; all of an entry shows mediabridge audit show."
        ),
    )
    grid = Grid(text("Entries that are linked"), headings, rows)
    return Section("entries", text("Entries"), lines, (), (grid,))


def witnesses(report: Report) -> Section:
    """Return how far the stations have seen each other's logs."""
    rows = tuple(
        (each.peer, each.seen, each.entries, time(report, each.seen_at), each.silent,
         each.held, time(report, each.held_last), each.held_silent)
        for each in report.witnesses
    )  # fmt: skip
    headings = (
        text("peer"),
        text("seen by it"),
        text("of our entries"),
        text("seen at"),
        text("days since"),
        text("of its entries"),
        text("newest"),
        text("days since"),
    )
    return Section(
        "witnesses",
        text("Witnesses: how far the stations have seen each other's logs"),
        (
            text(
                "As it was when the report was made, whatever the period. Days are counted to the"
                " newest entry of this station's log. What no peer has seen is known here alone."
            ),
        ),
        (),
        (Grid(text("By peer"), headings, rows),),
    )


def _written(report: Report) -> str:
    return short_moment(report.period.local(report.as_of))


def _said(fact: object) -> str:
    return " ".join(map(str, fact)) if isinstance(fact, list) else str(fact)
