"""What stands at the head of a report, whatever it is laid out as."""

from __future__ import annotations

from mediabridge.locale import text
from mediabridge.report.model import Report
from mediabridge.report.parts.basis import zone_of
from mediabridge.report.period import short_moment, written_day


def title() -> str:
    """Return what the paper is called."""
    return text("Report on transfers")


def training_mark(report: Report) -> str:
    """Return what marks the paper of a training station; nothing for a live one."""
    if not report.training:
        return ""
    return text("Training: this report is about invented data, and is evidence of nothing.")


def about(report: Report) -> tuple[tuple[str, str], ...]:
    """Return what the report is about, as terms and values."""
    period = report.period
    days = text("{first} to {last}", first=written_day(period.first), last=written_day(period.last))
    until = short_moment(period.local(report.as_of))
    return (
        (text("City"), report.city),
        (text("Made at the station"), report.station),
        (text("Period"), days),
        (text("Entries read up to"), f"{until} ({zone_of(report)})"),
    )


def signed() -> tuple[str, ...]:
    """Return who signs the paper, or puts a seal on it."""
    return text("Prepared by"), text("Checked by"), text("Approved by")
