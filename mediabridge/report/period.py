"""The days that a report is about, and how it writes a day: as the papers of an office do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cached_property, lru_cache
from typing import Final

from mediabridge.clock import to_rfc3339
from mediabridge.locale import Language, language

_REIWA: Final = date(2019, 5, 1)
"""The first day of the era; an earlier day is written in the western way."""
_BEFORE_REIWA: Final = 2018
_SATURDAY: Final = 5


@dataclass(frozen=True)
class Period:
    """Whole days, first and last included, of one zone; without a *zone* that of the machine."""

    first: date
    last: date
    zone: tzinfo | None = None

    @cached_property
    def begins(self) -> str:
        """The first instant, RFC 3339 in UTC."""
        return self._midnight(self.first)

    @cached_property
    def ends(self) -> str:
        """The instant after the last, RFC 3339 in UTC."""
        return self._midnight(self.last + timedelta(days=1))

    def holds(self, time: str) -> bool:
        """Tell whether the instant *time*, RFC 3339 in UTC, is one of it."""
        return self.begins <= time < self.ends

    def local(self, time: str) -> datetime:
        """Return the instant *time*, RFC 3339 in UTC, on the clock of the office."""
        return _local(time, self.zone)

    def _midnight(self, day: date) -> str:
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone or UTC)
        if self.zone is None:
            midnight = midnight.replace(tzinfo=None).astimezone()
        return to_rfc3339(midnight)


@lru_cache(maxsize=4096)
def _local(time: str, zone: tzinfo | None) -> datetime:
    return datetime.fromisoformat(time).astimezone(zone)


def is_weekend(day: date) -> bool:
    """Tell whether *day* is a Saturday or a Sunday; holidays are not known here."""
    return day.weekday() >= _SATURDAY


def written_day(day: date) -> str:
    """Return *day* as the papers of an office have it: by the era in Japanese, 令和8年11月28日."""
    if language() is Language.JA and day >= _REIWA:
        year = day.year - _BEFORE_REIWA
        return f"令和{'元' if year == 1 else year}年{day.month}月{day.day}日"
    return day.isoformat()


def short_day(day: date) -> str:
    """Return *day* for a narrow column: R8.11.28 in Japanese."""
    if language() is Language.JA and day >= _REIWA:
        return f"R{day.year - _BEFORE_REIWA}.{day.month}.{day.day}"
    return day.isoformat()


def short_moment(moment: datetime) -> str:
    """Return the minute of *moment* for a narrow column, on its own clock."""
    return f"{short_day(moment.date())} {moment:%H:%M}"
