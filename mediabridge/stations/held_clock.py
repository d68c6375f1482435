"""The time a station goes by: the machine's clock, held against what is surely past.

Order comes from numbers, not from clocks, so a wrong clock is no reason to stop. But a bundle
that says it was made in 1970 is one that nobody's key was valid for, and one of 2099 would push
every later one into its past. So the machine's time counts while it can be believed; when it
lies before something that is surely past, or so long after all of it that it is more likely
wrong, the highest time that is surely past takes its place. Whoever works here is told, and the
log says so (:mod:`mediabridge.stations.timekeeping`).

What is surely past are the day of this program, the trust data, what a verified bundle says of
itself while it is taken, and the last entry of this station's log that was made under this
very rule. Other entries prove nothing: the clock may have been wrong when they were made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from mediabridge.clock import THE_PROGRAM, Clock, from_rfc3339, to_rfc3339
from mediabridge.config import BUILT, CLOCK_AHEAD_DAYS, LIMITS
from mediabridge.errors import ClockTooEarlyError, ClockTooFarAheadError, ConfigurationError
from mediabridge.locale import n_, translate
from mediabridge.translog import events
from mediabridge.translog.database import StoredLog
from mediabridge.translog.events import Event
from mediabridge.trust.seen import SeenTrust

_UNDER_THIS_RULE: Final = frozenset(
    {
        Event.STATION_INITIALISED,
        Event.CLOCK_CONFIRMED,
        Event.BUNDLE_SEALED,
        Event.BUNDLE_APPROVED,
        Event.BUNDLE_APPLIED,
        Event.RECORD_LOOKED_UP,
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


class HeldClock:
    """A :class:`~mediabridge.clock.Clock` that never tells a time which is surely wrong."""

    def __init__(self, machine: Clock, past: Callable[[], Iterable[Evidence]]) -> None:
        """Hold *machine* against the newest of what *past* returns when it is first asked."""
        self.machine = machine
        self._past = past
        self._newest: Evidence | None = None

    def now(self) -> datetime:
        """Return the machine's time, or the newest evidence while that cannot be believed."""
        return self.machine.now() if self.doubt() is None else from_rfc3339(self.newest.time)

    @property
    def newest(self) -> Evidence:
        """What the machine's clock is held against now."""
        if self._newest is None:
            self._newest = max(self._past(), key=lambda each: each.time)
        return self._newest

    def doubt(self) -> ConfigurationError | None:
        """Return why the machine's clock is not believed, as the reason and the sentence to say."""
        now, past = self.machine.now(), from_rfc3339(self.newest.time)
        facts: dict[str, Any] = {
            "got": to_rfc3339(now),
            "wanted": self.newest.time,
            "source": translate(self.newest.source),
        }
        if now < past - timedelta(seconds=LIMITS.clock_skew_seconds):
            return ClockTooEarlyError(**facts)
        if now > past + timedelta(days=CLOCK_AHEAD_DAYS):
            return ClockTooFarAheadError(**facts, days=(now - past).days)
        return None

    def learn(self, evidence: Evidence) -> None:
        """Take note of a time that was verified to be past."""
        self._newest = max(self.newest, evidence, key=lambda each: each.time)

    def believe(self) -> None:
        """Go by the machine's clock from here on: a person has said that it is right."""
        self._newest = Evidence(to_rfc3339(self.machine.now()), n_("a person at this station"))

    def ask_again(self) -> None:
        """Forget what was learnt, after the log or the trust data changed."""
        self._newest = None


def evidence(log: StoredLog, station: str, trust: SeenTrust) -> Iterator[Evidence]:
    """Yield what the log and the trust data of *station* say is past."""
    yield Evidence(BUILT, THE_PROGRAM)
    entry = _last_checked(log, station)
    if entry is not None:
        yield Evidence(entry.time, n_("an entry of this station's log"))
    # Who confirms a clock has looked at another one: that overrides what keys and people say.
    if entry is None or entry.event is not Event.CLOCK_CONFIRMED:
        own = trust.station(station)
        for time in [*([own.valid_from] if own else []), *(each.at for each in trust.revoked)]:
            yield Evidence(time, n_("the trust data"))


def _last_checked(log: StoredLog, station: str) -> events.Entry | None:
    """Return the newest entry made under the rule; the log is read from its end."""
    for index in reversed(range(log.size())):
        (data,) = log.entries(index, index + 1)
        entry = events.parse(data, station)
        if entry.event in _UNDER_THIS_RULE:
            return entry
    return None
