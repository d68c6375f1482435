"""What is known at the counter of whoever has a card."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mediabridge.kinds import Kind
from mediabridge.locale import Language, moment, said, text
from mediabridge.shown.codes import CODED, code_said
from mediabridge.shown.held import STATES
from mediabridge.shown.table import Table

if TYPE_CHECKING:
    from mediabridge.stations.lookup import Answer, Asked, Waiting
    from mediabridge.stations.news import News


def answer_lines(
    answer: Answer, lang: Language, *, by_commands: bool = True
) -> Iterator[str | Table]:
    """Yield what to go by first, then the record, how new all of it is, and what waits.

    *by_commands* names the command that shows more, where no other way leads there.
    """
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
        if by_commands:
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
        if by_commands:
            yield text("To look at it: mediabridge population show NUMBER --finding NUMBER")


def _record(answer: Answer, lang: Language) -> Iterator[str | Table]:
    from mediabridge.records.fields import FIELDS
    from mediabridge.shown.held import label

    assert answer.found is not None  # noqa: S101 - the caller has looked
    items = answer.found.resident._asdict()
    yield text("The record is {state}.", state=text(STATES[items["state"]]))
    if not answer.found.current:
        yield text("The card is a former one; the present one stands below.")
    rows = [
        [label(name, lang), _meant(name, items[name])]
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


def asked_lines(found: Sequence[Asked]) -> list[str | Table]:
    """Return who asked for the same card before, and when."""
    if not found:
        return [text("Nobody asked for this card here before.")]
    rows = [[moment(each.time), each.actor] for each in found]
    return [Table([text("when"), text("who")], rows)]
