"""``mediabridge names``: what Notice 582 says about a name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result, Table
from mediabridge.cli._tables import own_tables, problems_shown, scanned_table, site_tables
from mediabridge.errors import ExitCode, NameUndecidedError, NameUnfitError, UsageError
from mediabridge.locale import n_, text, translate
from mediabridge.shown.kanji import RULES, table_said
from mediabridge.shown.values import printable

if TYPE_CHECKING:
    from mediabridge.records.names import Character, NamesTable, Reason

Name = Annotated[str, typer.Argument(help=n_("The name, as it was submitted."))]
Gaiji = Annotated[
    bool,
    typer.Option("--gaiji", help=n_("Allow 入管外字, as in the original kanji name.")),
]


def convert(
    context: Context,
    name: Name,
    *,
    rank2: Annotated[
        list[str] | None,
        typer.Option(help=n_("POSITION=REASON: use the second rank there, for this reason.")),
    ] = None,
    gaiji: Gaiji = False,
) -> Result:
    from mediabridge.records import names

    table = names.table(site_tables(context))
    done = names.convert(name, table=table, rank2=_reasons(rank2 or []), gaiji=gaiji)
    lines: list[str | Table] = [_characters(done.characters), _table_line(table)]
    data = done.as_json()
    if done.converted is None:
        count = len(done.decisions)
        context.say("Characters without a replacement: {count}; a person must decide.", count=count)
        return Result(lines, data, ExitCode.RECORDS, NameUndecidedError.reason)
    return Result([printable(done.converted), *lines], data)


def check(
    context: Context,
    name: Name,
    *,
    encoding: Annotated[
        str | None,
        typer.Option(help=n_("Say also what an encoding cannot hold, such as cp932.")),
    ] = None,
    gaiji: Gaiji = False,
) -> Result:
    from mediabridge.records import names

    table = names.table(site_tables(context))
    unfit = names.check(name, table=table, gaiji=gaiji)
    unheld = names.encodable(name, encoding) if encoding else ()
    data: dict[str, Any] = {
        "unfit": [each.as_json() for each in unfit],
        "unencodable": [each._asdict() for each in unheld],
        "table": table.provenance.as_json(),
    }
    lines: list[str | Table] = [_characters(unfit)] if unfit else []
    lines += [
        text(
            "{character} ({code}) cannot be held in {encoding}.",
            character=printable(each.character),
            code=each.code,
            encoding=encoding,
        )
        for each in unheld
    ]
    if lines:
        lines.append(_table_line(table))
        return Result(lines, data, ExitCode.RECORDS, NameUnfitError.reason)
    return Result([text("Every character can be used as it is."), _table_line(table)], data)


def show(context: Context) -> Result:
    from mediabridge.records import names

    table = names.table(site_tables(context))
    return Result(_holdings(table), table.as_json())


def load(
    context: Context,
    file: Annotated[
        Path, typer.Argument(help=n_("A table in the form of the shipped one."), dir_okay=False)
    ],
) -> Result:
    from mediabridge.records import names

    with problems_shown(context):
        table = names.load(own_tables(context), scanned_table(context, file))
    return Result(_holdings(table), table.as_json())


def _reasons(given: list[str]) -> dict[int, Reason]:
    """Return the reasons for the second rank by position.

    Raises:
        UsageError: one is not ``POSITION=REASON``, or no such reason exists.
    """
    from mediabridge.records.names import Reason

    reasons = {}
    for each in given:
        position, _, reason = each.partition("=")
        if not (position.isascii() and position.isdigit()) or reason not in list(Reason):
            wanted = ", ".join(Reason)
            detail = text("--rank2 takes POSITION=REASON with one of: {reasons}", reasons=wanted)
            raise UsageError(detail=detail)
        reasons[int(position)] = Reason(reason)
    return reasons


def _characters(characters: tuple[Character, ...]) -> Table:
    from mediabridge.records.names.characters import code_points

    headings = [
        text("position"),
        text("character"),
        text("code"),
        text("result"),
        text("rank 2"),
        text("rule"),
        text("row"),
    ]
    rows = [
        [
            str(each.position),
            printable(each.written),
            code_points(each.written),
            printable(each.result) if each.result is not None else "-",
            (each.row.rank2 if each.row else "") or "-",
            translate(each.stop.value) if each.stop else translate(RULES[each.rule.value]),
            str(each.row.number) if each.row else "-",
        ]
        for each in characters
    ]
    return Table(headings, rows, right=frozenset({0, 6}))


def _table_line(table: NamesTable) -> str:
    return table_said(table.provenance)


def _holdings(table: NamesTable) -> list[str | Table]:
    facts = table.as_json()
    rows: Any = facts["rows"]
    return [
        _table_line(table),
        text(
            "Kept by: {origin}; SHA-256 {sha256}",
            origin=table.provenance.origin,
            sha256=table.provenance.sha256,
        ),
        Table(
            [text("rule"), text("rows")],
            [
                [translate(RULES["seiji"]), str(facts["seiji"])],
                *([translate(RULES[rule]), str(count)] for rule, count in rows.items()),
            ],
            right=frozenset({1}),
        ),
    ]
