"""``mediabridge population apply`` and ``reject``: what follows is said before it is asked.

The station is open while something is looked up or written, never while a person thinks: the
decision holds only for the version that was looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mediabridge.cli._ask import confirm, reply
from mediabridge.cli._context import Context
from mediabridge.cli._options import Operator
from mediabridge.cli._result import Result
from mediabridge.cli._station import open_station
from mediabridge.cli.population import FindingNumber, Kind, Number
from mediabridge.errors import (
    FindingNotDecidableError,
    PopulationOutdatedError,
    SecondPersonMissingError,
    UsageError,
)
from mediabridge.locale import n_, said, text, translate
from mediabridge.shown.population import asked_line, shown_lines, waiting_line
from mediabridge.stations.population.deciding import Cause

if TYPE_CHECKING:
    from mediabridge.stations.population.deciding import Asked, FindingsDecided

Seen = Annotated[
    str | None, typer.Option(help=n_("The version that was looked at, as --json shows it."))
]
_People = tuple[str | None, str | None]
"""Who decides, and who decides as well, as they were named."""

Second = Annotated[str | None, typer.Option(help=n_("A second person who decides as well."))]


def apply(
    context: Context,
    number: Number = None,
    *,
    kind: Kind = None,
    finding: FindingNumber = None,
    seen: Seen = None,
    operator: Operator = None,
    second: Second = None,
) -> Result:
    asked = _look(context, number, kind, finding, (operator, second))
    if asked.consequence is None:
        raise FindingNotDecidableError(kind=said(asked.kind))
    if asked.newer is not None:
        raise PopulationOutdatedError(time=asked.newer)
    if asked.two and second is None:
        raise SecondPersonMissingError
    context.show(translate(asked.consequence))
    return _decide(context, asked, None, seen, (operator, second))


def reject(
    context: Context,
    number: Number = None,
    *,
    because: Annotated[Cause, typer.Option(help=n_("Why the register stays as it is."))],
    kind: Kind = None,
    finding: FindingNumber = None,
    seen: Seen = None,
    operator: Operator = None,
    second: Second = None,
) -> Result:
    asked = _look(context, number, kind, finding, (operator, second))
    context.show(translate(asked.rejected))
    return _decide(context, asked, because, seen, (operator, second))


def _look(
    context: Context, number: int | None, kind: Any, finding: int | None, people: _People
) -> Asked:
    """Return what is to be decided on, shown as it is now, to *people* who are known here."""
    from mediabridge.stations import held
    from mediabridge.stations.population import deciding, looking

    if (kind is None) == (finding is None):
        raise UsageError(detail=text("give either --kind or --finding"))
    with open_station(context) as station:
        held.deciders(station, *people)
        chosen = looking.named(station, number)
        asked = deciding.asked(station, chosen, kind, finding)
        one = None if finding is None else looking.one(station, chosen, finding)
    for line in [] if one is None else shown_lines(one, context.lang):
        context.show(line)
    context.show(asked_line(asked))
    return asked


def _decide(
    context: Context,
    asked: Asked,
    because: Cause | None,
    seen: str | None,
    people: _People,
) -> Result:
    from mediabridge.stations.population import deciding, looking

    if seen is None and not _agreed(context, asked):
        return Result([text("Nothing was decided.")], {"decided": 0})
    operator, second = people
    version = asked.seen if seen is None else deciding.seen_as(asked, seen)
    with open_station(context) as station:
        decided = deciding.decide(
            station, asked.chosen, version, because, operator=operator, second=second
        )
        left = looking.waiting(station)
    return _result(decided, left, answered=asked.answered)


def _agreed(context: Context, asked: Asked) -> bool:
    """Ask for one finding whether, for all of a kind how many: whoever types it has read it."""
    if asked.chosen.position is not None:
        return confirm(context, "Decide this?")
    typed = reply(context, "How many findings are decided on? Type the number; Enter for none")
    return typed == str(asked.seen.count)


def _result(decided: FindingsDecided, left: int, *, answered: bool) -> Result:
    lines = [
        text(
            "Decided: {result}; findings: {count}",
            result=said(decided.result),
            count=str(decided.count),
        ),
        waiting_line(left),
    ]
    if answered:
        lines.append(text("The answers travel with the next bundle: mediabridge export"))
    data = {
        "decided": decided.count,
        "result": decided.result,
        "reason": decided.reason,
        "by": decided.deciders.first,
        "second": decided.deciders.second,
        "waiting": left,
    }
    return Result(lines, data)
