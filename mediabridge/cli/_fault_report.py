"""``mediabridge doctor --send``: what was found goes to the hub, after it was shown."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mediabridge.cli._ask import confirm
from mediabridge.cli._context import Context
from mediabridge.cli._result import Table
from mediabridge.cli._station import open_station
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediabridge.doctor import Finding
    from mediabridge.line.api import FaultReport


def send_findings(
    context: Context, findings: Sequence[Finding], *, yes: bool, passphrase_file: Path | None
) -> dict[str, Any] | None:
    """Show what would go, and hand it over if the person says so; return it, or None.

    Raises:
        LineNotSetError, SettingsError, StationError: no line leads from here.
        NotInteractiveError: nobody is there to be asked.
        LineError: it did not arrive.
    """
    from mediabridge.doctor.reporting import report
    from mediabridge.stations.home import Home
    from mediabridge.stations.line.connecting import rule_of
    from mediabridge.stations.line.reporting import send_report

    home = Home(context.home)
    config, rule = home.config(), rule_of(home)
    found = report(findings, context.clock.now())
    context.show(
        text(
            "To the hub {hub}, in the name of station {station} of {city}, this goes and no more:",
            hub=rule.hub,
            station=config.station,
            city=config.city,
        )
    )
    for table in _tables(found):
        context.show(table)
    if not yes and not confirm(context, n_("Shall it be sent?")):
        return None
    send_report(partial(open_station, context, passphrase_file), found)
    return found.model_dump(mode="json")


def _tables(found: FaultReport) -> list[Table | str]:
    versions = Table(
        [text("time"), text("program"), text("system"), text("Python")],
        [[found.at, found.program, found.system, found.python]],
    )
    if not found.faults:
        return [versions, text("Faults: none.")]
    rows = [[each.code, str(each.count)] for each in found.faults]
    return [versions, Table([text("code"), text("how often")], rows, right=frozenset({1}))]
