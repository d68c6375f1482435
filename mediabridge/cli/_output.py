"""stdout is the result, stderr everything else; text for people, one object for programs."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from mediabridge.cli import _screen
from mediabridge.cli._result import Result, Table
from mediabridge.errors import ExitCode, MediabridgeError
from mediabridge.locale import hint_of, sentence_of, text

SCHEMA = "mediabridge.result/1"


def show(result: Result, *, as_json: bool) -> int:
    """Print *result* on stdout and return its exit code."""
    if as_json:
        _print(_json(ok=result.ok, code=result.code, reason=result.reason, data=result.data))
    else:
        _print("\n".join(_spaced(result.lines)))
    return int(result.code)


def show_error(error: MediabridgeError, *, as_json: bool) -> int:
    """Print *error*, two lines on stderr, and return its exit code.

    A repetition that changed nothing is not a failure: it is shown as a result.
    """
    sentence, hint = sentence_of(error), hint_of(error)
    if error.exit_code is ExitCode.NOTHING_NEW:
        again = Result([sentence, hint], error.facts, error.exit_code, error.reason)
        return show(again, as_json=as_json)
    if os.environ.get("MEDIABRIDGE_DEBUG") == "1":
        traceback.print_exception(error)
    _screen.tell(f"{text('mediabridge: error:')} {_screen.printable(sentence)}")
    _screen.tell(f"{text('mediabridge: hint:')} {_screen.printable(hint)}")
    if as_json:
        _print(
            _json(
                ok=False,
                code=error.exit_code,
                reason=error.reason,
                data=error.facts,
                message=sentence,
                hint=hint,
            )
        )
    return int(error.exit_code)


def _json(*, ok: bool, code: ExitCode, reason: str, data: Mapping[str, Any], **more: str) -> str:
    envelope = {"schema": SCHEMA, "ok": ok, "code": int(code), "reason": reason}
    return json.dumps({**envelope, **more, "data": dict(data)}, default=str)


def plain(line: str | Table) -> str:
    """Return *line* as it is printed, a table as several lines."""
    return line if isinstance(line, str) else "\n".join(_table(line))


def _spaced(lines: Sequence[str | Table]) -> Iterator[str]:
    """Yield the lines as they are printed, with an empty one between two tables."""
    for before, line in pairwise(["", *lines]):
        if isinstance(before, Table) and isinstance(line, Table):
            yield ""
        yield plain(line)


def _table(table: Table) -> list[str]:
    """Return the lines of *table*; a Japanese character is two columns wide."""
    from rich.cells import cell_len

    rows_as_given = [table.headings, *table.rows]
    grid = [[_screen.printable(cell) for cell in row] for row in rows_as_given]
    widths = [max(cell_len(cell) for cell in column) for column in zip(*grid, strict=True)]

    def padded(column: int, cell: str) -> str:
        space = " " * (widths[column] - cell_len(cell))
        return space + cell if column in table.right else cell + space

    rows = ["  ".join(padded(i, cell) for i, cell in enumerate(row)).rstrip() for row in grid]
    return [rows[0], "  ".join("-" * width for width in widths), *rows[1:]]


def _print(output: str) -> None:
    if output:
        _screen.answer(output)
