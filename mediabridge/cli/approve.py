"""``mediabridge approve``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.cli._approval import asking
from mediabridge.cli._context import Context
from mediabridge.cli._options import OfficerKey, OfficerToken, PassphraseFile
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import one_key, open_station
from mediabridge.locale import n_, text
from mediabridge.shown.approval import CARRY
from mediabridge.shown.sent_back import sent_back_lines
from mediabridge.stations.outgoing.rejection import Rejection, require_remark

if TYPE_CHECKING:
    from mediabridge.stations.books import BundleRow
    from mediabridge.stations.desk import Desk
    from mediabridge.stations.outgoing.approving import Approver, Shown
    from mediabridge.trust.signers import Signer

_SEND_BACK = n_("Shall this be sent back to whoever prepared it?")


def approve(
    context: Context,
    bundle: Annotated[
        str | None, typer.Argument(help=n_("The first characters of its id; the oldest otherwise."))
    ] = None,
    *,
    key: OfficerKey = None,
    token: OfficerToken = None,
    reject: Annotated[
        Rejection | None,
        typer.Option(help=n_("Send it back to whoever prepared it, for this reason.")),
    ] = None,
    remark: Annotated[
        str, typer.Option(help=n_("What whoever prepared it should know; it stays here."))
    ] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help=n_("Approve, or send back, without being asked."))
    ] = False,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.stations import bundles
    from mediabridge.stations.books import BundleState

    require_remark(reject, remark)
    chosen = one_key(key, token)
    question = CARRY if reject is None else _SEND_BACK
    with open_station(context) as station:
        row = bundles.chosen(station, bundle, BundleState.SEALED)
        ask = asking(context, chosen, passphrase_file, yes=yes, question=question)
        if reject is not None:
            return _reject(station, row.bundle, ask, reject, remark)
        return _approve(station, row.bundle, ask)


def _approve(station: Desk, bundle: str, ask: Approver) -> Result:
    from mediabridge.stations.officers import officer_of

    officers: list[str] = []

    def approver(shown: Shown) -> Signer:
        signer = ask(shown)
        officers.append(officer_of(station, signer).name)
        return signer

    row = station.have_approved(bundle, approver)
    (officer,) = officers
    lines: list[str | Table] = [
        text("{officer} approved bundle number {seq}.", officer=officer, seq=row.seq)
    ]
    lines += _still_needed(station, row)
    data = {
        "bundle": row.bundle,
        "state": row.state,
        "summary": row.summary,
        "officer": officer,
    }
    return Result(lines, data)


def _still_needed(station: Desk, row: BundleRow) -> Iterator[str]:
    """Say that a bundle waits for another officer, and who has approved it so far."""
    from mediabridge.stations.books import BundleState
    from mediabridge.stations.outgoing.approvals import approved_by

    if row.state is BundleState.SEALED:
        yield text(
            "It still waits for the approval of another officer; approved so far by: {officers}.",
            officers=", ".join(approved_by(station, row.bundle)),
        )


def _reject(station: Desk, bundle: str, ask: Approver, why: Rejection, remark: str) -> Result:
    back = station.have_rejected(bundle, ask, why, remark)
    lines = [
        *sent_back_lines(back),
        text(
            "The files of bundle number {seq} were set aside; collect the right ones.",
            seq=back[0].seq,
        ),
    ]
    return Result(lines, {"sent_back": back})
