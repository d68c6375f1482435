"""``mediabridge sync --all``: the line for every office of the agency's folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mediabridge.cli._context import Context
from mediabridge.cli._offices import AtOffices, problem_lines, show_whose
from mediabridge.cli._result import Result, Table
from mediabridge.locale import text

if TYPE_CHECKING:
    from mediabridge.stations.line.syncing import Synced
    from mediabridge.stations.offices.syncing import OfficeSynced


def sync_all(context: Context, root: Path, opened: AtOffices, operator: str | None) -> Result:
    """Speak to the hub for every office in *root*; say what came of each, and of all.

    Raises:
        OfficesFolderError: there are none.
    """
    from mediabridge.stations.offices.folder import offices_in
    from mediabridge.stations.offices.syncing import sync_offices

    folder = offices_in(root)
    show_whose(context, folder)
    done = sync_offices(folder, opened, operator=operator, progress=context.progress)
    lines = [*_lines(done), *problem_lines(opened.warnings()), _total(done)]
    problems = [problem for each in done for problem in each.problems]
    if problems:
        return Result(lines, _data(done), problems[0].exit_code, problems[0].reason)
    return Result(lines, _data(done))


def _counts(done: Synced | None) -> tuple[int, int, int]:
    """Return how many bundles were taken, are at the hub now, and wait for an officer."""
    if done is None:
        return 0, 0, 0
    sent = done.sent
    return len(done.fetched.taken), len(sent.written) + len(sent.again), len(sent.waiting)


def _lines(done: Sequence[OfficeSynced]) -> list[str | Table]:
    rows = [
        [each.office, *map(str, _counts(each.synced)), _fate(each)]
        for each in done
        if not each.is_empty or any(_counts(each.synced))
    ]
    lines: list[str | Table] = []
    if rows:
        headings = [
            *(text("office"), text("came"), text("handed over"), text("to be approved")),
            text("what came of it"),
        ]
        lines.append(Table(headings, rows, right=frozenset({1, 2, 3})))
    if quiet := len(done) - len(rows):
        lines.append(
            text("Offices for which nothing waited and nothing was due: {count}.", count=quiet)
        )
    lines += problem_lines((each.office, problem) for each in done for problem in each.problems)
    early = [
        (each.office, error) for each in done if each.synced for error in each.synced.fetched.early
    ]
    return [*lines, *problem_lines(early)]


def _fate(each: OfficeSynced) -> str:
    if not each.problems:
        return text("done")
    return text("not everything was done") if each.synced else text("stopped")


def _total(done: Sequence[OfficeSynced]) -> str:
    taken, gone, waiting = map(sum, zip(*(_counts(each.synced) for each in done), strict=True))
    return text(
        "Offices: {offices}, with trouble: {trouble}. Bundles that came: {taken}, handed over:"
        " {gone}, to be approved: {waiting}.",
        offices=len(done),
        trouble=sum(bool(each.problems) for each in done),
        taken=taken,
        gone=gone,
        waiting=waiting,
    )


def _data(done: Sequence[OfficeSynced]) -> dict[str, Any]:
    from mediabridge.cli.sync import synced_data

    return {
        "offices": [
            {
                "office": each.office,
                "reason": each.problems[0].reason if each.problems else None,
                "synced": synced_data(each.synced) if each.synced else None,
            }
            for each in done
        ],
        "trouble": sum(bool(each.problems) for each in done),
    }
