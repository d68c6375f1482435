"""``mediabridge explain``: what became of one record, what it changed, and on what article."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station
from mediabridge.locale import Language, moment, n_, text, translate
from mediabridge.shown.bundles import result_said
from mediabridge.shown.held import label, meant
from mediabridge.shown.kanji import naming_lines

if TYPE_CHECKING:
    from mediabridge.stations.explaining import Step


def explain(
    context: Context,
    record: Annotated[str, typer.Argument(help=n_("The record's number, such as N-0001."))],
) -> Result:
    from mediabridge.stations.explaining import story

    with open_station(context) as station:
        steps = story(station, record)
    lines = [line for each in steps for line in _lines(each, context.lang)]
    data = [{**asdict(each), "article": each.article} for each in steps]
    return Result(lines, {"record": record, "steps": data})


def _lines(step: Step, lang: Language) -> Iterator[str | Table]:
    from mediabridge.stations.bundles import outcome_said

    result = result_said(step.result)
    if step.at is None:
        yield text("Bundle number {seq}: {result}", seq=step.seq, result=result)
        return
    if step.supplement:
        said = n_("Bundle number {seq}, decided {time}: {result}")
    else:
        said = n_("Bundle number {seq}, taken {time}: {result}")
    yield text(said, seq=step.seq, time=moment(step.at), result=result)
    if step.by is not None:
        yield text("  by {who}", who=" + ".join(each for each in (step.by, step.second) if each))
    if step.reason is not None:
        why = outcome_said(step.result, step.reason)[1]
        yield text("  why: {why} ({code})", why=why, code=step.reason)
    if step.basis is not None:
        yield text("  rule: {basis}", basis=translate(step.basis))
    if step.article is not None:
        yield text("  on the article: {article}", article=step.article)
    if step.next_municipality is not None:
        yield text("  moved to municipality {code}", code=step.next_municipality)
    if step.naming is not None:
        yield from naming_lines(step.naming)
    if step.changes:
        rows = [
            [label(name, lang), *(meant(name, _text(each)) for each in (before, after))]
            for name, before, after in step.changes
        ]
        yield Table([text("item"), text("before"), text("after")], rows)


def _text(value: object) -> str:
    return "" if value is None else str(value)
