"""Help pages in the reader's language.

typer's own pages are English only and count a Japanese character as one column.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any

from mediabridge.cli._usage import sort_named
from mediabridge.locale import n_, text, translate
from mediabridge.shown.wrapping import wrapped

GLOBAL_OPTIONS = (
    ("--home DIR", n_("The station's folder (also MEDIABRIDGE_HOME).")),
    ("--lang ja|en", n_("The language of messages; the environment decides otherwise.")),
    ("--passphrase-fd N", n_("An open file descriptor with the passphrase in its one line.")),
    ("--json", n_("Print the result as one JSON object.")),
    ("--version", n_("Print the version and stop.")),
    ("--help", n_("Show this page and stop.")),
)
"""Understood before and after every command; messages are translated when shown."""

Rows = Sequence[tuple[str, str]]

_WIDEST = 100
_WIDEST_NAME = 30


def page(usage: str, summary: str, sections: Sequence[tuple[str, Rows]]) -> str:
    """Return a help page; every argument is already in the reader's language."""
    from rich.cells import cell_len

    width = min(shutil.get_terminal_size().columns, _WIDEST)
    lines = [text("Usage: {usage}", usage=usage), "", *wrapped(summary, width)]
    named = [cell_len(name) for _, rows in sections for name, _ in rows]
    left = 2 + max((each for each in named if each <= _WIDEST_NAME), default=0)
    for title, rows in sections:
        if rows:
            lines += ["", f"{title}:", *_listed(rows, left, width)]
    return "\n".join(lines)


def parameters(params: Sequence[Any], context: Any, kind: str) -> Rows:
    """Return name and explanation of the typer *params* of one *kind*.

    *kind* is ``argument`` or ``option``; *context* is typer's own context.
    """
    chosen = [param for param in params if param.param_type_name == kind and not param.hidden]
    return [(sort_named(param.get_help_record(context)[0]), _explained(param)) for param in chosen]


def _explained(param: Any) -> str:
    help_text = translate(param.help or "")
    default = param.default.value if isinstance(param.default, Enum) else param.default
    if param.required:
        return text("{help} (required)", help=help_text)
    # A switch that is off and an option that is not given need no mention.
    if isinstance(default, str | int) and default not in {"", False} and param.show_default:
        return text("{help} (otherwise: {default})", help=help_text, default=default)
    return help_text


def _listed(rows: Rows, left: int, width: int) -> Iterator[str]:
    from rich.cells import cell_len

    for name, explanation in rows:
        first, *rest = wrapped(explanation, width - left - 2) or [""]
        space = left - cell_len(name)
        # A name that is too wide has a line of its own, or nothing else would have room.
        yield f"  {name}{' ' * space}{first}" if space > 1 else f"  {name}"
        if space <= 1:
            rest.insert(0, first)
        yield from (" " * (left + 2) + line for line in rest)
