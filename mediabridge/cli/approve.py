"""``mediabridge approve``."""

from __future__ import annotations

from typing import Annotated

import typer

from mediabridge.cli._ask import confirm
from mediabridge.cli._context import Context
from mediabridge.cli._result import Result
from mediabridge.cli._show import summary_table
from mediabridge.cli._station import (
    OfficerKey,
    PassphraseFile,
    chosen_bundle,
    officer_key,
    open_station,
)
from mediabridge.errors import ApprovalDeclinedError
from mediabridge.locale import n_, text


def approve(
    context: Context,
    key: OfficerKey,
    bundle: Annotated[
        str | None, typer.Argument(help=n_("The first characters of its id; the oldest otherwise."))
    ] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help=n_("Approve without being asked."))] = False,
    passphrase_file: PassphraseFile = None,
) -> Result:
    """Look at the summary of a sealed bundle and approve it."""
    from mediabridge.stations.outgoing.approving import summary_of

    with open_station(context) as station:
        row = chosen_bundle(station, bundle, "sealed")
        summary = summary_of(station, row.bundle).model_dump(by_alias=True)
        context.show(summary_table(summary))
        if not yes and not confirm(context, n_("Is this what shall be carried?")):
            raise ApprovalDeclinedError
        officer = officer_key(context, key, passphrase_file)
        row = station.approve(row.bundle, officer)
    line = text("{officer} approved bundle number {seq}.", officer=officer.id, seq=row.seq)
    data = {"bundle": row.bundle, "state": row.state, "summary": summary, "officer": officer.id}
    return Result([line], data)
