"""``mediabridge import``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mediabridge.bundle.software import PROGRAM
from mediabridge.cli._clerk import (
    ClerkPassphraseFd,
    ClerkPassphraseFile,
    ClerkPlace,
    clerk_at,
)
from mediabridge.cli._context import Context
from mediabridge.cli._options import Medium, Operator, OwnFolder, PassphraseFile
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station, own_folder_agreed
from mediabridge.cli._tables import problems_shown
from mediabridge.cli._verdict import show_verdict_of
from mediabridge.errors import MediabridgeError, RecordsRefusedError
from mediabridge.locale import said, text
from mediabridge.shown.bundles import outcomes_table, verdict_data, verdict_table
from mediabridge.shown.collected import judged_by
from mediabridge.shown.scanned import scanned_data, scanned_lines

if TYPE_CHECKING:
    from mediabridge.stations.incoming.taking import Taken


def import_(
    context: Context,
    *,
    medium: Medium = None,
    folder: OwnFolder = False,
    operator: Operator = None,
    clerk_key: ClerkPlace = None,
    clerk_passphrase_file: ClerkPassphraseFile = None,
    clerk_passphrase_fd: ClerkPassphraseFd = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.stations.sticks.finding import the_visit

    taken: list[Taken] = []
    clerk = clerk_at(context, clerk_key, clerk_passphrase_file, clerk_passphrase_fd)
    with problems_shown(context), open_station(context, passphrase_file, clerk=clerk) as station:
        visit = the_visit(station, medium, agreed=own_folder_agreed(context, given=folder))
        try:
            safe = station.import_(visit, operator=operator, note=taken.append)
        except MediabridgeError as error:
            show_verdict_of(context, error)
            error.facts["taken"] = [taken_data(each) for each in taken]
            if isinstance(error, RecordsRefusedError):
                context.show(judged_by(error.facts["tables"]))
            raise
    lines = [line for each in taken for line in taken_lines(each)]
    bundles = [taken_data(each) for each in taken]
    return Result(lines, {"bundles": bundles, "medium": visit.medium, "safe": safe})


def taken_lines(taken: Taken) -> list[str | Table]:
    """Return what a person reads about one bundle that was taken."""
    return [
        text("Bundle number {seq} from {sender}:", seq=taken.seq, sender=taken.sender),
        verdict_table(taken.verdict),
        *scanned_lines(taken.scanned),
        *([outcomes_table(taken.outcomes)] if taken.outcomes else []),
        *_held(taken),
        *_software(taken),
        text("Receipts accepted: {count}", count=taken.receipts),
        *_older_trust(taken),
        judged_by(taken.tables),
    ]


def _held(taken: Taken) -> list[str | Table]:
    held = taken.outcomes.get("held", 0)
    if taken.compared:
        return [text("It was compared with the register: mediabridge population list")]
    if not held:
        return []
    return [
        text("Held for a decision: {count}", count=held),
        text("See which: mediabridge held list. To go through them: mediabridge held resolve"),
    ]


def _software(taken: Taken) -> list[str | Table]:
    lines: list[str | Table] = []
    for each in taken.software:
        name = f"{each.software.name} {each.software.version}"
        if each.refused is None:
            lines.append(text("Software verified and kept, not installed: {name}", name=name))
        else:
            why = str(said(each.refused))
            lines.append(text("Software refused: {name}, {why}", name=name, why=why))
    if any(each.refused is None and each.software.name == PROGRAM for each in taken.software):
        lines.append(text("An officer has it installed: mediabridge software install"))
    return lines


def _older_trust(taken: Taken) -> list[str | Table]:
    if taken.older_trust is None:
        return []
    older = text(
        "The medium was written before an update of the trust data: it had version {version}."
        " Only this station's own was used.",
        version=taken.older_trust,
    )
    return [older]


def taken_data(taken: Taken) -> dict[str, Any]:
    """Return what a program reads about one bundle that was taken."""
    return {
        "bundle": taken.bundle,
        "from": taken.sender,
        "seq": taken.seq,
        "checks": verdict_data(taken.verdict),
        "outcomes": taken.outcomes,
        "receipts": taken.receipts,
        "software": [
            {
                "sha256": each.software.sha256,
                "name": each.software.name,
                "version": each.software.version,
                "refused": None if each.refused is None else each.refused.value,
            }
            for each in taken.software
        ],
        "older_trust": taken.older_trust,
        "tables": taken.tables,
        "scanner": scanned_data(taken.scanned),
    }
