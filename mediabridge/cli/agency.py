"""``mediabridge agency …``: what is for many offices, of which each has a station in one folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._encoding import encoding_meant
from mediabridge.cli._offices import AtOffices, problem_lines, show_whose
from mediabridge.cli._options import Operator, PassphraseFile
from mediabridge.cli._result import Result, Table
from mediabridge.cli._tables import problems_shown
from mediabridge.cli.collect import notices_data
from mediabridge.errors import OfficesRefusedError
from mediabridge.kinds import Kind
from mediabridge.locale import hint_of, n_, sentence_of, text
from mediabridge.shown.collected import error_lines, judged_by, notice_lines

if TYPE_CHECKING:
    from mediabridge.stations.offices.collecting import Distributed, OfficePart


def collect(
    context: Context,
    file: Annotated[
        Path, typer.Argument(help=n_("A file of records for many offices, CSV or XML."))
    ],
    *,
    to: Annotated[
        Path,
        typer.Option(
            help=n_("The folder of the agency's stations, each in one called by its office's code.")
        ),
    ],
    kind: Annotated[
        Kind | None, typer.Option(help=n_("The kind of record, if it must be said."))
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(help=n_("cp932 or shift_jis_2004, if the file is in one of them.")),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help=n_("Only check; take nothing in."))
    ] = False,
    operator: Operator = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.stations.offices.collecting import collect_for_offices
    from mediabridge.stations.offices.folder import offices_in

    folder = offices_in(to)
    show_whose(context, folder)
    opened = AtOffices(context, passphrase_file)
    try:
        with problems_shown(context):
            done = collect_for_offices(
                file,
                folder,
                opened,
                clock=context.clock,
                progress=context.progress,
                operator=operator,
                kind=kind,
                encoding=encoding_meant(context, encoding),
                check=check,
            )
    except OfficesRefusedError as error:
        return _refused(context, error)
    lines = _lines(done, opened)
    problems = [part.problem for part in done.parts if part.problem]
    if problems:
        return Result(lines, _data(done), problems[0].exit_code, problems[0].reason)
    return Result(lines, _data(done))


def _refused(context: Context, error: OfficesRefusedError) -> Result:
    """Return a file's errors for a program; a person sees the first of them, with own values."""
    context.show(sentence_of(error))
    if not context.json:
        for line in error_lines(error, context.lang):
            context.show(line)
    context.show(judged_by(error.facts["tables"]))
    context.show(hint_of(error))
    errors = [each.log_form() for each in error.errors]
    return Result((), {**error.facts, "errors": errors}, error.exit_code, error.reason)


def _lines(done: Distributed, opened: AtOffices) -> list[str | Table]:
    lines: list[str | Table] = [
        Table(
            [text("office"), text("records"), text("what came of it")],
            [[part.office, str(part.records), _fate(part)] for part in done.parts],
            right=frozenset({1}),
        )
    ]
    lines += problem_lines((part.office, part.problem) for part in done.parts if part.problem)
    lines += problem_lines(opened.warnings())
    lines += notice_lines(done.notices, done.kind)
    lines.append(
        text(
            "Records of the file: {records}; at their stations: {there}.",
            records=done.records,
            there=done.there,
        )
    )
    lines.append(judged_by(done.tables.as_json()))
    return lines


def _fate(part: OfficePart) -> str:
    if part.problem:
        return text("not taken in")
    if part.collected is None:
        return text("no errors")
    return text("taken in before") if part.collected.known else text("taken in")


def _data(done: Distributed) -> dict[str, Any]:
    return {
        "records": done.records,
        "there": done.there,
        "offices": [_part_data(part) for part in done.parts],
        "notices": notices_data(done.notices),
        "tables": done.tables.as_json(),
    }


def _part_data(part: OfficePart) -> dict[str, Any]:
    return {
        "office": part.office,
        "records": part.records,
        "taken": part.collected is not None,
        "known": part.collected is not None and part.collected.known,
        "reason": part.problem.reason if part.problem else None,
    }
