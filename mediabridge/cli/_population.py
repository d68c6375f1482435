"""Findings of a population for ``--json``, and in a file for the people who look into them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any

from mediabridge.cli._media_export import harmless
from mediabridge.locale import Language, said, text
from mediabridge.shown.held import label, meant

if TYPE_CHECKING:
    from mediabridge.stations.population.looking import Came, Shown


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
