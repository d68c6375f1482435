"""``mediabridge lookup``: the counter question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from mediabridge.cli._ask import line
from mediabridge.cli._context import Context
from mediabridge.cli._held import STATES
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station
from mediabridge.kinds import Kind
from mediabridge.locale import Language, moment, n_, said, text
from mediabridge.shown.codes import CODED, code_said

if TYPE_CHECKING:
    import typer

    from mediabridge.cli._options import Operator
    from mediabridge.stations.lookup import Answer, Asked, Waiting
    from mediabridge.stations.news import News


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
    return Result(list(_lines(answer, context.lang)), _data(answer))


def _typed(context: Context, card: str | None) -> str:
    if card is None or card == "-":
        return line(context, n_("Number of the card"))
    return card


def _lines(answer: Answer, lang: Language) -> Iterator[str | Table]:
    yield text("Go by: {source}", source=answer.advice.source)
    yield text("{why} ({code})", why=answer.advice.why, code=answer.advice.why.value)
    if answer.found is None:
        yield text("Nobody in the register has, or had, this card.")
    else:
        yield from _record(answer, lang)
    yield text("Asked at {time}", time=moment(answer.asked_at))
    yield text("The register has what was sent up to here:")
    yield Table(
        [
            text("from"),
            text("newest number"),
            text("sealed"),
            text("not arrived"),
            text("came too early"),
        ],
        [_news_row(each) for each in answer.news],
        right=frozenset({1}),
    )
    if answer.waiting:
        yield text("Waiting for a decision:")
        headings = [text("notice number"), text("event"), text("why"), text("about")]
        yield Table(headings, [_waiting_row(each) for each in answer.waiting])
        yield text("To look at one of them: mediabridge held show NOTICE-NUMBER")
    if answer.findings:
        yield text("Found by comparing with the immigration side, and not decided:")
        headings = [text("population"), text("finding"), text("why")]
        yield Table(
            headings,
            [[str(each.population), str(each.number), said(each.reason)]
             for each in answer.findings],
            right=frozenset({0, 1}),
        )  # fmt: skip
        yield text("To look at it: mediabridge population show NUMBER --finding NUMBER")


def _record(answer: Answer, lang: Language) -> Iterator[str | Table]:
    from mediabridge.records.fields import FIELDS, label

    assert answer.found is not None  # noqa: S101 - the caller has looked
    items = answer.found.resident._asdict()
    yield text("The record is {state}.", state=text(STATES[items["state"]]))
    if not answer.found.current:
        yield text("The card is a former one; the present one stands below.")
    rows = [
        [label(Kind.ISA_NOTICE, name, japanese=lang is Language.JA), _meant(name, items[name])]
        for name in FIELDS[Kind.ISA_NOTICE]
        if items.get(name) not in {None, ""}
    ]
    if items["address"]:
        rows.append([text("address"), items["address"]])
    yield Table([text("item"), text("register")], rows)
    if items["last_issued_at"]:
        yield text("Last notice entered in it: issued {time}", time=moment(items["last_issued_at"]))


def _meant(identifier: str, value: object) -> str:
    """Return *value*, with the words for it where it is a code."""
    table = CODED.get(identifier)
    return code_said(table, str(value)) if table else str(value)


def _news_row(news: News) -> list[str]:
    return [
        news.sender,
        str(news.seq) if news.seq else "-",
        moment(news.sealed) if news.sealed else text("never"),
        _numbers(news.missing) if news.missing else text("none"),
        ", ".join(map(str, news.early)) or text("none"),
    ]


def _numbers(missing: tuple[int, int]) -> str:
    first, last = missing
    return str(first) if first == last else f"{first}-{last}"


def _waiting_row(waiting: Waiting) -> list[str]:
    held = waiting.held
    about = text("a card of this person") if waiting.named else text("perhaps this person")
    event = _meant("event_code", held.notice.event_code)
    return [held.notice.record_id, event, said(held.reason), about]


def _earlier(found: list[Asked]) -> Result:
    data = {"asked": [{"time": each.time, "actor": each.actor} for each in found]}
    if not found:
        return Result([text("Nobody asked for this card here before.")], data)
    rows = [[moment(each.time), each.actor] for each in found]
    return Result([Table([text("when"), text("who")], rows)], data)


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
