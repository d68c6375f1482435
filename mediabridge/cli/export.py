"""``mediabridge export``: the clerk's one step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.cli._approval import asking
from mediabridge.cli._clerk import (
    ClerkPassphraseFd,
    ClerkPassphraseFile,
    ClerkPlace,
    clerk_at,
)
from mediabridge.cli._context import Context
from mediabridge.cli._options import Medium, OfficerToken, Operator, OwnFolder, PassphraseFile, To
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import one_key, open_station, own_folder_agreed
from mediabridge.cli.collect import refusal_shown
from mediabridge.locale import hint_of, n_, sentence_of, text
from mediabridge.shown.bundles import bundles_table

if TYPE_CHECKING:
    from mediabridge.stations.books import BundleRow


def export(
    context: Context,
    *,
    to: To = None,
    medium: Medium = None,
    folder: OwnFolder = False,
    key: Annotated[
        Path | None,
        typer.Option(help=n_("The key file of an officer who is here."), dir_okay=False),
    ] = None,
    token: OfficerToken = None,
    yes: Annotated[bool, typer.Option("--yes", help=n_("Approve without being asked."))] = False,
    empty: Annotated[
        bool, typer.Option("--empty", help=n_("Seal even with nothing in it."))
    ] = False,
    operator: Operator = None,
    clerk_key: ClerkPlace = None,
    clerk_passphrase_file: ClerkPassphraseFile = None,
    clerk_passphrase_fd: ClerkPassphraseFd = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.stations.books import BundleState
    from mediabridge.stations.sticks.finding import the_visit

    approver = None
    if key is not None or token is not None:
        approver = asking(context, one_key(key, token), passphrase_file, yes=yes)
    clerk = clerk_at(context, clerk_key, clerk_passphrase_file, clerk_passphrase_fd)
    with open_station(context, passphrase_file, clerk=clerk) as station, refusal_shown(context):
        done = station.export(
            lambda: the_visit(station, medium, agreed=own_folder_agreed(context, given=folder)),
            operator=operator,
            approver=approver,
            receiver=to,
            empty=empty,
        )
        unanswered = station.books.bundles_in(BundleState.WRITTEN)
    lines: list[str | Table] = []
    if done.written:
        lines += [text("Written to the medium and read back:"), bundles_table(done.written)]
    if done.again:
        lines += [text("Once more, since no receipt is in yet:"), bundles_table(done.again)]
    if not (done.written or done.waiting or done.refused):
        lines.append(text("There is nothing to write: every bundle is on a medium already."))
        lines += _unanswered(unanswered)
    if done.waiting:
        lines += [text("Waiting for an officer's approval:"), bundles_table(done.waiting)]
    for each in done.refused:
        sentence, hint = sentence_of(each.error), hint_of(each.error)
        lines += [text("Bundle number {seq} stays here.", seq=each.row.seq), sentence, hint]
    data: dict[str, object] = {
        "written": [row.bundle for row in done.written],
        "again": [row.bundle for row in done.again],
        "waiting": [row.bundle for row in done.waiting],
    }
    data["refused"] = [
        {"bundle": each.row.bundle, "reason": each.error.reason} for each in done.refused
    ]
    if done.refused:
        first = done.refused[0].error
        return Result(lines, data, first.exit_code, first.reason)
    return Result(lines, data)


def _unanswered(rows: list[BundleRow]) -> list[str | Table]:
    if not rows:
        return []
    line = text(
        "Nothing says yet that these have arrived. If their medium was lost, or the other side"
        " waits for the receipt in one of them, write it once more: mediabridge write {bundle}",
        bundle=rows[0].bundle[:8],
    )
    return [line, bundles_table(rows)]
