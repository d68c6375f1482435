"""``mediabridge write``."""

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
from mediabridge.cli._options import Medium, Operator, OwnFolder, PassphraseFile
from mediabridge.cli._result import Result
from mediabridge.cli._station import open_station, own_folder_agreed
from mediabridge.locale import n_, text
from mediabridge.shown.bundles import bundles_table


def write(
    context: Context,
    bundle: Annotated[
        str | None, typer.Argument(help=n_("The first characters of its id; the oldest otherwise."))
    ] = None,
    *,
    medium: Medium = None,
    folder: OwnFolder = False,
    operator: Operator = None,
    clerk_key: ClerkPlace = None,
    clerk_passphrase_file: ClerkPassphraseFile = None,
    clerk_passphrase_fd: ClerkPassphraseFd = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.stations import bundles
    from mediabridge.stations.books import BundleState
    from mediabridge.stations.sticks import visits
    from mediabridge.stations.sticks.finding import the_visit

    clerk = clerk_at(context, clerk_key, clerk_passphrase_file, clerk_passphrase_fd)
    with open_station(context, passphrase_file, clerk=clerk) as station:
        row = bundles.chosen(station, bundle, BundleState.APPROVED)
        visit = the_visit(station, medium, agreed=own_folder_agreed(context, given=folder))
        row = station.write(row, visit, operator=operator)
        safe = visits.finish(station, visit)
    line = text("Bundle number {seq} is on the medium and was read back.", seq=row.seq)
    data = {"bundle": row.bundle, "state": row.state, "medium": visit.medium, "safe": safe}
    return Result([line, bundles_table([row])], data)
