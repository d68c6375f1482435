"""``mediabridge export``: the clerk's one step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.cli._ask import confirm
from mediabridge.cli._context import Context
from mediabridge.cli._medium import the_visit
from mediabridge.cli._result import Result, Table
from mediabridge.cli._show import bundles_table, summary_table
from mediabridge.cli._station import Medium, Operator, PassphraseFile, officer_key, open_station
from mediabridge.errors import ApprovalDeclinedError
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from mediabridge.stations.books import BundleRow
    from mediabridge.stations.desk import Desk


def export(
    context: Context,
    *,
    medium: Medium = None,
    key: Annotated[
        Path | None,
        typer.Option(help=n_("The key file of an officer who is here."), dir_okay=False),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help=n_("Approve without being asked."))] = False,
    empty: Annotated[
        bool, typer.Option("--empty", help=n_("Seal even with nothing in it."))
    ] = False,
    operator: Operator = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    """Seal what waits, have it approved if an officer is here, and write what is approved."""
    from mediabridge.errors import NothingToSealError
    from mediabridge.stations.books import BundleState
    from mediabridge.stations.outgoing.approving import summary_of

    lines: list[str | Table] = []
    with open_station(context, passphrase_file) as station:
        try:
            station.seal(operator=operator, empty=empty)
        except NothingToSealError:
            # A bundle sealed earlier may still wait for approval or for its medium.
            if not station.status().under_way:
                raise
        if key is not None:
            for row in station.books.bundles_in(BundleState.SEALED):
                summary = summary_of(station, row.bundle).model_dump(by_alias=True)
                context.show(summary_table(summary))
                if not yes and not confirm(context, n_("Is this what shall be carried?")):
                    raise ApprovalDeclinedError
                station.approve(row.bundle, officer_key(context, key, passphrase_file))
        ready = station.books.bundles_in(BundleState.APPROVED)
        written = _write_all(station, ready, medium, operator) if ready else []
        waiting = station.books.bundles_in(BundleState.SEALED)
    if written:
        lines += [text("Written to the medium and read back:"), bundles_table(written)]
    if not written and not waiting:
        lines.append(text("There is nothing to write: every bundle is on a medium already."))
    if waiting:
        lines += [text("Waiting for an officer's approval:"), bundles_table(waiting)]
    data = {
        "written": [row.bundle for row in written],
        "waiting": [row.bundle for row in waiting],
    }
    return Result(lines, data)


def _write_all(
    station: Desk, ready: list[BundleRow], medium: Path | None, operator: str | None
) -> list[BundleRow]:
    """Write all bundles in one visit of the stick, then let it go."""
    visit = the_visit(station, medium)
    written = [station.write(row, visit, operator=operator) for row in ready]
    station.finish(visit)
    return written
