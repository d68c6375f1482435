"""``mediabridge approve``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.cli._approval import asking
from mediabridge.cli._context import Context
from mediabridge.cli._result import Result
from mediabridge.cli._station import OfficerKey, PassphraseFile, open_station
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from mediabridge.stations.outgoing.approving import Shown
    from mediabridge.trust.signers import Signer


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

    with open_station(context) as station:
        row = bundles.chosen(station, bundle, BundleState.SEALED)
        ask = asking(context, key, passphrase_file, yes=yes)
        officers: list[str] = []

        def approver(shown: Shown) -> Signer:
            signer = ask(shown)
            officers.append(signer.id)
            return signer

        row = station.have_approved(row.bundle, approver)
    (officer,) = officers
    line = text("{officer} approved bundle number {seq}.", officer=officer, seq=row.seq)
    data = {
        "bundle": row.bundle,
        "state": row.state,
        "summary": row.summary,
        "officer": officer,
    }
    return Result([line], data)
