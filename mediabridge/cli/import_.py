"""``mediabridge import``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mediabridge.cli._context import Context
from mediabridge.cli._medium import the_visit
from mediabridge.cli._result import Result, Table
from mediabridge.cli._show import outcomes_table, verdict_data, verdict_table
from mediabridge.cli._station import Medium, Operator, PassphraseFile, open_station
from mediabridge.errors import MediabridgeError, MediumError
from mediabridge.locale import text

if TYPE_CHECKING:
    from mediabridge.stations.incoming.taking import Taken


def import_(
    context: Context,
    *,
    medium: Medium = None,
    operator: Operator = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    """Check the bundles on a medium and apply them."""
    from mediabridge.media.states import MediumState
    from mediabridge.stations.serving import let_go

    lines: list[str | Table] = []
    bundles = []
    with open_station(context, passphrase_file) as station:
        visit = the_visit(station, medium)
        try:
            for taken in station.import_(visit, operator=operator):
                lines += taken_lines(taken)
                bundles.append(taken_data(taken))
        except MediabridgeError as error:
            if error.verdict is not None:
                error.facts["checks"] = verdict_data(error.verdict)
                context.show(verdict_table(error.verdict))
            error.facts["taken"] = bundles
            if not isinstance(error, MediumError):
                # It is not read any more; a stick that failed itself was told as what it is.
                station.tell(MediumState.READY, medium=visit.shown)
            raise
        safe = let_go(station, visit)
    return Result(lines, {"bundles": bundles, "medium": visit.medium, "safe": safe})


def taken_lines(taken: Taken) -> list[str | Table]:
    """Return what a person reads about one bundle that was taken."""
    return [
        text("Bundle number {seq} from {sender}:", seq=taken.seq, sender=taken.sender),
        verdict_table(taken.verdict),
        outcomes_table(taken.outcomes),
        text("Receipts accepted: {count}", count=taken.receipts),
    ]


def taken_data(taken: Taken) -> dict[str, Any]:
    """Return what a program reads about one bundle that was taken."""
    return {
        "bundle": taken.bundle,
        "from": taken.sender,
        "seq": taken.seq,
        "checks": verdict_data(taken.verdict),
        "outcomes": taken.outcomes,
        "receipts": taken.receipts,
    }
