"""``mediabridge held list`` and ``mediabridge held show``: reading only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mediabridge.cli._codes import CODED, code_said
from mediabridge.cli._context import Context
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station
from mediabridge.kinds import Kind
from mediabridge.locale import Language, n_, said, text

if TYPE_CHECKING:
    from mediabridge.stations.held import Held, Item


def list_(context: Context) -> Result:
    from mediabridge.stations import held

    with open_station(context) as station:
        found = list(held.waiting(station))
    data = {"held": [_data(each) for each in found]}
    if not found:
        return Result([text("Nothing waits for a decision.")], data)
    headings = [text("notice number"), text("event"), text("why")]
    rows = [[each.record, each.event, said(each.reason)] for each in found]
    more = text("To look at one of them: mediabridge held show NOTICE-NUMBER")
    return Result([Table(headings, rows), more], data)


def show(
    context: Context,
    record: Annotated[str, typer.Argument(help=n_("The notice's number; see: held list."))],
) -> Result:
    from mediabridge.stations import held

    with open_station(context) as station:
        found = held.chosen(station, record)
    return Result(list(_lines(found, context.lang)), {**_data(found), "items": _items(found)})


def _lines(found: Held, lang: Language) -> Iterator[str | Table]:
    why = text("Why it is held: {why} ({code})", why=said(found.reason), code=found.reason.value)
    yield text("Notice {record}, held since {time}", record=found.record, time=found.held_at)
    yield why
    if not found.found:
        yield text("The register has nobody with a card number of this notice.")
    headings = [text("item"), text("notice"), text("register"), text("comparison")]
    yield Table(headings, [_row(each, lang) for each in found.items])
    yield text("Nothing is decided here. Decide by the city's rules, in the resident register.")


def _row(item: Item, lang: Language) -> list[str]:
    from mediabridge.records.fields import label

    name = label(Kind.ISA_NOTICE, item.identifier, japanese=lang is Language.JA)
    mark = text("DIFFERENT") if item.differs else ""
    return [
        name,
        _meant(item.identifier, item.notice),
        _meant(item.identifier, item.register),
        mark,
    ]


def _meant(identifier: str, value: str | None) -> str:
    """Return *value*, with the words for it where it is a code."""
    if not value:
        return "-"
    table = CODED.get(identifier)
    return code_said(table, value) if table else value


def _data(found: Held) -> dict[str, Any]:
    return {
        "record": found.record,
        "event": found.event,
        "bundle": found.bundle,
        "held_at": found.held_at,
        "reason": found.reason,
    }


def _items(found: Held) -> list[dict[str, Any]]:
    return [
        {
            "item": each.identifier,
            "notice": each.notice,
            "register": each.register,
            "differs": each.differs,
        }
        for each in found.items
    ]
