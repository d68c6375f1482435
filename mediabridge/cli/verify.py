"""``mediabridge verify``: an officer checks a bundle without being able to read it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result, Table
from mediabridge.cli._verdict import show_verdict_of
from mediabridge.errors import MediabridgeError
from mediabridge.locale import n_, text
from mediabridge.shown.bundles import verdict_data, verdict_table


def verify(
    context: Context,
    path: Annotated[
        Path, typer.Argument(help=n_("A medium, or one bundle's folder, wherever it lies."))
    ],
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
    from mediabridge.stations.verifying import verify_at

    lines: list[str | Table] = []
    data = []
    home = Home(context.home)
    try:
        checked = verify_at(
            path, home, root=root, medium=medium, clock=context.clock, progress=context.progress
        )
        for found in checked:
            line = text(
                "Bundle {bundle}: the signatures and every file hold; the order was not looked at.",
                bundle=found.bundle,
            )
            lines += [line, verdict_table(found.verdict, full=True)]
            data.append({"bundle": found.bundle, "checks": verdict_data(found.verdict)})
    except MediabridgeError as error:
        show_verdict_of(context, error)
        raise
    return Result(lines, {"bundles": data})
