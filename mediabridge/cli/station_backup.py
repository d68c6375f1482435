"""``mediabridge station backup``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._options import Operator, PassphraseFile
from mediabridge.cli._result import Result
from mediabridge.cli._station import open_station
from mediabridge.locale import n_, text


def backup(
    context: Context,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help=n_("The folder to make; a new or an empty one.")),
    ],
    *,
    operator: Operator = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.stations.backups.saving import back_up

    with open_station(context, passphrase_file) as station:
        saved = back_up(station, output, operator=station.operator(operator))
    lines = [
        text(
            "The backup is in {folder} and was read back. Files: {files}; bytes: {bytes}.",
            folder=output,
            files=saved.files,
            bytes=saved.bytes,
        ),
        text("Only the escrow key opens it. Keep it apart from this machine."),
    ]
    if saved.left_out:
        lines.append(
            text("Files that are not the station's own and are not in it: {n}", n=saved.left_out)
        )
    return Result(lines, {**asdict(saved), "folder": str(output)})
