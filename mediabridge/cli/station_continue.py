"""``mediabridge station continue``: a restored station goes on, by the officers' statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._options import PassphraseFile, To
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
from mediabridge.locale import n_, text


def continue_(
    context: Context,
    *,
    to: To = None,
    key: OfficerKeys = None,
    token: OfficerTokens = None,
    peer_restored: Annotated[
        bool,
        typer.Option(
            "--peer-restored",
            help=n_("The other station came from a backup as well, and cannot tell anything yet."),
        ),
    ] = False,
    yes: Yes = False,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.stations import setback

    with open_station(context, passphrase_file) as station:
        peer = station.peer(to)
        drawn = setback.draft_continuing(station, peer, unheard=peer_restored)
        officers = signers(context, drawn, key, token, passphrase_file, yes=yes)
        signed = setback.continue_after(station, peer, drawn, officers)
        elsewhere = [each for each in station.books.elsewhere() if each.receiver == peer]
        waiting = station.books.waiting_files()
    statement = signed.statement
    lines: list[str | Table] = [
        text(
            "Void now for {peer}: {numbers}. This station continues at {seq}; the statement goes"
            " with the next bundle.",
            numbers=numbers_of(statement),
            peer=peer,
            seq=statement.replaced_by,
        ),
        *_to_look_at(elsewhere, len(waiting)),
    ]
    data = {**statement_data(signed), "elsewhere": elsewhere, "waiting": len(waiting)}
    return Result(lines, data)


def _to_look_at(elsewhere: Sequence[object], waiting: int) -> list[str]:
    """Return what the clerk has to look at: nothing is to be sent a second time blindly."""
    return [
        text("For the clerk, before anything is sent again:"),
        text(
            "1. Bundles that the other station received and this one does not know: {count}"
            " (mediabridge bundles list).",
            count=len(elsewhere),
        ),
        text(
            "2. Files that were collected before the loss and wait again: {count}.", count=waiting
        ),
        text(
            "3. Collect the files of the lost days again. Each is compared by record: what was"
            " received before is counted, and the other station takes no record twice."
        ),
    ]
