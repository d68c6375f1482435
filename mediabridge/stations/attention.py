"""What somebody has to look at, as ``status`` says it: to a person, and to monitoring.

Each is a reason of the closed list with its sentence and its next step. The exit code of
``status`` is that of the most urgent one, so that whatever watches a station needs to read
nothing but that.
"""

from __future__ import annotations

from collections.abc import Sequence

from mediabridge.errors import (
    BundleParkedError,
    ExpiredError,
    LogAlarmKeptError,
    MediabridgeError,
    MediumOverdueError,
    NotPassedOnError,
    ReceiptOverdueError,
    StationRestoredError,
    StationSetBackError,
)
from mediabridge.media.register import Trip
from mediabridge.stations import compared
from mediabridge.stations.alarms import Alarm
from mediabridge.stations.books import BundleRow
from mediabridge.stations.expiry import Expiring, urgent_of
from mediabridge.stations.station import OpenStation


def attention(
    station: OpenStation,
    *,
    alarms: Sequence[Alarm],
    gaps: Sequence[BundleParkedError | NotPassedOnError],
    overdue: Sequence[BundleRow],
    late: Sequence[Trip],
    expiring: Sequence[Expiring],
    to_compare: Sequence[str],
    scanner: Sequence[MediabridgeError],
) -> list[MediabridgeError]:
    """Return what has to be looked at, the most urgent first.

    What stops the work comes before what is late, and that before what will run out. *alarms* are
    those after which nothing was taken of their station, *gaps* the numbers that are missing here
    and what does not go on from here,
    *late* the trips that should be over, *scanner* why the virus scanner cannot be relied on.
    """
    found: list[MediabridgeError] = []
    for peer in dict.fromkeys(each.facts.peer for each in alarms):
        codes = dict.fromkeys(each.facts.reason for each in alarms if each.facts.peer == peer)
        found.append(LogAlarmKeptError(peer=peer, alarm=", ".join(codes)))
    urgent = urgent_of(expiring)
    if isinstance(urgent, ExpiredError):
        found.append(urgent)
    for peer in to_compare:
        try:
            compared.require_compared(station, peer)
        except (StationRestoredError, StationSetBackError) as stopped:
            found.append(stopped)
    found += scanner
    found += gaps
    if overdue:
        found.append(_receipt_overdue(overdue))
    if late:
        media = tuple(sorted({trip.medium for trip in late}))
        found.append(MediumOverdueError(media=media))
    if urgent is not None and not isinstance(urgent, ExpiredError):
        found.append(urgent)
    return found


def _receipt_overdue(overdue: Sequence[BundleRow]) -> ReceiptOverdueError:
    oldest = min(overdue, key=lambda row: row.created)
    return ReceiptOverdueError(
        count=len(overdue),
        seq=oldest.seq,
        receiver=oldest.receiver,
        created=oldest.created,
        bundle=oldest.bundle[:8],
    )
