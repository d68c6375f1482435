"""The report in its order: its parts as lists and bars, in the language in use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mediabridge.report.layout import Section
from mediabridge.report.model import Report
from mediabridge.report.parts import basis, looking, numbers, people, transfers


def sections(report: Report) -> list[Section]:
    """Return all parts of *report*."""
    return [part(report) for part in _PARTS]


_PARTS: Final[tuple[Callable[[Report], Section], ...]] = (
    basis.basis,
    basis.summary,
    transfers.transfers,
    transfers.turnaround,
    looking.refusals,
    people.approvals,
    people.media,
    people.carried,
    numbers.overdue,
    numbers.gaps,
    numbers.witnesses,
    looking.anomalies,
    numbers.entries,
)
