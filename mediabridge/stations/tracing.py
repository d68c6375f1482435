"""Following bundles, media and people through all logs that a station has: its own and mirrors.

The branches that a restored peer has left are looked through as well; what such a branch shares
with the one in force is found once.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from mediabridge.clock import to_rfc3339
from mediabridge.errors import BundleAmbiguousError, BundleUnknownError, UsageError
from mediabridge.locale import text
from mediabridge.stations.home import zone_of_screens
from mediabridge.stations.station import OpenStation
from mediabridge.translog.database import StoredLog
from mediabridge.translog.events import Event
from mediabridge.translog.finding import Followed, Wanted
from mediabridge.translog.lives import Life, Noted, life

_LETTERS: Final = frozenset(string.hexdigits.lower())
_DAY: Final = "2026-04-01"
_VOID: Final = (Event.VOID_DECLARED, Event.VOID_ACCEPTED)


@dataclass(frozen=True)
class Found:
    """What was found in one log."""

    log: Followed
    newest: list[Noted]
    """The newest of what was looked for, oldest first."""
    whole: bool
    """Whether that is all of it."""

    @property
    def name(self) -> str:
        """What the log is called where several are shown, as in :attr:`Noted.place`."""
        left = self.log.left
        return self.log.log.station if left is None else f"{self.log.log.station}~{left}"


def logs(station: OpenStation) -> Iterator[Followed]:
    """Yield all logs of *station*: its own first, then each peer's and the branches it has left."""
    yield Followed(station.log)
    for mirror in station.mirrors():
        yield Followed(mirror)
        left = mirror.branches()
        for number, branch in enumerate(left):
            after = [*left[number + 1 :], mirror]
            yield Followed(branch, number, max(_shared(branch, each) for each in after))


def day_of(station: OpenStation, day: str) -> tuple[str, str]:
    """Return when the *day* (``YYYY-MM-DD``) of this station's screens begins and is over, in UTC.

    Raises:
        UsageError: it is no day.
    """
    zone = zone_of_screens(station.home)
    try:
        begins = datetime.fromisoformat(f"{day}T00:00:00").replace(tzinfo=zone)
        # Where the clocks are changed, a day has 23 or 25 hours.
        ends = (begins.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=zone)
        return to_rfc3339(begins.astimezone(UTC)), to_rfc3339(ends.astimezone(UTC))
    except (ValueError, OverflowError):
        detail = text("{option} must be a day, such as {example}", option="--day", example=_DAY)
        raise UsageError(detail=detail) from None


def chosen(station: OpenStation, start: str) -> str:
    """Return the bundle whose id begins with *start*, by the books and by every log.

    Raises:
        BundleUnknownError, BundleAmbiguousError: none, or more than one, begins so.
    """
    fitting: set[str] = set()
    if start and set(start) <= _LETTERS:
        fitting = {row.bundle for row in station.books.beginning(start)}
        fitting.update(bundle for log in logs(station) for bundle in log.beginning(start))
    if not fitting:
        raise BundleUnknownError(bundle=start[:32])
    if len(fitting) > 1:
        raise BundleAmbiguousError(bundle=start[:32], count=len(fitting))
    return fitting.pop()


def life_of(station: OpenStation, bundle: str) -> Life:
    """Return all that the logs of *station* say of *bundle*, its files and the media it was on.

    Which files a bundle carries, its sender's books know, and its log once they were delivered.
    """
    followed = list(logs(station))
    noted = [each for log in followed for each in log.about(bundle)]
    files = {*station.books.files_in(bundle), *station.books.content_of(bundle)}
    for each in noted:
        if isinstance(file := each.entry.facts.get("file_sha256"), str):
            files.add(file)
    known = life(bundle, noted)
    for log in followed:
        if log.log.station == known.sender:
            noted += log.collected(files)
        noted += (each for each in log.of(*_VOID) if _makes_void(each, known))
    return life(bundle, noted)


def found(station: OpenStation, wanted: Wanted, limit: int) -> list[Found]:
    """Return of every log the newest *limit* entries that are looked for.

    Raises:
        LogCorruptError: an entry is not of the vocabulary.
    """
    return [_found(log, wanted, limit) for log in logs(station)]


def _found(log: Followed, wanted: Wanted, limit: int) -> Found:
    if wanted.bundle is None:
        newest = list(islice(log.found(wanted), limit + 1))
    else:
        about = (each for each in log.about(wanted.bundle) if wanted.fits(each.entry))
        newest = sorted(about, key=lambda each: each.index, reverse=True)[: limit + 1]
    return Found(log, newest[limit - 1 :: -1] if limit else [], len(newest) <= limit)


def _makes_void(each: Noted, known: Life) -> bool:
    facts = each.entry.facts
    first, last = facts.get("first"), facts.get("last")
    return (
        isinstance(first, int)
        and isinstance(last, int)
        and known.seq is not None
        and first <= known.seq <= last
        and (facts.get("route_from"), facts.get("route_to")) == (known.sender, known.receiver)
    )


def _shared(one: StoredLog, other: StoredLog) -> int:
    """Return how many entries two branches of a log have in common, from the first on."""
    low, high = 0, min(one.size(), other.size())
    while low < high:
        middle = (low + high + 1) // 2
        if one.leaf_hash(middle - 1) == other.leaf_hash(middle - 1):
            low = middle
        else:
            high = middle - 1
    return low
