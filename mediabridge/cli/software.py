"""``mediabridge software``: what goes out, what came, and what proves it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mediabridge.bundle.software import Sort
from mediabridge.cli._context import Context
from mediabridge.cli._options import Operator, PassphraseFile
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station
from mediabridge.locale import moment, n_, said, text
from mediabridge.shown.bundles import software_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mediabridge.stations.books import SoftwareRow

Digest = Annotated[str, typer.Argument(help=n_("The first characters of its SHA-256."))]


def add(
    context: Context,
    file: Annotated[
        Path, typer.Argument(help=n_("A Debian package, or a database of ClamAV."), dir_okay=False)
    ],
    *,
    sort: Annotated[Sort, typer.Option(help=n_("What is done with it at the other side."))],
    role: Annotated[
        Literal["any", "agency", "lgwan", "registry"],
        typer.Option("--for", help=n_("For which side's stations it is.")),
    ] = "any",
    replaces: Annotated[
        str, typer.Option(help=n_("The lowest installed version that it can replace."))
    ] = "",
    operator: Operator = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    with open_station(context, passphrase_file) as station:
        added = station.add_software(file, sort, role=role, replaces=replaces, operator=operator)
    described = added.software.model_dump(mode="json")
    line = (
        text("{file}: taken in before, nothing changed.", file=file.name)
        if added.known
        else text("{file}: taken in. It travels in a bundle of its own.", file=file.name)
    )
    table = Table([text("what"), text("value")], software_rows([described]))
    return Result([table, line], {"software": described, "known": added.known})


def list_(context: Context) -> Result:
    from mediabridge.stations import removed

    with open_station(context) as station:
        rows = [*station.books.software("in"), *station.books.software("out")]
        gone = removed.software_gone(station, rows)
    data = {"software": [_data(row, gone) for row in rows]}
    if not rows:
        return Result([text("No software has come or goes out.")], data)
    headings = [text("way"), text("name"), text("version"), text("what it is"), text("since"),
                text("state"), "SHA-256"]  # fmt: skip
    cells = [
        [
            text("in") if row.direction == "in" else text("out"),
            row.described.name,
            row.described.version,
            str(said(Sort.of(row.described.sort))),
            moment(row.at),
            _state(row, gone),
            row.described.sha256[:16],
        ]
        for row in rows
    ]
    return Result([Table(headings, cells)], data)


def show(context: Context, file: Digest) -> Result:
    from mediabridge.stations import installing, removed

    with open_station(context) as station:
        row = installing.chosen(station, file)
        gone = removed.software_gone(station, [row])
        proven = installing.proven(station, row) if row.direction == "in" else None
    lines = software_rows([row.described.model_dump(mode="json")])
    lines.append([text("state"), _state(row, gone)])
    if row.bundle:
        lines.append([text("bundle"), row.bundle])
    if proven is not None:
        lines.append([text("approved by"), ", ".join(proven.approvers)])
    data = {**_data(row, gone), "approvers": list(proven.approvers) if proven else []}
    return Result([Table([text("what"), text("value")], lines)], data)


def _state(row: SoftwareRow, gone: Mapping[str, str]) -> str:
    from mediabridge.stations.installing import reason_said

    if row.direction == "in" and row.described.sha256 in gone:
        time = moment(gone[row.described.sha256])
        return text("removed by the rule on {time}", time=time)
    state = str(said(row.state))
    return f"{state}: {reason_said(row.reason)}" if row.reason else state


def _data(row: SoftwareRow, gone: Mapping[str, str]) -> dict[str, Any]:
    return {
        "direction": row.direction,
        **row.described.model_dump(mode="json"),
        "bundle": row.bundle,
        "state": row.state.value,
        "reason": row.reason,
        "at": row.at,
        "removed": gone.get(row.described.sha256) if row.direction == "in" else None,
    }
