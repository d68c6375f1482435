"""``mediabridge collect --from-registry``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result
from mediabridge.cli.collect import notices_data, refusal_shown
from mediabridge.errors import UsageError
from mediabridge.locale import text
from mediabridge.shown.collected import changes_lines, judged_by

if TYPE_CHECKING:
    from mediabridge.stations.desk import Desk
    from mediabridge.stations.outgoing.changes import CollectedChanges


def collect_changes(
    context: Context, station: Desk, *, operator: str | None, check: bool
) -> Result:
    """Take in what the city's own system wrote in the registry, and say what that was."""
    with refusal_shown(context):
        done = station.collect_changes(operator=operator, check=check)
    tables = station.tables.as_json()
    data = {"changes": _data(done), "tables": tables}
    return Result([*changes_lines(done, check=check), judged_by(tables)], data)


def require_one_source(
    files: list[Path] | None, *, from_registry: bool, about_files: dict[str, Any]
) -> None:
    """Refuse a command line that names no source, or two; *about_files* says how to read one.

    Raises:
        UsageError: it does.
    """
    if bool(files) == from_registry:
        raise UsageError(detail=text("either files or --from-registry"))
    if from_registry and any(value is not None for value in about_files.values()):
        named = ", ".join(f"--{name}" for name in about_files)
        raise UsageError(detail=text("{options}: only for files", options=named))


def _data(done: CollectedChanges) -> dict[str, Any]:
    return {
        "rows": done.rows,
        "records": done.records,
        "file": done.file,
        "echoes": done.echoes,
        "withdrawn": done.withdrawn,
        "released": done.released,
        "notices": notices_data(done.notices),
    }
