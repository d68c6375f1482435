"""stdout is the result, stderr everything else; text for people, one object for programs."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from mediabridge.cli import _screen
from mediabridge.cli._about import About
from mediabridge.cli._result import Result, Table
from mediabridge.errors import ExitCode, MediabridgeError
from mediabridge.locale import hint_of, sentence_of, text
from mediabridge.locale.printing import printable
from mediabridge.shown.fold import lines_of

SCHEMA = "mediabridge.result/1"


def show(result: Result, about: About, *, as_json: bool) -> int:
    """Print *result* on stdout and return its exit code."""
    if as_json:
        code, reason = result.code, result.reason
        _print(_json(about, ok=result.ok, code=code, reason=reason, data=result.data))
    else:
        _print("\n".join(_spaced(result.lines, _screen.columns(sys.stdout))))
    return int(result.code)


def show_error(error: MediabridgeError, about: About, *, as_json: bool) -> int:
    """Print *error*, two lines on stderr, and return its exit code.

    A repetition that changed nothing is not a failure: it is shown as a result.
    """
    sentence, hint = sentence_of(error), hint_of(error)
    if error.exit_code is ExitCode.NOTHING_NEW:
        again = Result([sentence, hint], error.facts, error.exit_code, error.reason)
        return show(again, about, as_json=as_json)
    if os.environ.get("MEDIABRIDGE_DEBUG") == "1":
        traceback.print_exception(error)
    _screen.tell(f"{text('mediabridge: error:')} {printable(sentence)}")
    _screen.tell(f"{text('mediabridge: hint:')} {printable(hint)}")
    if as_json:
        _print(
            _json(
                about,
                ok=False,
                code=error.exit_code,
                reason=error.reason,
                data=error.facts,
                message=sentence,
                hint=hint,
            )
        )
    return int(error.exit_code)


def _json(
    about: About,
    *,
    ok: bool,
    code: ExitCode,
    reason: str,
    data: Mapping[str, Any],
    **more: str,
) -> str:
    envelope = {"schema": SCHEMA, "ok": ok, "code": int(code), "reason": reason}
    return json.dumps({**envelope, **more, **about.envelope(), "data": dict(data)}, default=str)


def plain(line: str | Table, width: int | None = None) -> str:
    """Return *line* as it is printed, a table as several lines of at most *width* columns."""
    return line if isinstance(line, str) else "\n".join(lines_of(line, width))


def _spaced(lines: Sequence[str | Table], width: int | None) -> Iterator[str]:
    """Yield the lines as they are printed, with an empty one between two tables."""
    for before, line in pairwise(["", *lines]):
        if isinstance(before, Table) and isinstance(line, Table):
            yield ""
        yield plain(line, width)


def _print(output: str) -> None:
    if output:
        _screen.answer(output)
