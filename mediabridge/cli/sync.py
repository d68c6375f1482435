"""``mediabridge sync``."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from mediabridge.cli._clerk import (
    ClerkPassphraseFd,
    ClerkPassphraseFile,
    ClerkPlace,
    clerk_at,
)
from mediabridge.cli._context import Context
from mediabridge.cli._options import Operator, PassphraseFile
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station, passphrases
from mediabridge.cli.import_ import taken_data, taken_lines
from mediabridge.locale import hint_of, sentence_of, text
from mediabridge.shown.bundles import bundles_table

if TYPE_CHECKING:
    from mediabridge.stations.line.syncing import Synced


def sync(
    context: Context,
    *,
    operator: Operator = None,
    clerk_key: ClerkPlace = None,
    clerk_passphrase_file: ClerkPassphraseFile = None,
    clerk_passphrase_fd: ClerkPassphraseFd = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.stations.line.syncing import sync as over_the_line

    # The station is entered several times; passphrases and PIN are asked for once.
    source = cache(passphrases(context, passphrase_file, context.home))
    clerk = clerk_at(context, clerk_key, clerk_passphrase_file, clerk_passphrase_fd)
    clerk = replace(clerk, passphrases=cache(clerk.passphrases))
    opened = partial(open_station, context, clerk=clerk, source=source)
    done = over_the_line(opened, operator=operator, progress=context.progress)
    if done.problems:
        first = done.problems[0]
        return Result(_lines(done), synced_data(done), first.exit_code, first.reason)
    return Result(_lines(done), synced_data(done))


def _lines(done: Synced) -> list[str | Table]:
    lines: list[str | Table] = []
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
        "taken": [taken_data(each) for each in done.fetched.taken],
        "early": [each.facts["missing"] for each in done.fetched.early],
        "sealed": [row.bundle for row in done.sent.sealed],
        "written": [row.bundle for row in done.sent.written],
        "again": [row.bundle for row in done.sent.again],
        "waiting": [row.bundle for row in done.sent.waiting],
        "problems": [each.reason for each in done.problems],
    }
