"""Whether a status of residence and its period may break a rule, each combination once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import compress, count
from operator import gt
from typing import Final, Generic, TypeVar

from mediabridge.records.rules import LONGEST_AHEAD, STATUS_OF_EVENT, fault_of_period, longest
from mediabridge.records.tables import RuleTables
from mediabridge.records.types import INDEFINITE

_REMEMBERED: Final = 4096
"""Combinations that are found out once; a hostile file has a new one in every row."""

_GRANTED: Final = ("status_of_residence", "period_years", "period_months", "period_days")

K = TypeVar("K", bound=tuple[str, ...])
V = TypeVar("V")


class _Once(dict[K, V], Generic[K, V]):
    """What is found out once for each combination of texts."""

    def __init__(self, find: Callable[[K], V]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, combination: K) -> V:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[combination] = self._find(combination)
        return found


class Stays:
    """Looks at the items that only mid- to long-term residents have."""

    def __init__(self, tables: RuleTables) -> None:
        """Judge by *tables*."""
        self._tables = tables
        self._odd = _Once(self._is_odd)
        self._last = _Once(_last)

    def of_notices(self, columns: Mapping[str, Sequence[str]]) -> Iterator[int]:
        """Return the places where a rule may object; one is where the stay ends too early."""
        years, expiry = columns["period_years"], columns["period_of_stay_expiration_date"]
        day = columns["event_date"]
        yield from self._of_periods(columns, day)
        pairs = zip(columns["event_code"], columns["status_of_residence"], strict=True)
        yield from _where([code not in STATUS_OF_EVENT.get(event, code) for event, code in pairs])
        rows = zip(years, expiry, day, strict=True)
        yield from _where([end < on and one != INDEFINITE for one, end, on in rows])

    def of_entries(self, columns: Mapping[str, Sequence[str]]) -> Iterator[int]:
        """Return the places where a rule may object to an entry of a full population."""
        yield from self._of_periods(columns, [moment[:10] for moment in columns["as_of"]])
        rows = zip(columns["period_years"], columns["period_of_stay_expiration_date"], strict=True)
        yield from _where([not end and one != INDEFINITE for one, end in rows])

    def _of_periods(
        self, columns: Mapping[str, Sequence[str]], days: Sequence[str]
    ) -> Iterator[int]:
        """Doubt what a status does not grant on each of *days*, and a stay beyond its period."""
        rows = list(zip(*(columns[name] for name in _GRANTED), days, strict=True))
        yield from _where(map(self._odd.__getitem__, rows))
        expiry = columns["period_of_stay_expiration_date"]
        yield from _where(map(gt, expiry, map(self._last.__getitem__, rows)))

    def _is_odd(self, granted: tuple[str, str, str, str, str]) -> bool:
        code, years, months, days, day = granted
        status, indefinite = self._tables.statuses.get(code), years == INDEFINITE
        if status is None or not status.mid_long_term or status.indefinite is not indefinite:
            return True
        if not status.in_force.first <= date.fromisoformat(day) <= status.in_force.last:
            return True
        if indefinite:
            return bool(months or days)
        if not months or not days:
            return True
        return bool(fault_of_period(code, (int(years), int(months), int(days)), self._tables))


def _last(granted: tuple[str, str, str, str, str]) -> str:
    """Return the last day on which the stay may end; none if it has no end, or no whole period."""
    _status, years, months, days, day = granted
    if years == INDEFINITE or not months or not days:
        return ""
    period = int(years), int(months), int(days)
    return (date.fromisoformat(day) + longest(period) + LONGEST_AHEAD).isoformat()


def _where(flags: Iterator[bool] | Sequence[bool]) -> Iterator[int]:
    return compress(count(), flags)
