"""What one medium's visit came to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from mediabridge.locale import text
from mediabridge.records.result import Result
from mediabridge.shown.bundles import outcomes_table, passed_table
from mediabridge.shown.scanned import scanned_lines
from mediabridge.shown.table import Table

if TYPE_CHECKING:
    from mediabridge.stations.incoming.taking import Taken
    from mediabridge.stations.serving import Served


def served_lines(served: Served, waiting: Mapping[str, int] | None = None) -> Iterator[str | Table]:
    """Yield what was cleaned, taken and written, and that there was nothing.

    *waiting* is how many notices are held now, by their bundle; None for as many as were then.
    """
    for _ in served.cleaned:
        yield text("An unfinished copy from an interrupted journey was removed.")
    for taken in served.taken:
        yield from _taken_lines(taken, waiting)
    for row in served.continued:
        yield text("The interrupted writing of bundle number {seq} was done anew.", seq=row.seq)
    for row in served.written:
        yield text("Bundle number {seq} is on the medium and was read back.", seq=row.seq)
    for row in served.again:
        yield text("Bundle number {seq} went once more, since no receipt is in yet.", seq=row.seq)
    if served.repeated:
        yield text("What is on this medium was taken before.")
    if served.safe and served.is_empty:
        yield text("Nothing on this medium is for this station, and nothing is to be written.")


def _taken_lines(taken: Taken, waiting: Mapping[str, int] | None) -> Iterator[str | Table]:
    """Yield what became of one bundle first, then the checks that it has passed."""
    yield text("Bundle number {seq} from {sender}:", seq=taken.seq, sender=taken.sender)
    if taken.outcomes:
        yield from _outcomes_lines(taken, waiting)
    yield text("Receipts accepted: {count}", count=taken.receipts)
    yield from scanned_lines(taken.scanned)
    yield text("Checks that were all passed: {count}", count=len(taken.verdict.checks))
    yield passed_table(taken.verdict)


def _outcomes_lines(taken: Taken, waiting: Mapping[str, int] | None) -> Iterator[str | Table]:
    then = taken.outcomes.get(Result.HELD, 0)
    now = then if waiting is None or taken.compared else waiting.get(taken.bundle, 0)
    yield outcomes_table({**taken.outcomes, **({Result.HELD: now} if then else {})})
    if now < then:
        yield text("Decided on since: {count}", count=then - now)
