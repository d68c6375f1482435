"""A clock that cannot be believed is said and logged; a person may confirm it.

What time a station goes by meanwhile: :mod:`mediabridge.stations.held_clock`.
"""

from __future__ import annotations

from mediabridge.clock import check_built
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event


def note_doubt(station: OpenStation) -> None:
    """Leave a log entry, once each time the station is opened, that its clock is not believed.

    To be called before anything that bears a time is signed or applied.
    """
    doubt = station.clock.doubt()
    if doubt is not None and not station.doubt_noted:
        station.record(Event.CLOCK_DOUBTED, reason=doubt.reason)
        station.doubt_noted = True


def confirm_clock(station: OpenStation, *, operator: str) -> None:
    """Note that *operator* has compared the clock with another one, and that it is right.

    From here on it is held against this entry and no longer against what came before.

    Raises:
        ClockTooEarlyError: it is earlier than this program; nobody can confirm that.
    """
    check_built(station.clock.machine.now())
    station.clock.believe()
    station.record(Event.CLOCK_CONFIRMED, actor=operator)
