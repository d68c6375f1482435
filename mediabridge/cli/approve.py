"""``mediabridge approve``."""

from __future__ import annotations

from typing import Annotated

import typer

from mediabridge.cli._approval import asking
from mediabridge.cli._context import Context
from mediabridge.cli._result import Result
from mediabridge.cli._station import OfficerKey, PassphraseFile, open_station
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
    from mediabridge.stations import bundles
    from mediabridge.stations.books import BundleState
    from mediabridge.stations.outgoing.approving import summary_of

    with open_station(context) as station:
        row = bundles.chosen(station, bundle, BundleState.SEALED)
        summary = summary_of(station, row.bundle)
        officer = asking(context, key, passphrase_file, yes=yes)(summary)
        row = station.approve(row.bundle, officer)
    line = text("{officer} approved bundle number {seq}.", officer=officer.id, seq=row.seq)
    data = {
        "bundle": row.bundle,
        "state": row.state,
        "summary": summary.model_dump(by_alias=True),
        "officer": officer.id,
    }
    return Result([line], data)
