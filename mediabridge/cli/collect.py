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
from mediabridge.cli._tables import judged_by, problems_shown
from mediabridge.errors import (
    ExitCode,
    FileInfectedError,
    RecordsRefusedError,
    ScannerError,
    WrongRecordsError,
)
from mediabridge.kinds import Kind
from mediabridge.locale import Language, language, n_, sentence_of, text, translate
from mediabridge.shown.scanned import scanned_data, scanned_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediabridge.records.kept import Kept
    from mediabridge.records.notices import RecordNotice
    from mediabridge.records.reasons import Said
    from mediabridge.scanner import Scanned
    from mediabridge.stations.outgoing.collecting import Checked

SHOWN = 50
"""Errors shown on a screen; the report beside the refused file has more."""


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
            echoes: tuple[str, ...] = ()
            scanned: Scanned | None = None
            try:
                if check:
                    done: Checked = check_file(station, path, **options)
                    known, elsewhere = False, 0
                else:
                    done = collected = station.collect(path, operator=operator, **options)
                    known, elsewhere = collected.known, collected.received_elsewhere
                    echoes, scanned = collected.echoes, collected.scanned
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
            told = {"file": path.name, "known": known, "echoes": echoes}
            taken.append({**told, **_accepted_data(done), "scanner": scanned_data(scanned)})
            lines.append(_line(path, done.records, known=known, check=check))
            lines += scanned_lines(scanned)
            if echoes:
                lines.append(echo_line(echoes))
            if elsewhere:
                lines.append(
                    text(
                        "  Records that the other station has received already, which was not known"
                        " here any more: {count}. It takes none of them twice.",
                        count=elsewhere,
                    )
                )
            lines += _held_there(done.notices)
            lines += notice_lines(done.notices, done.kind)
        tables = station.tables.as_json()
    lines.append(judged_by(tables))
    data = {"taken": taken, "refused": refused, "tables": tables}
    if refused:
        return Result(lines, data, ExitCode.RECORDS, RecordsRefusedError.reason)
    return Result(lines, data)


def echo_line(echoes: Sequence[str]) -> str:
    """Return the line that says how many records were left out as *echoes*."""
    return text(
        "  Left out, as they only repeat notices of the agency that were applied: {count}",
        count=len(echoes),
    )


def _line(path: Path, count: int, *, known: bool, check: bool) -> str:
    if check:
        return text("{file}: no errors; records: {count}.", file=path.name, count=count)
    if known:
        return text(
            "{file}: taken in before, nothing changed; records: {count}.",
            file=path.name,
            count=count,
        )
    return text("{file}: taken in; records: {count}.", file=path.name, count=count)


def show_refusal(context: Context, error: RecordsRefusedError) -> None:
    """Print every error of a refused file, with the clerk's own values, on stderr."""
    context.show(sentence_of(error))
    if not context.json:
        for line in error_lines(error, context.lang):
            context.show(line)
    if error.facts["count"] > SHOWN:
        more = error.facts["count"] - SHOWN
        context.say("The report beside the refused file has more errors: {count}.", count=more)


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


def error_lines(refusal: WrongRecordsError, lang: Language) -> list[str]:
    """Return the errors grouped by what is wrong: a sentence, then the rows and their values."""
    return _grouped(refusal.errors[:SHOWN], Kind(refusal.kind), lang)


def _held_there(notices: Kept[RecordNotice]) -> list[str]:
    """Return how many records travel to be held at the registry; which, the notices say."""
    from mediabridge.records.notices import Notice

    count = notices.counts[Notice.KANJI_NOT_SEIJI.value]
    if not count:
        return []
    return [
        text(
            "  Records with a kanji that is no 正字: {count}. They travel as they are; at the"
            " registry each of them is held until a person decides on its name.",
            count=count,
        )
    ]


def notice_lines(notices: Kept[RecordNotice], kind: Kind) -> list[str]:
    """Return what was accepted and is worth a look, grouped as errors are."""
    if not notices.total:
        return []
    lines = [text("  Accepted; please look at (places: {count}):", count=notices.total)]
    lines += _grouped(notices.kept[:SHOWN], kind, language())
    if notices.total > SHOWN:
        lines.append(text("  More places: {count}.", count=notices.total - SHOWN))
    return lines


def _grouped(said: Sequence[Said], kind: Kind, lang: Language) -> list[str]:
    from mediabridge.records.fields import FIELDS, label

    groups: dict[str, list[str]] = {}
    for each in said:
        # A row beside the register may name a field that there is not.
        known = each.field in FIELDS[kind]
        name = label(kind, each.field or "", japanese=lang is Language.JA) if known else ""
        groups.setdefault(each.sentence(name, translate), []).append(_place(each))
    lines = []
    for sentence, places in groups.items():
        lines += [f"- {sentence}", *(f"    {place}" for place in places)]
    return lines


def _place(error: Said) -> str:
    if not error.value:
        return text("row {row}", row=error.row)
    return text("row {row}: {value}", row=error.row, value=printable(error.value))


def printable(value: str) -> str:
    """Return *value* with control characters made visible; a file must not steer a terminal."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in value)[:40]


def notices_data(notices: Kept[RecordNotice]) -> dict[str, Any]:
    """Return the notices of one file for ``--json``: how many, and the first of them."""
    return {"count": notices.total, "first": [each.log_form() for each in notices.kept]}


def _accepted_data(done: Checked) -> dict[str, Any]:
    return {"records": done.records, "notices": notices_data(done.notices)}


def _refusal_data(error: RecordsRefusedError) -> dict[str, Any]:
    return {
        "file": error.facts["name"],
        "count": error.facts["count"],
        "errors": [each.log_form() for each in error.errors],
    }
