"""``mediabridge agency …``: what is for many offices, of which each has a station in one folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mediabridge.cli._about import whose_is
from mediabridge.cli._context import Context
from mediabridge.cli._encoding import encoding_meant
from mediabridge.cli._options import Operator, PassphraseFile
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station
from mediabridge.cli._tables import problems_shown
from mediabridge.cli.collect import notices_data
from mediabridge.errors import OfficesRefusedError
from mediabridge.kinds import Kind
from mediabridge.locale import hint_of, n_, sentence_of, text
from mediabridge.shown.collected import error_lines, judged_by, notice_lines

if TYPE_CHECKING:
    from mediabridge.stations.agency import AgencyStation
    from mediabridge.stations.offices.collecting import Distributed, OfficePart
    from mediabridge.stations.offices.folder import OfficesFolder, Opened


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
    _banner(context, folder)
    try:
        with problems_shown(context):
            done = collect_for_offices(
                file,
                folder,
                _opener(context, passphrase_file),
                clock=context.clock,
                progress=context.progress,
                operator=operator,
                kind=kind,
                encoding=encoding_meant(context, encoding),
                check=check,
            )
    except OfficesRefusedError as error:
        return _refused(context, error)
    problems = [part.problem for part in done.parts if part.problem]
    if problems:
        first = problems[0]
        return Result(_lines(done), _data(done), first.exit_code, first.reason)
    return Result(_lines(done), _data(done))


def _banner(context: Context, folder: OfficesFolder) -> None:
    """Say whether this is practice or work: there are many stations, and of one kind."""
    whose = whose_is(folder.home(folder.codes[0]).root)
    if whose is not None:
        line = n_("[{mode}] the agency's stations in {folder}")
        context.about.elsewhere(line, whose.mode, folder=folder.root.name)


def _opener(context: Context, passphrase_file: Path | None) -> Opened:
    def opened(root: Path) -> AgencyStation:
        from mediabridge.stations.agency import AgencyStation

        station = open_station(replace(context, home=root), passphrase_file)
        assert isinstance(station, AgencyStation)  # noqa: S101 - its role was asked for before
        return station

    return opened


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


def _lines(done: Distributed) -> list[str | Table]:
    lines: list[str | Table] = [
        Table(
            [text("office"), text("records"), text("what came of it")],
            [[part.office, str(part.records), _fate(part)] for part in done.parts],
            right=frozenset({1}),
        )
    ]
    for part in done.parts:
        if part.problem:
            lines.append(f"! {part.office}: {sentence_of(part.problem)}")
            lines.append(f"  {hint_of(part.problem)}")
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
