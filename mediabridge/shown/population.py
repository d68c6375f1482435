"""What the comparison of a full population found, on a screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mediabridge.locale import Language, moment, said, text
from mediabridge.shown.held import label, meant
from mediabridge.shown.table import Table

if TYPE_CHECKING:
    from mediabridge.stations.population.deciding import Asked
    from mediabridge.stations.population.looking import Came, Shown


def heading_line(seq: int, extract: str, as_of: str) -> str:
    """Return which population it is: its number, its extract and of when that tells."""
    return text(
        "Population number {seq}: extract {extract}, as of {time}",
        seq=str(seq),
        extract=extract,
        time=moment(as_of),
    )


def waiting_line(count: int) -> str:
    """Return how many findings wait."""
    return text("Findings that still wait: {count}", count=str(count))


def two_line() -> str:
    """Return that a decision to enter takes two people."""
    return text("Applying them takes two people.")


def came_table(found: Iterable[Came]) -> Table:
    """Return the populations that came, with how much was found and is open."""
    from mediabridge.stations.population.looking import KINDS

    headings = [
        text("no."), text("as of"), text("came"), text("same"), text("later here"),
        *(said(kind) for kind in KINDS if kind.value != "settled"), text("open"),
    ]  # fmt: skip
    rows = [
        [
            str(each.seq), moment(each.as_of), moment(each.came_at), str(each.same),
            str(each.superseded + each.moved_out),
            *(str(each.found.get(kind.value, 0)) for kind in KINDS if kind.value != "settled"),
            str(sum(each.waiting.values())),
        ]
        for each in found
    ]  # fmt: skip
    return Table([str(each) for each in headings], rows, right=frozenset({0, *range(3, 9)}))


def shown_lines(found: Shown, lang: Language) -> Iterator[str | Table]:
    """Yield one finding: why it is one, and the two sides beside one another."""
    yield text(
        "Finding {number}: {kind}. {why} ({code})",
        number=str(found.number),
        kind=said(found.kind),
        why=said(found.reason),
        code=found.reason.value,
    )
    who = [
        text("entry {entry}", entry=found.entry) if found.entry else text("no entry"),
        text("record {number}", number=str(found.person)) if found.person else text("no record"),
    ]
    rows = [
        [
            label(each.identifier, lang),
            meant(each.identifier, each.notice),
            meant(each.identifier, each.register),
            text("DIFFERENT") if found.entry and each.differs else "",
        ]
        for each in found.items
    ]
    yield Table([text("item"), *who, text("comparison")], rows)


def asked_line(asked: Asked) -> str:
    """Return what a decision would be about, before anything is asked."""
    return text(
        "Findings: {count}, {kind}. Version: {version}",
        count=str(asked.seen.count),
        kind=said(asked.kind),
        version=asked.seen.version,
    )


def newer_line(time: str) -> str:
    """Return what is said of a population after which a newer one has come."""
    return text(
        "A newer population has come, as of {time}: nothing of this one is entered any more.",
        time=moment(time),
    )
