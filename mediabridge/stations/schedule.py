"""When something that is done once a day was due last."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo


def newest_moment(now: datetime, at: time, zone: tzinfo | None) -> datetime:
    """Return the last moment, not after *now*, at which clocks in *zone* showed *at*.

    None is the machine's zone.
    """
    here = now.astimezone(zone)
    moment = here.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return moment if moment <= here else moment - timedelta(days=1)
