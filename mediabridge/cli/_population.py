"""Findings of a population on a screen, and in a file for the people who look into them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING, Any

from mediabridge.cli._media_export import harmless
from mediabridge.cli._result import Table
from mediabridge.locale import Language, moment, said, text
from mediabridge.shown.held import label, meant

if TYPE_CHECKING:
    from mediabridge.stations.population.deciding import Asked
    from mediabridge.stations.population.looking import Came, Shown


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


def came_data(found: Came) -> dict[str, Any]:
    """Return what a program reads of a population: nothing personal."""
    return {
        "bundle": found.bundle,
        "seq": found.seq,
        "came_at": found.came_at,
        "extract": found.extract,
        "as_of": found.as_of,
        "same": found.same,
        "superseded": found.superseded,
        "moved_out": found.moved_out,
        "found": found.found,
        "open": found.waiting,
    }


def shown_data(found: Shown) -> dict[str, Any]:
    """Return what a program reads of one finding."""
    return {
        "finding": found.number,
        "kind": found.kind,
        "reason": found.reason,
        "entry": found.entry,
        "person": found.person,
        "items": [
            {
                "item": each.identifier,
                "extract": each.notice,
                "register": each.register,
                "differs": each.differs,
            }
            for each in found.items
        ],
    }


def write_csv(output: IO[bytes], found: Iterable[Shown], lang: Language) -> int:
    """Write *found* as UTF-8 with BOM and CRLF, one line an item; return how many findings.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    headings = [text("finding"), text("kind of finding"), text("why"), text("entry"),
                text("record number"), text("item"), text("extract"), text("register")]  # fmt: skip
    output.write("\ufeff".encode() + _line(headings))
    count = 0
    for each in found:
        count += 1
        for item in each.items:
            output.write(
                _line([
                    str(each.number), str(said(each.kind)), str(said(each.reason)),
                    each.entry or "", str(each.person or ""), label(item.identifier, lang),
                    meant(item.identifier, item.notice), meant(item.identifier, item.register),
                ])
            )  # fmt: skip
    return count


def _line(cells: Iterable[str]) -> bytes:
    line = io.StringIO(newline="")
    writer = csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([harmless(cell) for cell in cells])
    return line.getvalue().encode()
