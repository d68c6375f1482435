"""What the parts of a report have in common: times, bundles, and how many there were in all."""

from __future__ import annotations

from datetime import datetime

from mediabridge.locale import text
from mediabridge.report.model import Report


def time(report: Report, utc: str) -> datetime | None:
    """Return the instant *utc* on the clock of the office; None for an empty text."""
    return report.period.local(utc) if utc else None


def bundle_headings() -> tuple[str, str, str]:
    """Return the headings over what :func:`mediabridge.report.words.bundle` returns."""
    return text("route"), text("no."), text("bundle")


def all_of(report: Report, name: str, kept: tuple[object, ...]) -> int:
    """Return how many lines the list *name* has with those that are not in the report."""
    return len(kept) + report.more.get(name, 0)
