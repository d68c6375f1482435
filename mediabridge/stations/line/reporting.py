"""A report of faults goes to the hub, which keeps it for its operators."""

from __future__ import annotations

from collections.abc import Callable

from mediabridge.line import api
from mediabridge.stations.desk import Desk
from mediabridge.stations.line.connecting import connect
from mediabridge.stations.line.syncing import Connect


def send_report(
    opened: Callable[[], Desk], report: api.FaultReport, *, connected: Connect = connect
) -> None:
    """Hand *report* over; the station is not held while it is on its way.

    Raises:
        LineNotSetError, SettingsError: no line leads from this station.
        LineError: the line or the hub; the report may be sent again.
    """
    with opened() as station:
        client = connected(station)
    try:
        client.report(report)
    finally:
        client.close()
