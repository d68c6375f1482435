"""``mediabridge collect``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._encoding import encoding_meant
from mediabridge.cli._options import Operator, PassphraseFile
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station
from mediabridge.cli._tables import problems_shown
from mediabridge.errors import (
    ExitCode,
    FileInfectedError,
    RecordsRefusedError,
    ScannerError,
    WrongRecordsError,
)
from mediabridge.kinds import Kind
from mediabridge.locale import n_, sentence_of
from mediabridge.shown.collected import (
    checked_lines,
    collected_lines,
    error_lines,
    judged_by,
    more_line,
)
from mediabridge.shown.scanned import scanned_data

if TYPE_CHECKING:
    from mediabridge.records.kept import Kept
    from mediabridge.records.notices import RecordNotice
    from mediabridge.stations.outgoing.collecting import Checked, Collected


def collect(
    context: Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(help=n_("Files of records, CSV or XML."), dir_okay=False),
    ] = None,
    *,
    from_registry: Annotated[
        bool,
        typer.Option(
            "--from-registry",
            help=n_("Take the change rows that the city's own system wrote in the registry."),
        ),
    ] = False,
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
    from mediabridge.cli._collect_changes import collect_changes, require_one_source
    from mediabridge.stations.outgoing.collecting import check_file

    options: dict[str, Any] = {"kind": kind, "encoding": encoding_meant(context, encoding)}
    require_one_source(files, from_registry=from_registry, about_files=options)
    lines: list[str | Table] = []
    taken: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    with problems_shown(context), open_station(context, passphrase_file) as station:
        if from_registry:
            return collect_changes(context, station, operator=operator, check=check)
        for path in files or ():
            try:
                if check:
                    done = check_file(station, path, **options)
                    lines += checked_lines(path.name, done)
                    taken.append({"file": path.name, **_checked_data(done)})
                else:
                    collected = station.collect(path, operator=operator, **options)
                    lines += collected_lines(path.name, collected)
                    taken.append({"file": path.name, **_collected_data(collected)})
            except RecordsRefusedError as error:
                show_refusal(context, error)
                refused.append(_refusal_data(error))
                continue
            except (FileInfectedError, ScannerError) as error:
                # Nothing more is brought in; what was, stays, and is said.
                for line in lines:
                    context.show(line)
                error.facts["taken"] = taken
                raise
        tables = station.tables.as_json()
    lines.append(judged_by(tables))
    data = {"taken": taken, "refused": refused, "tables": tables}
    if refused:
        return Result(lines, data, ExitCode.RECORDS, RecordsRefusedError.reason)
    return Result(lines, data)


def show_refusal(context: Context, error: RecordsRefusedError) -> None:
    """Print every error of a refused file, with the clerk's own values, on stderr."""
    context.show(sentence_of(error))
    if not context.json:
        for line in error_lines(error, context.lang):
            context.show(line)
    for line in more_line(error):
        context.show(line)


@contextmanager
def refusal_shown(context: Context) -> Iterator[None]:
    """Print on stderr what is wrong with the records, and by which tables, when the block fails."""
    try:
        yield
    except WrongRecordsError as error:
        if not context.json:
            for line in error_lines(error, context.lang):
                context.show(line)
        context.show(judged_by(error.facts["tables"]))
        raise


def notices_data(notices: Kept[RecordNotice]) -> dict[str, Any]:
    """Return the notices of one file for ``--json``: how many, and the first of them."""
    return {"count": notices.total, "first": [each.log_form() for each in notices.kept]}


def _checked_data(done: Checked) -> dict[str, Any]:
    accepted = {"records": done.records, "notices": notices_data(done.notices)}
    return {"known": False, "echoes": (), **accepted, "scanner": None}


def _collected_data(done: Collected) -> dict[str, Any]:
    own = {"known": done.known, "echoes": done.echoes, "scanner": scanned_data(done.scanned)}
    return {**_checked_data(done), **own}


def _refusal_data(error: RecordsRefusedError) -> dict[str, Any]:
    return {
        "file": error.facts["name"],
        "count": error.facts["count"],
        "errors": [each.log_form() for each in error.errors],
    }
