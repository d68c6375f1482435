"""``mediabridge sync``."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mediabridge.cli._clerk import (
    ClerkPassphraseFd,
    ClerkPassphraseFile,
    ClerkPlace,
    clerk_at,
)
from mediabridge.cli._context import Context
from mediabridge.cli._offices import AtOffices
from mediabridge.cli._options import Operator, PassphraseFile
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station, passphrases
from mediabridge.cli.import_ import taken_data, taken_lines
from mediabridge.locale import hint_of, n_, sentence_of, text
from mediabridge.shown.bundles import bundles_table

if TYPE_CHECKING:
    from mediabridge.stations.line.syncing import Synced


def sync(
    context: Context,
    *,
    offices: Annotated[
        Path | None,
        typer.Option(
            "--all",
            metavar="DIR",
            help=n_("For every office with a station in this folder of the agency's."),
        ),
    ] = None,
    operator: Operator = None,
    clerk_key: ClerkPlace = None,
    clerk_passphrase_file: ClerkPassphraseFile = None,
    clerk_passphrase_fd: ClerkPassphraseFd = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.cli._sync_offices import sync_all
    from mediabridge.stations.line.syncing import sync as over_the_line

    clerk_of = partial(
        clerk_at, place=clerk_key, file=clerk_passphrase_file, descriptor=clerk_passphrase_fd
    )
    if offices is not None:
        opened_of = AtOffices(context, passphrase_file, clerk_of)
        return sync_all(context, offices, opened_of, operator)
    # The station is entered several times; passphrases and PIN are asked for once.
    source = cache(passphrases(context, passphrase_file, context.home))
    clerk = clerk_of(context)
    clerk = replace(clerk, passphrases=cache(clerk.passphrases))
    opened = partial(open_station, context, clerk=clerk, source=source)
    done = over_the_line(opened, operator=operator, progress=context.progress)
    if done.problems:
        first = done.problems[0]
        return Result(_lines(done), synced_data(done), first.exit_code, first.reason)
    return Result(_lines(done), synced_data(done))


def _lines(done: Synced) -> list[str | Table]:
    lines: list[str | Table] = []
    if done.fetched.trust is not None:
        lines.append(
            text("Trust data of version {version} was taken over.", version=done.fetched.trust)
        )
    for taken in done.fetched.taken:
        lines += taken_lines(taken)
    for error in done.fetched.early:
        lines += [sentence_of(error), hint_of(error)]
    if done.sent.written:
        lines += [text("At the hub, whole:"), bundles_table(done.sent.written)]
    if done.sent.again:
        lines.append(text("Once more, since the hub had them no longer:"))
        lines.append(bundles_table(done.sent.again))
    if done.sent.waiting:
        lines.append(text("Waiting for an officer's approval:"))
        lines.append(bundles_table(done.sent.waiting))
    for problem in done.problems:
        lines += [f"! {sentence_of(problem)}", f"  {hint_of(problem)}"]
    return lines or [text("Nothing waited at the hub, and nothing was due to it.")]


def synced_data(done: Synced) -> dict[str, Any]:
    """Return what a program reads about one time over the line."""
    return {
        "trust": done.fetched.trust,
        "taken": [taken_data(each) for each in done.fetched.taken],
        "early": [each.facts["missing"] for each in done.fetched.early],
        "sealed": [row.bundle for row in done.sent.sealed],
        "written": [row.bundle for row in done.sent.written],
        "again": [row.bundle for row in done.sent.again],
        "waiting": [row.bundle for row in done.sent.waiting],
        "problems": [each.reason for each in done.problems],
    }
