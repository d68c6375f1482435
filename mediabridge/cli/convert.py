"""``mediabridge convert``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._encoding import encoding_meant
from mediabridge.cli._result import Result
from mediabridge.cli._tables import tables_in_use
from mediabridge.cli.collect import notices_data, show_refusal
from mediabridge.errors import ExitCode, RecordsRefusedError
from mediabridge.kinds import Kind
from mediabridge.locale import n_, text
from mediabridge.shown.collected import judged_by, notice_lines


def convert(
    context: Context,
    source: Annotated[
        Path,
        typer.Argument(help=n_("A CSV or XML file of records."), dir_okay=False),
    ],
    target: Annotated[
        Path, typer.Argument(help=n_("The file to write; it ends in .csv or .xml."), dir_okay=False)
    ],
    *,
    kind: Annotated[
        Kind | None, typer.Option(help=n_("The kind of record, if it must be said."))
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help=n_("The encoding of the CSV file, if it is not UTF-8."))
    ] = None,
) -> Result:
    from mediabridge.records.convert import convert as convert_file

    tables, meant = tables_in_use(context), encoding_meant(context, encoding)
    try:
        done = convert_file(
            source, target, kind=kind, encoding=meant, tables=tables, progress=context.progress
        )
    except RecordsRefusedError as error:
        show_refusal(context, error)
        data: dict[str, Any] = {
            "file": source.name,
            "count": error.facts["count"],
            "errors": [each.log_form() for each in error.errors],
            "tables": error.facts["tables"],
        }
        return Result([judged_by(error.facts["tables"])], data, ExitCode.RECORDS, error.reason)
    line = text("{file}: written; records: {count}.", file=target.name, count=done.records)
    data = {
        "file": target.name,
        "kind": done.kind,
        "records": done.records,
        "notices": notices_data(done.notices),
        "tables": tables.as_json(),
    }
    lines = [line, *notice_lines(done.notices, done.kind), judged_by(tables.as_json())]
    return Result(lines, data)
