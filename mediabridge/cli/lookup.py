"""``mediabridge lookup``: the counter question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from mediabridge.cli._ask import line
from mediabridge.cli._context import Context
from mediabridge.cli._result import Result
from mediabridge.cli._station import open_station
from mediabridge.locale import n_
from mediabridge.shown.lookup import answer_lines, asked_lines

if TYPE_CHECKING:
    import typer

    from mediabridge.cli._options import Operator
    from mediabridge.stations.lookup import Answer, Asked


def lookup(
    context: Context,
    card: Annotated[
        str | None,
        typer.Argument(
            metavar="[CARD]",
            help=n_(
                "The card's number. Left out, or -: it is asked for, or read from standard input,"
                " and no other user of this machine sees it in the list of processes."
            ),
        ),
    ] = None,
    *,
    asked: Annotated[
        bool,
        typer.Option("--asked", help=n_("Say who asked for this card here, and when, instead.")),
    ] = False,
    operator: Operator = None,
) -> Result:
    from mediabridge.stations import lookup as counter

    with open_station(context) as station:
        counter.require_register(station)
        number = counter.card_number(_typed(context, card))
        if asked:
            return _earlier(counter.earlier(station, number, operator=operator))
        answer = counter.look_up(station, number, operator=operator)
    return Result(list(answer_lines(answer, context.lang)), _data(answer))


def _typed(context: Context, card: str | None) -> str:
    if card is None or card == "-":
        return line(context, n_("Number of the card"))
    return card


def _earlier(found: list[Asked]) -> Result:
    data = {"asked": [{"time": each.time, "actor": each.actor} for each in found]}
    return Result(asked_lines(found), data)


def _data(answer: Answer) -> dict[str, Any]:
    found = answer.found
    return {
        "source": answer.advice.source,
        "why": answer.advice.why,
        "asked_at": answer.asked_at,
        "record": found.resident._asdict() if found else None,
        "current": found.current if found else None,
        "news": [
            {
                "sender": each.sender,
                "seq": each.seq,
                "sealed": each.sealed,
                "fresh": each.fresh,
                "missing": list(each.missing) if each.missing else None,
                "early": list(each.early),
            }
            for each in answer.news
        ],
        "held": [
            {
                "record": each.held.notice.record_id,
                "event": each.held.notice.event_code,
                "reason": each.held.reason,
                "held_at": each.held.held_at,
                "named": each.named,
            }
            for each in answer.waiting
        ],
        "findings": [
            {"population": each.population, "finding": each.number, "reason": each.reason}
            for each in answer.findings
        ],
    }
