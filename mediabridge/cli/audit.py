"""``mediabridge audit``: the transfer logs in a pack, and whether it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station
from mediabridge.errors import LogPackDiffersError, LogPackError
from mediabridge.locale import Language, language, n_, text


def export(
    context: Context,
    pack: Annotated[Path, typer.Argument(help=n_("The folder to make."), file_okay=False)],
) -> Result:
    from mediabridge.stations import auditing

    with open_station(context) as station:
        packed = auditing.export(station, pack.absolute())
        data = [
            {
                "origin": each.log.origin,
                "size": each.size,
                "root": each.root,
                "after": each.after,
            }
            for each in packed
        ]
    headings = [text("log"), text("signed entries"), text("root hash"), text("not signed yet")]
    rows = [[str(value) for value in each.values()] for each in data]
    advice = text("Note these sizes and roots on paper; they are compared at the next audit.")
    return Result([Table(headings, rows, frozenset({1, 3})), advice], {"logs": data})


def verify(
    context: Context,  # noqa: ARG001 - every command takes it
    packs: Annotated[list[Path], typer.Argument(help=n_("Packs of one city."), metavar="PACK...")],
    *,
    known: Annotated[
        list[Path] | None,
        typer.Option(help=n_("A checkpoint that was kept; may be repeated."), dir_okay=False),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(help=n_("The keys to go by, instead of the pack's own."), dir_okay=False),
    ] = None,
) -> Result:
    from mediabridge.standalone import verify_log

    outcome = verify_log.verify(packs, known or (), policy)
    lines = verify_log.report(outcome, language() is Language.JA)
    if outcome.verdict == verify_log.HOLDS:
        return Result(lines, verify_log.plain(outcome))
    refusal = LogPackError if outcome.verdict == verify_log.UNREADABLE else LogPackDiffersError
    return Result(lines, verify_log.plain(outcome), refusal.exit_code, refusal.reason)
