"""``mediabridge software install``: an officer orders what root's service then verifies anew."""

from __future__ import annotations

from typing import Annotated

import typer

from mediabridge.cli._ask import confirm
from mediabridge.cli._context import Context
from mediabridge.cli._options import OfficerKey, OfficerToken, PassphraseFile
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import officer_key, one_key, open_station
from mediabridge.cli.software import Digest
from mediabridge.errors import ApprovalDeclinedError
from mediabridge.locale import n_, text
from mediabridge.shown.bundles import software_rows


def install(
    context: Context,
    file: Digest,
    *,
    key: OfficerKey = None,
    token: OfficerToken = None,
    yes: Annotated[bool, typer.Option("--yes", help=n_("Order it without being asked."))] = False,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.stations import installing

    place = one_key(key, token)
    with open_station(context) as station:
        row = installing.chosen(station, file)
        described = row.described.model_dump(mode="json")
        context.show(Table([text("what"), text("value")], software_rows([described])))
        if not yes and not confirm(context, n_("Shall this be installed on this machine?")):
            raise ApprovalDeclinedError
        officer = officer_key(context, place, passphrase_file)
        order = installing.have_installed(station, row, officer)
    name, version = row.described.name, row.described.version
    lines = [
        text("{name} {version} is ordered to be installed.", name=name, version=version),
        text("What becomes of it: mediabridge software list"),
    ]
    return Result(lines, {"sha256": order.sha256, "order": order.digest})
