"""``mediabridge sample``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result
from mediabridge.cli._tables import tables_in_use
from mediabridge.cli.station import TRAINING_MUNICIPALITY
from mediabridge.clock import JST
from mediabridge.locale import n_, text


def sample(
    context: Context,
    out: Annotated[Path, typer.Option(help=n_("A new folder for the files."), file_okay=False)],
    *,
    residents: Annotated[int, typer.Option(help=n_("Residents of the ward."), min=1)] = 2000,
    days: Annotated[int, typer.Option(help=n_("Days of notices."), min=1, max=366)] = 1,
    seed: Annotated[int, typer.Option(help=n_("The same seed invents the same people."))] = 1,
    format_: Annotated[
        str, typer.Option("--format", help=n_("The format of the notices: csv or xml."))
    ] = "csv",
    faults: Annotated[
        bool, typer.Option("--faults", help=n_("Also make files with mistakes, to practise."))
    ] = False,
    extract: Annotated[
        bool,
        typer.Option(
            "--extract", help=n_("Also make the agency's full population, to compare with.")
        ),
    ] = False,
    municipality: Annotated[
        str, typer.Option(help=n_("Six-digit code of the municipality."))
    ] = TRAINING_MUNICIPALITY,
) -> Result:
    from mediabridge.sample import write_sample

    paths = write_sample(
        out,
        residents=residents,
        days=days,
        seed=seed,
        fmt=format_,
        faults=faults,
        extract=extract,
        tables=tables_in_use(context),
        start_date=context.clock.now().astimezone(JST).date(),
        municipality=municipality,
        progress=context.progress,
    )
    lines = [text("Nobody in these files is real.")]
    lines += [str(path) for path in paths]
    return Result(lines, {"files": [str(path) for path in paths]})
