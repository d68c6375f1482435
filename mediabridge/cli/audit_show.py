"""``mediabridge audit show``: search in all transfer logs, and one bundle's life on one screen."""

from __future__ import annotations

import sys
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._entries import entries_table, life_table
from mediabridge.cli._output import plain
from mediabridge.cli._result import Result, Table
from mediabridge.cli._screen import columns
from mediabridge.cli._station import open_station
from mediabridge.config import ENTRIES_LISTED, ENTRIES_LISTED_MOST
from mediabridge.locale import n_, said, text
from mediabridge.shown.wrapping import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediabridge.stations.tracing import Found
    from mediabridge.translog.events import Event
    from mediabridge.translog.lives import Life, Noted

_SCREEN = (80, 24)
"""Columns and lines of a screen that does not say how large it is, and the lines of any."""


def show(
    context: Context,
    *,
    bundle: Annotated[
        str | None,
        typer.Option(help=n_("The first characters of its id; by itself, the bundle's life.")),
    ] = None,
    medium: Annotated[str | None, typer.Option(help=n_("The number of a medium."))] = None,
    person: Annotated[
        str | None, typer.Option(help=n_("Who did it, or is named beside: an id of the log."))
    ] = None,
    day: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help=n_("The day, as the screens show it."))
    ] = None,
    reason: Annotated[str | None, typer.Option(help=n_("The code of a reason."))] = None,
    entries: Annotated[
        bool, typer.Option("--entries", help=n_("With --bundle: every entry, not its life."))
    ] = False,
    last: Annotated[
        int,
        typer.Option(
            min=1, max=ENTRIES_LISTED_MOST, help=n_("How many of the newest of each log.")
        ),
    ] = ENTRIES_LISTED,
) -> Result:
    from mediabridge.stations import tracing
    from mediabridge.translog.finding import Wanted

    with open_station(context) as station:
        chosen = None if bundle is None else tracing.chosen(station, bundle)
        if chosen is not None and not (entries or medium or person or day or reason):
            return _life(tracing.life_of(station, chosen))
        since, until = (None, None) if day is None else tracing.day_of(station, day)
        wanted = Wanted(chosen, medium, person, reason, since, until)
        return _found(tracing.found(station, wanted, last))


def _found(found: list[Found]) -> Result:
    lines: list[str | Table] = []
    for each in found:
        if each.newest:
            lines.append(text("Transfer log of {station}:", station=each.name))
            lines.append(entries_table(each.newest))
        if not each.whole:
            lines.append(text("Older ones are not listed: look for less, or give --last."))
    data = [
        {"station": each.log.log.station, "left": each.log.left, "whole": each.whole,
         "entries": [_data(noted) for noted in each.newest]}
        for each in found
    ]  # fmt: skip
    return Result(lines or [text("No log that is at hand has such an entry.")], {"logs": data})


def _life(life: Life) -> Result:
    fitting = next((each for each in _shorter(life) if _lines(each) < _SCREEN[1]), None)
    data = {
        "bundle": life.bundle,
        "from": life.sender,
        "to": life.receiver,
        "seq": life.seq,
        "steps": [_data(each) for each in life.noted],
        "unknown": list(life.unknown),
    }
    return Result(fitting or list(_shorter(life))[-1], data)


def _shorter(life: Life) -> Iterator[list[str | Table]]:
    """Yield what is said of *life*: all of it, then what has to be said, then each of that once."""
    from mediabridge.translog.lives import TOLD

    yield _said(life, _grouped(life.noted), whole=True)
    told = _grouped(each for each in life.noted if each.entry.event in TOLD)
    yield _said(life, told, whole=False)
    firsts: dict[Event, list[Noted]] = {}
    for group in told:
        firsts.setdefault(group[0].entry.event, group)
    yield _said(life, list(firsts.values()), whole=False)


def _said(life: Life, groups: list[list[Noted]], *, whole: bool) -> list[str | Table]:
    number = text("number {seq}", seq="?" if life.seq is None else life.seq)
    route = f"{life.sender or '?'} > {life.receiver or '?'}"
    lines: list[str | Table] = [
        text("Bundle {bundle}, {route}, {number}", bundle=life.bundle, route=route, number=number),
        life_table(groups),
    ]
    if life.unknown:
        steps = ", ".join(str(said(event)) for event in life.unknown)
        lines.append(text("Not known here: {steps}", steps=steps))
    if not whole:
        lines.append(text("There are more entries about it: --entries lists them."))
    return lines


def _lines(said: list[str | Table]) -> int:
    """Return how many lines of the screen *said* takes."""
    width = columns(sys.stdout) or _SCREEN[0]
    return sum(
        len(wrapped(line, width)) for each in said for line in plain(each, width).split("\n")
    )


def _grouped(noted: Iterable[Noted]) -> list[list[Noted]]:
    """Return *noted* with what follows itself in one group: the same step, by the same person."""
    return [list(group) for _, group in groupby(noted, _which)]


def _which(each: Noted) -> tuple[Any, ...]:
    return each.station, each.left, each.entry.actor, each.entry.event


def _data(each: Noted) -> dict[str, Any]:
    entry = each.entry
    return {
        "station": each.station,
        "left": each.left,
        "index": each.index,
        "time": entry.time,
        "actor": entry.actor,
        "event": entry.event,
        "facts": dict(entry.facts),
    }
