"""``mediabridge bundles void`` and ``mediabridge bundles reissue``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

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
from mediabridge.cli._voiding import (
    OfficerKeys,
    OfficerTokens,
    Yes,
    numbers_of,
    signers,
    statement_data,
)
from mediabridge.cli.collect import refusal_shown
from mediabridge.errors import NotVoidableError
from mediabridge.locale import n_, text
from mediabridge.shown.bundles import bundles_table
from mediabridge.verify.void import VoidReason

if TYPE_CHECKING:
    from mediabridge.stations.books import BundleRow
    from mediabridge.stations.desk import Desk
    from mediabridge.verify.void import SignedVoid

Number = Annotated[int, typer.Argument(help=n_("Its number on the route."), min=1)]
Reason = Annotated[VoidReason, typer.Option(help=n_("Why; it stands in both logs."))]


def void(
    context: Context,
    number: Number,
    *,
    reason: Reason,
    through: Annotated[
        int | None, typer.Option(help=n_("The last number, if there are several in a row."), min=1)
    ] = None,
    to: To = None,
    key: OfficerKeys = None,
    token: OfficerTokens = None,
    yes: Yes = False,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.stations import voiding
    from mediabridge.stations.outgoing import attaching

    last = number if through is None else through
    with open_station(context, passphrase_file) as station:
        row = _sealed_here(station, number, to)
        drawn = voiding.draft(station, row, last, reason, anew=False)
        officers = signers(context, drawn, key, token, passphrase_file, yes=yes)
        signed = voiding.declare(station, drawn, officers)
        carriers = attaching.bundles_for(station, row.receiver)
    lines = [_declared(signed), *_carried(carriers)]
    return Result(lines, {**statement_data(signed), "carriers": carriers})


def reissue(
    context: Context,
    number: Number,
    *,
    reason: Reason = VoidReason.MEDIUM_LOST,
    to: To = None,
    key: OfficerKeys = None,
    token: OfficerTokens = None,
    yes: Yes = False,
    operator: Operator = None,
    clerk_key: ClerkPlace = None,
    clerk_passphrase_file: ClerkPassphraseFile = None,
    clerk_passphrase_fd: ClerkPassphraseFd = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.stations import voiding
    from mediabridge.stations.books import BundleState
    from mediabridge.stations.clerks import at_desk
    from mediabridge.stations.outgoing import attaching, reissuing

    lines: list[str | Table] = []
    data: dict[str, object] = {}
    own = clerk_at(context, clerk_key, clerk_passphrase_file, clerk_passphrase_fd)
    with open_station(context, passphrase_file, clerk=own) as station, refusal_shown(context):
        row, clerk = _sealed_here(station, number, to), at_desk(station, operator)
        if row.state is not BundleState.VOID:
            drawn = voiding.draft(station, row, number, reason, anew=True)
            reissuing.require_content(station, row)
            officers = signers(context, drawn, key, token, passphrase_file, yes=yes)
            signed = voiding.declare(station, drawn, officers)
            lines.append(_declared(signed))
            data = statement_data(signed)
            row = _sealed_here(station, number, to)
        again = reissuing.seal_again(station, row, clerk)
        carriers = attaching.bundles_for(station, row.receiver)
    lines += [
        text("What number {number} held is sealed as number {seq}.", number=number, seq=again.seq),
        bundles_table([again]),
        *_carried(carriers)[1:],
    ]
    said = {"bundle": again.bundle, "seq": again.seq, "state": again.state, "carriers": carriers}
    return Result(lines, {**data, **said})


def _sealed_here(station: Desk, number: int, to: str | None) -> BundleRow:
    from mediabridge.stations import compared

    peer = station.peer(to)
    compared.require_compared(station, peer)
    found = station.books.between(station.id, peer, number, number)
    if not found:
        raise NotVoidableError(seq=number, detail=text("it was never sealed here"))
    return found[0]


def _carried(carriers: int) -> list[str]:
    """Say with which bundles the statements go; a second line where one cannot hold them all."""
    lines = [text("The statement goes with the next bundle of this route.")]
    if carriers > 1:
        more = text(
            "More statements wait than one bundle holds. Bundles of this route that bring all of"
            " them: {count}. Seal as many now, empty ones where nothing waits (mediabridge seal"
            " --empty), and carry them together.",
            count=carriers,
        )
        lines.append(more)
    return lines


def _declared(signed: SignedVoid) -> str:
    return text(
        "Void now: {numbers}; signed by {officers}.",
        numbers=numbers_of(signed.statement),
        officers=", ".join(sorted(signed.signatures)),
    )
