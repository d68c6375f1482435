"""``mediabridge import``."""

from __future__ import annotations

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result, Table
from mediabridge.cli._show import outcomes_table, verdict_data, verdict_table
from mediabridge.cli._station import Medium, Operator, PassphraseFile, open_station
from mediabridge.errors import MediabridgeError
from mediabridge.locale import text


def import_(
    context: Context,
    medium: Medium,
    *,
    operator: Operator = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    """Check the bundles on a medium and apply them."""
    lines: list[str | Table] = []
    bundles = []
    with open_station(context, passphrase_file) as station:
        try:
            for taken in station.import_(medium, operator=operator):
                lines += [
                    text("Bundle number {seq} from {sender}:", seq=taken.seq, sender=taken.sender),
                    verdict_table(taken.verdict),
                    outcomes_table(taken.outcomes),
                    text("Receipts accepted: {count}", count=taken.receipts),
                ]
                bundles.append(
                    {
                        "bundle": taken.bundle,
                        "from": taken.sender,
                        "seq": taken.seq,
                        "checks": verdict_data(taken.verdict),
                        "outcomes": taken.outcomes,
                        "receipts": taken.receipts,
                    }
                )
        except MediabridgeError as error:
            if error.verdict is not None:
                error.facts["checks"] = verdict_data(error.verdict)
                context.show(verdict_table(error.verdict))
            error.facts["taken"] = bundles
            raise
    return Result(lines, {"bundles": bundles})
