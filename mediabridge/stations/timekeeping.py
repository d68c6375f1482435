"""The clock is held against what is surely earlier before anything is signed.

Order comes from numbers, not from clocks; but a bundle that says it was made in 2000 is one
that nobody's key was valid for: it can never be taken, and nothing can follow it. So the
machine's time is asked for here, in the one place, and a wrong one is refused before it gets
into a signature.

What is surely earlier are the day of this program, the trust data, and the last entry of this
station's log that was made under this very check. Other entries prove nothing: the clock may
have been wrong when they were made, and must not stop the station once it is right again. When
it is right and the evidence is not, or is old, a person says so (:func:`confirm_clock`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from mediabridge.clock import from_rfc3339
from mediabridge.config import BUILT, CLOCK_AHEAD_DAYS, LIMITS
from mediabridge.errors import ClockTooEarlyError, ClockTooFarAheadError
from mediabridge.locale import n_, translate
from mediabridge.stations.station import OpenStation
from mediabridge.translog import events
from mediabridge.translog.events import Event

_UNDER_THIS_CHECK = frozenset(
    {
        Event.STATION_INITIALISED,
        Event.CLOCK_CONFIRMED,
        Event.BUNDLE_SEALED,
        Event.BUNDLE_APPROVED,
        Event.RECEIPT_ISSUED,
        Event.MEDIUM_REGISTERED,
    }
)


@dataclass(frozen=True)
class Evidence:
    """A time that is surely past, and what it is the time of."""

    time: str
    source: str
    """A message for :func:`mediabridge.locale.translate`."""


def check_clock(station: OpenStation, *more: Evidence) -> None:
    """Refuse to go on with a clock that is surely wrong; call it before anything is signed.

    *more* is what is known to be past on this occasion only.

    Raises:
        ClockTooEarlyError: it is earlier than something that is surely past.
        ClockTooFarAheadError: so long after all of that, that it is more likely wrong.
    """
    newest = _newest([*_evidence(station), *more])
    now, past = station.clock.now(), from_rfc3339(newest.time)
    facts = {"got": station.now(), "wanted": newest.time, "source": translate(newest.source)}
    if now < past - timedelta(seconds=LIMITS.clock_skew_seconds):
        raise ClockTooEarlyError(**facts)
    if now > past + timedelta(days=CLOCK_AHEAD_DAYS):
        raise ClockTooFarAheadError(**facts, days=(now - past).days)


def clock_seems_right(station: OpenStation) -> bool:
    """Tell whether :func:`check_clock` would go on, for what can wait until it does."""
    try:
        check_clock(station)
    except (ClockTooEarlyError, ClockTooFarAheadError):
        return False
    return True


def check_built(now: datetime) -> None:
    """Refuse a clock that is earlier than this program, where there is no station yet.

    Raises:
        ClockTooEarlyError: see :func:`check_clock`.
    """
    if now < from_rfc3339(BUILT):
        facts = {"got": f"{now:%Y-%m-%dT%H:%M:%SZ}", "wanted": BUILT}
        raise ClockTooEarlyError(**facts, source=translate(_THE_PROGRAM))


def newest_evidence(station: OpenStation) -> Evidence:
    """Return what the clock is held against now."""
    return _newest(_evidence(station))


def confirm_clock(station: OpenStation, *, operator: str) -> None:
    """Note that *operator* has compared the clock with another one, and that it is right.

    From here on it is held against this entry and no longer against what came before.

    Raises:
        ClockTooEarlyError: it is earlier than this program; nobody can confirm that.
    """
    check_built(station.clock.now())
    station.record(Event.CLOCK_CONFIRMED, actor=operator)


_THE_PROGRAM = n_("this program")


def _newest(evidence: Iterable[Evidence]) -> Evidence:
    return max(evidence, key=lambda each: each.time)


def _evidence(station: OpenStation) -> Iterator[Evidence]:
    yield Evidence(BUILT, _THE_PROGRAM)
    entry = _last_checked(station)
    if entry is not None:
        yield Evidence(entry.time, n_("an entry of this station's log"))
    if entry is None or entry.event is not Event.CLOCK_CONFIRMED:
        yield from _of_trust_data(station)


def _of_trust_data(station: OpenStation) -> Iterator[Evidence]:
    own = station.trust.station(station.id)
    times = [*([own.valid_from] if own else []), *(each.at for each in station.trust.revoked)]
    for time in times:
        yield Evidence(time, n_("the trust data"))


def _last_checked(station: OpenStation) -> events.Entry | None:
    """Return the newest entry that was made under this check; the log is read from its end."""
    for index in reversed(range(station.log.size())):
        (data,) = station.log.entries(index, index + 1)
        entry = events.parse(data, station.id)
        if entry.event in _UNDER_THIS_CHECK:
            return entry
    return None
