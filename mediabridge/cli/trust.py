"""``mediabridge trust``: who may sign, for people who check with other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result
from mediabridge.locale import n_, text


def allowed_signers(
    context: Context,
    folder: Annotated[Path, typer.Argument(help=n_("The folder for the lists."), file_okay=False)],
    *,
    medium: Annotated[
        Path | None,
        typer.Option(help=n_("A medium whose trust data is used."), file_okay=False),
    ] = None,
    root: Annotated[
        Path | None,
        typer.Option(help=n_("The city's root.json, where there is no station."), dir_okay=False),
    ] = None,
) -> Result:
    from mediabridge.stations.home import Home
    from mediabridge.stations.verifying import trust_for, write_signers

    trust = trust_for(Home(context.home), medium, root)
    signers, revoked = write_signers(trust, folder)
    lines = [
        text("Keys that may sign: {count}", count=signers),
        text("Revoked keys: {count}", count=revoked),
    ]
    data = {"signers": signers, "revoked": revoked, "trust_version": trust.version}
    return Result([*lines], data)
