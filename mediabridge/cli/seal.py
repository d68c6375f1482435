"""``mediabridge seal``."""

from __future__ import annotations

from typing import Annotated

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result
from mediabridge.cli._show import bundles_table
from mediabridge.cli._station import Operator, PassphraseFile, open_station
from mediabridge.cli.collect import refusal_shown
from mediabridge.locale import n_, text


def seal(
    context: Context,
    *,
    to: Annotated[str | None, typer.Option(help=n_("The receiving station."))] = None,
    operator: Operator = None,
    empty: Annotated[
        bool, typer.Option("--empty", help=n_("Seal even with nothing in it."))
    ] = False,
    passphrase_file: PassphraseFile = None,
) -> Result:
    with open_station(context, passphrase_file) as station, refusal_shown(context):
        row = station.seal(operator=operator, receiver=to, empty=empty)
    line = text("Bundle number {seq} for {receiver} is sealed.", seq=row.seq, receiver=row.receiver)
    data = {"bundle": row.bundle, "seq": row.seq, "records": row.records, "state": row.state}
    return Result([line, bundles_table([row])], data)
