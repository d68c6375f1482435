"""``mediabridge station clock``: a person says that the machine's clock is right."""

from __future__ import annotations

from typing import Annotated

import typer

from mediabridge.cli._ask import confirm
from mediabridge.cli._context import Context
from mediabridge.cli._options import Operator
from mediabridge.cli._result import Result
from mediabridge.cli._station import open_station
from mediabridge.locale import n_, text, translate


def clock(
    context: Context,
    *,
    yes: Annotated[
        bool, typer.Option("--yes", help=n_("Confirm the clock without being asked."))
    ] = False,
    operator: Operator = None,
) -> Result:
    from mediabridge.clock import to_rfc3339
    from mediabridge.stations.timekeeping import confirm_clock

    with open_station(context) as station:
        known, now = station.clock.newest, to_rfc3339(station.clock.machine.now())
        data = {"clock": now, "known": known.time, "confirmed": False}
        lines = [
            text("The clock of this machine: {now}", now=now),
            text(
                "Surely earlier: {time} ({source})", time=known.time, source=translate(known.source)
            ),
        ]
        for line in lines:
            context.show(line)
        question = n_("Have you compared it with another clock, and is it right?")
        if not yes and not confirm(context, question):
            return Result([text("Nothing was noted. Set the clock of this machine.")], data)
        confirm_clock(station, operator=station.operator(operator))
    return Result([text("The clock is noted as right.")], {**data, "confirmed": True})
