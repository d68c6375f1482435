"""What the commands about tables share: where a station keeps its own, and refusals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mediabridge.cli._context import Context
from mediabridge.cli._result import Table
from mediabridge.errors import TableRefusedError
from mediabridge.locale import text, translate

if TYPE_CHECKING:
    from mediabridge.records.tables import RuleTables

SHOWN = 50
"""Problems of one table shown on a screen; ``--json`` has all of them."""


def site_tables(context: Context) -> Path:
    """Return where this station keeps its own tables; without any, the shipped ones are used."""
    from mediabridge.stations.home import Home

    return Home(context.home).tables


def own_tables(context: Context) -> Path:
    """Return the same folder, to put a table into it.

    Raises:
        StationError: there is no station here.
    """
    from mediabridge.stations.home import Home

    Home(context.home).config()
    return site_tables(context)


def scanned_table(context: Context, file: Path) -> Path:
    """Return *file* after this station's virus scanner has seen it, if there is one.

    Raises:
        FileInfectedError, ScannerError: as the settings have it.
    """
    from mediabridge.stations.home import Home
    from mediabridge.stations.scanning import require_scanned

    require_scanned(Home(context.home), file, context.clock.now())
    return file


def tables_in_use(context: Context) -> RuleTables:
    """Return the tables that records are judged by here: this station's, or the shipped ones.

    Raises:
        TableRefusedError: a table of this station is not, or no longer, right.
    """
    from mediabridge.records.tables import RuleTables

    with problems_shown(context):
        return RuleTables.load(site_tables(context))


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
