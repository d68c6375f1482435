"""The register of media as CSV: what a city hall files as its 媒体管理簿."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from mediabridge.locale import n_, text, translate

if TYPE_CHECKING:
    from mediabridge.media.register import MediaRegister
    from mediabridge.media.trips import MediumRow, Trip

_HEADINGS: Final = (
    n_("medium"),
    n_("label"),
    n_("state"),
    n_("device"),
    n_("serial number"),
    n_("capacity (bytes)"),
    n_("registered"),
    n_("registered by"),
    n_("trip"),
    n_("from"),
    n_("to"),
    n_("with"),
    n_("issued"),
    n_("handed over"),
    n_("arrived"),
    n_("returned"),
    n_("planned (min)"),
    n_("took (min)"),
    n_("bundles"),
)
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so is a formula to Excel; the full-width forms to some versions."""


def register_csv(register: MediaRegister) -> tuple[bytes, int]:
    """Return the register as UTF-8 with BOM and CRLF, and the number of lines below the headings.

    One line for each trip; a medium without any has one line as well. A cell that a
    spreadsheet would take for a formula begins with an apostrophe, as the last line says.
    """
    lines = list(_lines(register))
    output = io.StringIO(newline="")
    writer = csv.writer(output, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([translate(heading) for heading in _HEADINGS])
    for line in lines:
        writer.writerow([harmless(cell) for cell in line])
    note = text("A leading apostrophe keeps a spreadsheet from taking a cell for a formula.")
    writer.writerow([note, *("" for _ in _HEADINGS[1:])])
    return output.getvalue().encode("utf-8-sig"), len(lines)


def _lines(register: MediaRegister) -> Iterator[list[str]]:
    for row, trips in register.with_trips():
        for trip in reversed(trips):
            yield [*_medium(row), *_trip(trip)]
        if not trips:
            yield [*_medium(row), *("" for _ in range(11))]


def _medium(row: MediumRow) -> list[str]:
    device = " ".join(name for name in (row.vendor, row.product) if name)
    facts = (row.label, translate(row.state.sentence), device, row.serial, row.capacity)
    cells = ["" if fact is None else str(fact) for fact in facts]
    return [row.medium, *cells, row.registered_at, row.registered_by]


def _trip(trip: Trip) -> list[str]:
    facts = (
        trip.trip or None,
        trip.route_from,
        trip.route_to,
        trip.holder,
        trip.issued_at,
        trip.handed_over_at,
        trip.arrived_at,
        trip.returned_at,
        trip.planned_minutes,
        trip.actual_minutes,
    )
    return [*("" if fact is None else str(fact) for fact in facts), " ".join(trip.bundles)]


def harmless(cell: str) -> str:
    """Return *cell* so that a spreadsheet takes it for text."""
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell
