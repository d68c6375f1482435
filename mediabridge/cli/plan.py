"""``mediabridge plan``: how much is there to carry, and how long does it take?"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result, Table
from mediabridge.config import KIB, MIB
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mediabridge.bench.planned import Load


def plan(
    context: Context,
    residents: Annotated[
        int, typer.Option(help=n_("Foreign residents of the office."), min=1, max=10_000_000)
    ],
    *,
    line: Annotated[
        int | None,
        typer.Option(help=n_("Speed of the line, in kbit/s."), min=1, max=10_000_000),
    ] = None,
) -> Result:
    from mediabridge.bench import capacity, planned

    kbit = line or planned.LINE_KBIT
    context.show(text("Two invented days are carried there and back, to measure what they take."))
    with tempfile.TemporaryDirectory() as folder:
        ways, kept = capacity.measure(
            Path(folder), tell=lambda which: context.show(text("Day {which}", which=which))
        )
    loads = {
        "ordinary_day": planned.load(ways, *planned.notices_of_day(residents), kbit),
        "busiest_day": planned.load(
            ways, *planned.notices_of_day(residents, planned.BUSIEST), kbit
        ),
        "everybody_once": planned.load(ways, residents, 0, kbit),
    }
    grown = planned.kept_in_a_year(kept, residents)
    data = {"residents": residents, "line_kbit": kbit} | {
        name: each.as_dict() for name, each in loads.items()
    }
    data["kept_in_a_year_bytes"] = {station: round(size) for station, size in grown.items()}
    return Result([_table(loads, kbit), _grown(grown), *_assumed()], data)


def _table(loads: Mapping[str, Load], kbit: float) -> Table:
    from mediabridge.records.files import FileFormat

    days = list(loads.values())
    rows: list[tuple[str, Callable[[Load], str]]] = [
        (text("notices of the agency"), lambda each: f"{each.to_registry:,}"),
        (text("notices of the city"), lambda each: f"{each.back:,}"),
        (text("collected, as CSV"), lambda each: size_said(each.collected[FileFormat.CSV])),
        (text("collected, as XML"), lambda each: size_said(each.collected[FileFormat.XML])),
        (text("sealed, on the medium"), lambda each: size_said(each.sealed)),
        (
            text("on a line of {kbit} kbit/s", kbit=f"{kbit:,.0f}"),
            lambda each: _minutes(each.line_minutes),
        ),
        (text("writing and reading a slow stick"), lambda each: _minutes(each.stick_minutes)),
        (text("at both importers"), lambda each: _minutes(each.importer_minutes)),
    ]
    headings = [
        text("what is carried"),
        text("ordinary day"),
        text("busiest day"),
        text("everybody once"),
    ]
    cells = [[name, *map(shown, days)] for name, shown in rows]
    return Table(headings, cells, right=frozenset({1, 2, 3}))


def _grown(grown: Mapping[str, float]) -> Table:
    rows = [[station, size_said(size)] for station, size in grown.items()]
    return Table([text("station"), text("kept in a year")], rows, right=frozenset({1}))


def _assumed() -> list[str]:
    from mediabridge.bench import planned
    from mediabridge.sample import statistics

    return [
        text(
            "Estimated, because no counts are published: {isa} notices of the agency and {city}"
            " of the city for each resident and year, {days} working days, {times} times as"
            " many on the busiest.",
            isa=statistics.ISA_NOTICES_PER_RESIDENT,
            city=statistics.MUNICIPAL_NOTICES_PER_RESIDENT,
            days=statistics.WORKING_DAYS,
            times=f"{planned.BUSIEST:.0f}",
        ),
        text(
            "Assumed of the stick: it writes {write} MiB and reads {read} MiB in a second. The"
            " rest was measured on this machine, just now. Not counted: people's walks, the"
            " start of the program and opening its keys.",
            write=f"{planned.WRITE_MIB:.0f}",
            read=f"{planned.READ_MIB:.0f}",
        ),
    ]


def size_said(size: float) -> str:
    """Return *size*, in bytes, as a person reads it."""
    if size < MIB:
        return f"{size / KIB:,.0f} KiB"
    return f"{size / MIB:,.1f} MiB"


def _minutes(minutes: float) -> str:
    if minutes < 1:
        return text("{seconds} s", seconds=f"{minutes * 60:.1f}")
    return text("{minutes} min", minutes=f"{minutes:,.1f}")
