"""``mediabridge station tidy``: what is settled for longer than it is kept goes, and is named."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mediabridge.cli._ask import confirm
from mediabridge.cli._context import Context
from mediabridge.cli._options import Operator
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station
from mediabridge.locale import moment, n_, said, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediabridge.stations.retention.looking import Found
    from mediabridge.stations.retention.settled import Over


def tidy(
    context: Context,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=n_("Only say what would be removed."))
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help=n_("Do it without being asked."))] = False,
    operator: Operator = None,
) -> Result:
    from mediabridge.config import RETENTION_AT_A_TIME
    from mediabridge.stations import settings
    from mediabridge.stations.retention.looking import look
    from mediabridge.stations.retention.removing import remove

    with open_station(context) as station:
        found = look(station, settings.load(station.home.settings_file).retention)
        now = found.over if dry_run else found.over[:RETENTION_AT_A_TIME]
        later = len(found.over) - len(now)
        data = _data(found, now, later)
        if not now:
            return Result([text("Nothing is over."), *_changed(found)], data)
        context.show(_table(now))
        if dry_run:
            return Result([text("Nothing was removed."), *_changed(found)], data)
        person = station.operator(operator)
        if not yes and not confirm(context, n_("Remove this for good?")):
            return Result([text("Nothing was removed."), *_changed(found)], data)
        remove(station, now, operator=person)
    lines = [text("Removed, and noted in the transfer log: {count}", count=len(now))]
    if later:
        lines.append(text("As much at a time is enough; still over: {count}", count=later))
    return Result([*lines, *_changed(found)], {**data, "removed": len(now)})


def _table(over: Sequence[Over]) -> Table:
    """Return how many of each kind go, with their numbers; the numbers of nobody else."""
    rows = []
    for why, group in groupby(over, key=lambda each: each.why):
        things = list(group)
        rows.append(
            [
                said(why),
                str(things[0].facts["days"]),
                str(len(things)),
                moment(things[0].settled),
                _numbers(things),
            ]
        )
    headings = [text("what"), text("kept days"), text("count"), text("settled from"), text("no.")]
    return Table(headings, rows, right=frozenset({1, 2}))


def _numbers(things: Sequence[Over]) -> str:
    """Return the numbers of the bundles as ranges, such as ``1-250, 252``."""
    numbers = sorted({int(str(each.facts["seq"])) for each in things if "seq" in each.facts})
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][-1] + 1:
            spans[-1][1:] = [number]
        else:
            spans.append([number])
    return ", ".join("-".join(map(str, span)) for span in spans)


def _changed(found: Found) -> list[str]:
    if not found.changed:
        return []
    return [
        text(
            "Kept, since it is not what was sealed or issued here: {names}. Call the security"
            " officer.",
            names=", ".join(found.changed),
        )
    ]


def _data(found: Found, now: Sequence[Over], later: int) -> dict[str, Any]:
    over = [
        {
            "reason": each.why.value,
            "settled": each.settled,
            **{
                name: each.facts[name]
                for name in ("days", "bundle", "route_from", "route_to", "seq", "receipt")
                if name in each.facts
            },
        }
        for each in now
    ]
    return {"over": over, "later": later, "changed": found.changed, "removed": 0}
