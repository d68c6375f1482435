"""``mediabridge seal``."""

from __future__ import annotations

from typing import Annotated

import typer

from mediabridge.cli._clerk import (
    ClerkPassphraseFd,
    ClerkPassphraseFile,
    ClerkPlace,
    clerk_at,
)
from mediabridge.cli._context import Context
from mediabridge.cli._options import Operator, PassphraseFile, To
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station
from mediabridge.cli.collect import refusal_shown
from mediabridge.locale import n_, text
from mediabridge.shown.bundles import bundles_table


def seal(
    context: Context,
    *,
    to: To = None,
    operator: Operator = None,
    empty: Annotated[
        bool, typer.Option("--empty", help=n_("Seal even with nothing in it."))
    ] = False,
    clerk_key: ClerkPlace = None,
    clerk_passphrase_file: ClerkPassphraseFile = None,
    clerk_passphrase_fd: ClerkPassphraseFd = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    clerk = clerk_at(context, clerk_key, clerk_passphrase_file, clerk_passphrase_fd)
    with open_station(context, passphrase_file, clerk=clerk) as station, refusal_shown(context):
        row = station.seal(operator=operator, receiver=to, empty=empty)
        more = station.still_waiting(row)
    line = text("Bundle number {seq} for {receiver} is sealed.", seq=row.seq, receiver=row.receiver)
    lines: list[str | Table] = [line, bundles_table([row])]
    if more:
        lines.append(text("Something waits that goes into a bundle of its own: seal once more."))
    data = {"bundle": row.bundle, "seq": row.seq, "records": row.records, "state": row.state}
    return Result(lines, {**data, "more": more})
