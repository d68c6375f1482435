"""What the commands about tables share: where a station keeps its own, and refusals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mediabridge.cli._context import Context
from mediabridge.cli._result import Table
from mediabridge.errors import TableRefusedError
from mediabridge.locale import text, translate

SHOWN = 50
"""Problems of one table shown on a screen; ``--json`` has all of them."""


def site_tables(context: Context) -> Path:
    """Return where this station keeps its own tables; without any, the shipped ones are used."""
    return context.home / "tables"


def own_tables(context: Context) -> Path:
    """Return the same folder, to put a table into it.

    Raises:
        StationError: there is no station here.
    """
    from mediabridge.stations.home import Home

    Home(context.home).config()
    return site_tables(context)


@contextmanager
def problems_shown(context: Context) -> Iterator[None]:
    """Show every problem of a table that is refused within the block."""
    try:
        yield
    except TableRefusedError as refusal:
        problems = refusal.facts["problems"]
        context.show(
            Table(
                [text("line"), text("what is wrong")],
                [
                    [str(each.line), each.render(translate(each.fault.value))]
                    for each in problems[:SHOWN]
                ],
                right=frozenset({0}),
            )
        )
        refusal.facts["problems"] = [each.as_json() for each in problems]
        raise
