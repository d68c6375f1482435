"""``mediabridge codes``: the code tables in use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result, Table
from mediabridge.cli._tables import own_tables, problems_shown, scanned_table, site_tables
from mediabridge.errors import UsageError
from mediabridge.locale import n_, said, text, translate
from mediabridge.shown.codes import narrow

if TYPE_CHECKING:
    from mediabridge.records.codes import CodeTable


COLUMNS = {
    "code": n_("code"),
    "name_ja": n_("name (Japanese)"),
    "name_en": n_("name (English)"),
    "juki_code": n_("code of the resident register"),
    "valid_from": n_("valid from"),
    "valid_until": n_("valid until"),
}
"""What the columns of every table are called; a table's own columns keep their names."""


def list_(context: Context) -> Result:
    from mediabridge.records import codes

    tables = [codes.table(name, site_tables(context)) for name in codes.tables()]
    rows = [
        [
            each.provenance.identifier,
            str(len(each.entries)),
            each.provenance.version,
            said(each.provenance.origin),
            each.provenance.source,
        ]
        for each in tables
    ]
    headings = [text("table"), text("codes"), text("version"), text("kept by"), text("source")]
    data = {"tables": [each.provenance.as_json() for each in tables]}
    return Result([Table(headings, rows, right=frozenset({1}))], data)


def show(
    context: Context,
    table: Annotated[str, typer.Argument(help=n_("The table; see: codes list."))],
    code: Annotated[str | None, typer.Argument(help=n_("Show only this code."))] = None,
) -> Result:
    from mediabridge.records import codes

    chosen = codes.table(table, site_tables(context))
    entries = list(chosen.entries.values())
    if code is not None:
        entries = [entry for entry in entries if entry.code == code]
        if not entries:
            detail = text(
                "there is no code {code} in the table {table}", code=code[:32], table=table
            )
            raise UsageError(detail=detail)
    cells = [entry.as_json() for entry in entries]
    columns = [translate(COLUMNS.get(name, name)) for name in cells[0]]
    rows = [[narrow(str(cell)) for cell in row.values()] for row in cells]
    lines: list[str | Table] = [
        Table(columns, rows),
        _certainty(chosen),
        _provenance(chosen),
    ]
    return Result(lines, {**chosen.as_json(), "entries": cells})


def load(
    context: Context,
    file: Annotated[
        Path, typer.Argument(help=n_("A table in the form of the shipped one."), dir_okay=False)
    ],
) -> Result:
    from mediabridge.records import codes

    with problems_shown(context):
        loaded = codes.load(own_tables(context), scanned_table(context, file))
    return Result([_provenance(loaded)], {"table": loaded.provenance.as_json()})


def _provenance(table: CodeTable) -> str:
    made = table.provenance
    return text(
        "Table: {id} {version}, codes: {count}, kept by: {origin} ({source})",
        id=made.identifier,
        version=made.version,
        count=len(table.entries),
        origin=made.origin,
        source=made.source,
    )


def _certainty(table: CodeTable) -> str:
    unofficial = [name for name, mark in table.certainty.items() if not mark.official]
    if not unofficial:
        return text("Every column is as a public source has it.")
    return text(
        "Not official, but this project's proposal or from memory: {columns}",
        columns=", ".join(translate(COLUMNS.get(name, name)) for name in unofficial),
    )
